"""Doubles are suggested, laid side by side and made one as was chosen."""

from __future__ import annotations

import pytest
from django.test import Client

from broadcaster.services.people.family import fingerprint
from broadcaster.store.models import Guardian, Pupil
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def pair() -> tuple[Guardian, Guardian]:
    first = school.guardian("Анна Королёва", email="anna@example.org")
    return first, school.guardian("АННА КОРОЛЕВА", ("2Б",), email="anna@example.org", vk="5")


def url(pair: tuple[Guardian, Guardian]) -> str:
    return f"/people/merge/{pair[0].pk}/{pair[1].pk}/"


def seen(pair: tuple[Guardian, Guardian]) -> str:
    return "-".join(fingerprint(one.pk) for one in pair)


def test_doubles_are_suggested(office_: Client, pair: tuple[Guardian, Guardian]) -> None:
    text = office_.get("/people/doubles/").content.decode()
    assert url(pair) in text
    assert "общий адрес" in text


def test_two_people_stand_side_by_side(office_: Client, pair: tuple[Guardian, Guardian]) -> None:
    text = office_.get(url(pair)).content.decode()
    for words in ("Анна Королёва", "АННА КОРОЛЕВА", "anna@example.org"):
        assert words in text


def test_what_was_chosen_stays(office_: Client, pair: tuple[Guardian, Guardian]) -> None:
    first, second = pair
    kept = [first.addresses.get().pk, second.addresses.get(channel="vk").pk]
    choice = {"name": second.pk, "address": kept, "seen": seen(pair)}
    response = office_.post(url(pair), choice)
    assert response["Location"] == f"/people/{first.pk}/"
    one = Guardian.objects.get()
    assert one.name == "АННА КОРОЛЕВА"
    assert sorted(one.addresses.values_list("channel", flat=True)) == ["email", "vk"]


def test_what_was_not_chosen_goes(office_: Client, pair: tuple[Guardian, Guardian]) -> None:
    office_.post(url(pair), {"address": [pair[0].addresses.get().pk], "seen": seen(pair)})
    assert Guardian.objects.get().addresses.get().channel == "email"


def test_a_choice_made_too_late_changes_nothing(
    office_: Client, pair: tuple[Guardian, Guardian]
) -> None:
    late = seen(pair)
    pair[1].addresses.get(channel="vk").delete()
    response = office_.post(url(pair), {"seen": late}, follow=True)
    assert "кто-то изменил" in response.content.decode()
    assert Guardian.objects.count() == 2


def test_nobody_is_merged_with_herself(office_: Client, pair: tuple[Guardian, Guardian]) -> None:
    same = (pair[0], pair[0])
    assert office_.get(url(same)).status_code == 404
    assert office_.post(url(same), {"seen": seen(same)}).status_code == 404


def test_two_children_become_one(office_: Client) -> None:
    first, second = school.pupil("Сеня К.", "1А"), school.pupil("сеня к.", "1А")
    assert "сеня к." in office_.get("/people/doubles/").content.decode()
    office_.post(f"/people/children/merge/{first.pk}/{second.pk}/")
    assert Pupil.objects.get() == first
