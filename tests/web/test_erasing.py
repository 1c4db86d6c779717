"""A person may be told what is held about her, and be forgotten, by those who may."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from broadcaster.domain.states import State
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.people import editing
from broadcaster.store.models import (
    Acknowledgement,
    AuditEntry,
    Delivery,
    FormerAddress,
    Guardian,
    Pupil,
    Receipt,
)
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def anna() -> Guardian:
    anna = school.guardian("Анна Королёва", email="anna@example.org")
    school.copy(anna.addresses.get(), state=State.SENT, sent_at=school.NOON)
    return anna


def test_all_that_is_held_is_shown_for_printing(office_: Client, anna: Guardian) -> None:
    response = office_.post(f"/people/{anna.pk}/export/")
    text = response.content.decode()
    for words in ("Анна Королёва", "anna@example.org", "Экскурсия", "1А"):
        assert words in text
    assert response["Cache-Control"] == "no-store"


def test_a_try_at_another_address_is_named_with_it(office_: Client, anna: Guardian) -> None:
    copy, address = Delivery.objects.get(), anna.addresses.get()
    for attempt, outcome in enumerate(("unconfirmed", "accepted")):
        at = school.NOON + timedelta(minutes=attempt)
        Receipt.objects.create(delivery=copy, attempt=1, at=at, outcome=outcome)
    FormerAddress.objects.create(
        delivery=copy, address=address, value="old@example.org",
        replaced_at=school.NOON, until=school.NOON + timedelta(seconds=30),
    )  # fmt: skip
    text = office_.post(f"/people/{anna.pk}/export/").content.decode()
    assert text.count("(old@example.org)") == 1
    assert "(anna@example.org)" not in text


def test_all_that_is_held_is_taken_out_as_a_file(office_: Client, anna: Guardian) -> None:
    response = office_.post(f"/people/{anna.pk}/export/", {"form": "json"})
    assert json.loads(response.content)["name"] == "Анна Королёва"
    assert response["Content-Disposition"] == f'attachment; filename="person-{anna.pk}.json"'
    assert response["Cache-Control"] == "no-store"


def test_opening_the_address_takes_nothing_out(office_: Client, anna: Guardian) -> None:
    assert office_.get(f"/people/{anna.pk}/export/").status_code == 405
    assert not AuditEntry.objects.exists()


def test_the_extract_tells_what_she_has_acknowledged_and_where_her_child_was(
    office_: Client, anna: Guardian
) -> None:
    news = school.announcement("1А", title="Тонкий лёд", released_at=school.NOON)
    Acknowledgement.objects.create(
        announcement_id=news, guardian=anna, channel="email", at=school.NOON
    )
    child, now = anna.pupils.get(), school.LATER
    editing.change_child(
        child.pk, child.name, [school.group("2Б").pk], seen=None, by=COMMAND_LINE, now=now
    )
    text = office_.post(f"/people/{anna.pk}/export/").content.decode()
    assert "ноября 2026, 12:00: «Тонкий лёд», эл. почта" in text
    assert f"ноября 2026, 12:05: {child.name} — больше не в группе 1А" in text


def test_one_child_that_stays_alone_is_told_of_in_the_singular(
    office_: Client, anna: Guardian
) -> None:
    Pupil.objects.update(name="Соня Д.")
    text = office_.get(f"/people/{anna.pk}/erase/").content.decode()
    assert "Без родителей останется: Соня Д.<" in text


def test_the_name_must_be_typed(office_: Client, anna: Guardian) -> None:
    text = office_.post(f"/people/{anna.pk}/erase/", {"name": "Анна"}).content.decode()
    assert "Не совпадает." in text
    assert Guardian.objects.exists()


def test_who_is_erased_is_gone_and_the_copies_stay(office_: Client, anna: Guardian) -> None:
    form = {"name": "анна королева", "with_orphans": "on"}
    assert office_.post(f"/people/{anna.pk}/erase/", form).status_code == 302
    assert not Guardian.objects.exists()
    assert not Pupil.objects.exists()
    assert Delivery.objects.get().state == State.SENT
    assert office_.get(f"/people/{anna.pk}/").status_code == 404


def test_children_stay_unless_ticked(office_: Client, anna: Guardian) -> None:
    office_.post(f"/people/{anna.pk}/erase/", {"name": anna.name})
    assert Pupil.objects.count() == 1


def test_a_copy_under_way_puts_it_off(office_: Client, anna: Guardian) -> None:
    school.copy(anna.addresses.get(), state=State.SENDING)
    text = office_.post(f"/people/{anna.pk}/erase/", {"name": anna.name}).content.decode()
    assert "Повторите через минуту" in text
    assert Guardian.objects.exists()


def test_nobody_is_erased_by_looking(office_: Client, anna: Guardian) -> None:
    assert anna.pupils.get().name in office_.get(f"/people/{anna.pk}/erase/").content.decode()
    assert Guardian.objects.exists()
