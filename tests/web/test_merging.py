"""Doubles are suggested, laid side by side and made one as was chosen."""

from __future__ import annotations

import pytest
from django.test import Client

from broadcaster.services.people.family import fingerprint
from broadcaster.store.models import Guardian, Pupil
from tests import school
from tests.web.staff import administrator

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def client() -> Client:
    return administrator()


@pytest.fixture
def pair() -> tuple[Guardian, Guardian]:
    first = school.guardian("Анна Королёва", email="anna@example.org")
    return first, school.guardian("АННА КОРОЛЕВА", ("2Б",), email="anna@example.org", vk="5")


def url(pair: tuple[Guardian, Guardian]) -> str:
    return f"/people/merge/{pair[0].pk}/{pair[1].pk}/"


def seen(pair: tuple[Guardian, Guardian]) -> str:
    return "-".join(fingerprint(one.pk) for one in pair)


def test_doubles_are_suggested(client: Client, pair: tuple[Guardian, Guardian]) -> None:
    text = client.get("/people/doubles/").content.decode()
    assert url(pair) in text
    assert "общий адрес" in text


def test_two_people_stand_side_by_side(client: Client, pair: tuple[Guardian, Guardian]) -> None:
    text = client.get(url(pair)).content.decode()
    for words in ("Анна Королёва", "АННА КОРОЛЕВА", "anna@example.org"):
        assert words in text


def test_what_was_chosen_stays(client: Client, pair: tuple[Guardian, Guardian]) -> None:
    first, second = pair
    kept = [first.addresses.get().pk, second.addresses.get(channel="vk").pk]
    choice = {"name": second.pk, "address": kept, "seen": seen(pair)}
    response = client.post(url(pair), choice)
    assert response["Location"] == f"/people/{first.pk}/"
    one = Guardian.objects.get()
    assert one.name == "АННА КОРОЛЕВА"
    assert sorted(one.addresses.values_list("channel", flat=True)) == ["email", "vk"]


def test_what_was_not_chosen_goes(client: Client, pair: tuple[Guardian, Guardian]) -> None:
    client.post(url(pair), {"address": [pair[0].addresses.get().pk], "seen": seen(pair)})
    assert Guardian.objects.get().addresses.get().channel == "email"


def test_a_choice_made_too_late_changes_nothing(
    client: Client, pair: tuple[Guardian, Guardian]
) -> None:
    late = seen(pair)
    pair[1].addresses.get(channel="vk").delete()
    response = client.post(url(pair), {"seen": late}, follow=True)
    assert "кто-то изменил" in response.content.decode()
    assert Guardian.objects.count() == 2


def test_nobody_is_merged_with_herself(client: Client, pair: tuple[Guardian, Guardian]) -> None:
    same = (pair[0], pair[0])
    assert client.get(url(same)).status_code == 404
    assert client.post(url(same), {"seen": seen(same)}).status_code == 404


def test_two_children_become_one(client: Client) -> None:
    first, second = school.pupil("Сеня К.", "1А"), school.pupil("сеня к.", "1А")
    assert "сеня к." in client.get("/people/doubles/").content.decode()
    client.post(f"/people/children/merge/{first.pk}/{second.pk}/")
    assert Pupil.objects.get() == first
