"""A person is forgotten and the proof stays; what is held about a person can be taken out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadcaster.domain.reasons import Skip
from broadcaster.domain.states import WAITING, State
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.people.erasing import StillSending, erase, orphans_of
from broadcaster.services.people.exporting import export_person
from broadcaster.services.people.family import Gone
from broadcaster.store.models import (
    Address,
    Announcement,
    AuditEntry,
    Delivery,
    Guardian,
    Pupil,
    Receipt,
    ToldInPerson,
)
from broadcaster.store.queries import reports
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON
HERE: dict[str, Any] = {"by": COMMAND_LINE, "now": NOW}


@pytest.fixture
def anna() -> Guardian:
    return school.guardian("Анна Королёва", email="anna@example.org")


@pytest.fixture
def sent(anna: Guardian) -> Delivery:
    parts = [[0, {"id": 777001}]]
    copy = school.copy(anna.addresses.get(), state=State.SENT, parts=parts, sent_at=NOW)
    Receipt.objects.create(
        delivery=copy,
        attempt=1,
        at=NOW,
        outcome="accepted",
        detail="250 anna@example.org ok",
        parts=parts,
    )
    ToldInPerson.objects.create(announcement=copy.announcement, guardian=anna, by="Завуч", at=NOW)
    copy.announcement.people.add(anna)
    return copy


def forget(person: Guardian, *, with_orphans: bool = False) -> Any:
    return erase(person.pk, with_orphans=with_orphans, **HERE)


def test_the_copy_stays_without_the_person(anna: Guardian, sent: Delivery) -> None:
    forget(anna)
    sent.refresh_from_db()
    assert (sent.state, sent.sent_at, sent.guardian, sent.address) == ("sent", NOW, None, None)
    assert sent.parts == []


def test_the_report_still_counts_a_copy_to_a_person(anna: Guardian, sent: Delivery) -> None:
    forget(anna)
    assert reports.states(sent.announcement_id) == [
        reports.StateCount("email", State.SENT, "", personal=True, count=1)
    ]


def test_the_receipt_stays_without_ids_and_words(anna: Guardian, sent: Delivery) -> None:
    forget(anna)
    receipt = Receipt.objects.get()
    assert (receipt.outcome, receipt.parts, receipt.detail) == ("accepted", [], "")


def test_no_table_holds_the_person_any_more(anna: Guardian, sent: Delivery) -> None:
    forget(anna, with_orphans=True)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = str(cursor.fetchall())
            for trace in ("Королёва", "anna@example.org", "777001"):
                assert trace not in rows, table


def test_the_announcement_stays(anna: Guardian, sent: Delivery) -> None:
    forget(anna)
    row = Announcement.objects.get()
    assert (row.revisions.count(), row.people.count()) == (1, 0)


def test_what_waits_is_skipped_first(anna: Guardian) -> None:
    for state in sorted(WAITING):
        school.copy(anna.addresses.get(), state=state)
    assert forget(anna).skipped == len(WAITING)
    rows = set(Delivery.objects.values_list("state", "reason", "address", "guardian"))
    assert rows == {(State.SKIPPED, Skip.NO_ADDRESS, None, None)}


def test_who_shares_the_mailbox_gets_the_copy_that_waits(anna: Guardian) -> None:
    father = school.address(school.guardian("Отец"), "email", "anna@example.org")
    made = school.announcement(released_at=NOW)
    copy = school.copy(anna.addresses.get(), made)
    school.copy(father, made, state=State.SKIPPED, reason=Skip.DUPLICATE)
    forget(anna)
    copy.refresh_from_db()
    assert (copy.state, copy.address, copy.guardian) == (State.QUEUED, father, father.guardian)


def test_a_copy_in_a_workers_hands_puts_it_off(anna: Guardian) -> None:
    school.copy(anna.addresses.get())
    school.copy(anna.addresses.get(), state=State.SENDING)
    with pytest.raises(StillSending):
        forget(anna)
    assert Guardian.objects.filter(pk=anna.pk).exists()
    assert school.states() == ["queued", "sending"]


def test_children_stay_unless_asked(anna: Guardian) -> None:
    forget(anna)
    assert Pupil.objects.count() == 1


def test_only_children_without_another_parent_go(anna: Guardian) -> None:
    shared = school.pupil("Общий", "1А")
    anna.pupils.add(shared)
    school.guardian(groups=()).pupils.add(shared)
    assert [child.pk for child in orphans_of(anna.pk)] == [
        anna.pupils.exclude(pk=shared.pk).get().pk
    ]
    forget(anna, with_orphans=True)
    assert Pupil.objects.get() == shared


def test_the_record_holds_a_number_only(anna: Guardian, sent: Delivery) -> None:
    forget(anna)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject) == ("person_erased", str(anna.pk))
    assert entry.facts == {"addresses": 1, "pupils": 0, "deliveries": 1, "skipped": 0}


def test_who_is_not_there_cannot_be_forgotten() -> None:
    with pytest.raises(Gone):
        erase(1, with_orphans=False, **HERE)


def test_nobody_else_is_forgotten(anna: Guardian) -> None:
    other = school.guardian("Борис", email="boris@example.org")
    forget(anna)
    assert Address.objects.get().guardian == other


def test_all_that_is_held_is_taken_out(anna: Guardian, sent: Delivery) -> None:
    taken = export_person(anna.pk, **HERE)
    (copy,) = taken["copies"]
    assert taken["name"] == "Анна Королёва"
    assert [one["groups"] for one in taken["children"]] == [["1А"]]
    assert taken["addresses"][0]["address"] == "anna@example.org"
    assert taken["addresses"][0]["consent_on"] == "2026-09-01"
    assert (copy["title"], copy["state"], copy["messages"]) == ("Экскурсия", "sent", sent.parts)
    assert copy["answers"][0]["detail"] == "250 anna@example.org ok"
    assert taken["told_in_person"][0]["by"] == "Завуч"
    assert taken["named_in_announcements"][0]["title"] == "Экскурсия"
    assert json.dumps(taken)


def test_nothing_of_others_is_taken_out(anna: Guardian) -> None:
    school.copy(school.address(school.guardian("Борис"), "alpha", "boris-1"))
    assert "oris" not in json.dumps(export_person(anna.pk, **HERE))


def test_taking_out_is_on_record(anna: Guardian) -> None:
    export_person(anna.pk, **HERE)
    assert AuditEntry.objects.get().action == "person_exported"


def test_taking_out_asks_as_much_of_many_copies_as_of_one(anna: Guardian) -> None:
    school.copy(anna.addresses.get())
    with CaptureQueriesContext(connection) as first:
        export_person(anna.pk, **HERE)
    for _ in range(3):
        school.copy(anna.addresses.get())
    with CaptureQueriesContext(connection) as second:
        export_person(anna.pk, **HERE)
    assert len(second) == len(first)
