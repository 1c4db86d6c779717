"""Two rows that are one person: nothing is lost, nothing doubled, nobody written to unasked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from broadcaster.domain.policy import Importance
from broadcaster.domain.reasons import AddressState, Skip, Why
from broadcaster.domain.states import State
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.people.family import ChangedMeanwhile, Gone, fingerprint
from broadcaster.services.people.merging import merge, merge_pupils
from broadcaster.store.models import (
    Address,
    Announcement,
    AuditEntry,
    Delivery,
    Guardian,
    Pupil,
    ToldInPerson,
)
from broadcaster.store.queries.doubles import Double, guardian_doubles, pupil_doubles
from broadcaster.store.queries.falling_back import fall_back
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON
HERE: dict[str, Any] = {"by": COMMAND_LINE, "now": NOW}


@pytest.fixture
def stays() -> Guardian:
    return school.guardian("Анна Королёва", alpha="a1")


@pytest.fixture
def goes() -> Guardian:
    return school.guardian("анна королева", ("2Б",), alpha="a1", beta="b1")


def test_everything_moves_to_the_one_who_stays(stays: Guardian, goes: Guardian) -> None:
    copy = school.copy(goes.addresses.get(channel="beta"))
    merge(stays.pk, goes.pk, **HERE)
    copy.refresh_from_db()
    assert copy.guardian == stays
    assert stays.pupils.count() == 2
    assert list(stays.addresses.order_by("preference").values_list("value", flat=True)) == [
        "a1", "b1"
    ]  # fmt: skip
    assert not Guardian.objects.filter(pk=goes.pk).exists()


def test_the_name_that_was_chosen_stays(stays: Guardian, goes: Guardian) -> None:
    merge(stays.pk, goes.pk, name="Анна Ивановна Королёва", **HERE)
    stays.refresh_from_db()
    assert stays.name == "Анна Ивановна Королёва"


def test_an_address_that_was_not_chosen_goes(stays: Guardian, goes: Guardian) -> None:
    merge(stays.pk, goes.pk, dropped=[goes.addresses.get(channel="beta").pk], **HERE)
    assert list(stays.addresses.values_list("channel", flat=True)) == ["alpha"]


def test_of_two_equal_addresses_one_stays_whichever_was_chosen(
    stays: Guardian, goes: Guardian
) -> None:
    made = school.announcement(released_at=NOW)
    twin = goes.addresses.get(channel="alpha")
    school.copy(stays.addresses.get(), made, state=State.SKIPPED, reason=Skip.DUPLICATE)
    waiting = school.copy(twin, made)
    merge(stays.pk, goes.pk, dropped=[twin.pk], **HERE)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.address) == ("queued", stays.addresses.get(channel="alpha"))


def test_a_third_persons_address_cannot_be_dropped(stays: Guardian, goes: Guardian) -> None:
    other = school.address(school.guardian(), "alpha")
    merge(stays.pk, goes.pk, dropped=[other.pk], **HERE)
    assert Address.objects.filter(pk=other.pk).exists()


def test_of_two_copies_to_one_mailbox_the_sent_one_keeps_it(
    stays: Guardian, goes: Guardian
) -> None:
    made = school.announcement(released_at=NOW)
    double = school.copy(stays.addresses.get(), made, state=State.SKIPPED, reason=Skip.DUPLICATE)
    sent = school.copy(goes.addresses.get(channel="alpha"), made, state=State.SENT)
    merge(stays.pk, goes.pk, **HERE)
    for copy in (double, sent):
        copy.refresh_from_db()
    assert (sent.address, double.address) == (stays.addresses.get(channel="alpha"), None)
    assert {sent.guardian, double.guardian} == {stays}


def test_of_two_copies_that_wait_for_one_mailbox_one_goes(stays: Guardian, goes: Guardian) -> None:
    made = school.announcement(released_at=NOW)
    for owner in (stays, goes):
        school.copy(owner.addresses.get(channel="alpha"), made)
    merge(stays.pk, goes.pk, **HERE)
    rows = Delivery.objects.order_by("pk").values_list("state", "reason")
    assert sorted(rows) == [("queued", ""), ("skipped", Skip.DUPLICATE)]


@pytest.mark.parametrize("hers", [State.QUEUED, State.SENDING, State.SENT, State.UNCONFIRMED])
def test_a_routine_announcement_is_left_waiting_on_no_second_channel(
    stays: Guardian, goes: Guardian, hers: State
) -> None:
    made = school.announcement(released_at=NOW)
    kept = school.copy(stays.addresses.get(), made, state=hers)
    other = school.copy(goes.addresses.get(channel="beta"), made)
    merge(stays.pk, goes.pk, **HERE)
    for copy in (kept, other):
        copy.refresh_from_db()
    assert (kept.state, other.state, other.reason) == (hers, "skipped", Skip.DUPLICATE)


def test_the_copy_that_has_left_already_is_the_one(stays: Guardian, goes: Guardian) -> None:
    made = school.announcement(released_at=NOW)
    waiting = school.copy(stays.addresses.get(), made)
    school.copy(goes.addresses.get(channel="beta"), made, state=State.SENT)
    merge(stays.pk, goes.pk, **HERE)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == ("skipped", Skip.DUPLICATE)


def test_the_channel_that_was_skipped_makes_up_for_the_one_that_fails(
    stays: Guardian, goes: Guardian
) -> None:
    made = school.announcement(released_at=NOW)
    kept = school.copy(stays.addresses.get(), made)
    school.copy(goes.addresses.get(channel="beta"), made)
    merge(stays.pk, goes.pk, **HERE)
    Delivery.objects.filter(pk=kept.pk).update(state=State.FAILED)
    fall_back(NOW, [("alpha", 2), ("beta", 2)])
    assert school.states(made) == ["failed", "skipped", "queued"]


def test_who_counts_on_the_skipped_copys_mailbox_gets_the_copy(
    stays: Guardian, goes: Guardian
) -> None:
    made = school.announcement(released_at=NOW)
    school.copy(stays.addresses.get(), made)
    school.copy(goes.addresses.get(channel="beta"), made)
    sharer = school.guardian("Иван Королёв", beta="b1")
    school.copy(sharer.addresses.get(), made, state=State.SKIPPED, reason=Skip.DUPLICATE)
    merge(stays.pk, goes.pk, **HERE)
    going = Delivery.objects.filter(state=State.QUEUED, address__isnull=False)
    assert sorted(going.values_list("guardian", "address__value")) == [
        (stays.pk, "a1"), (sharer.pk, "b1")
    ]  # fmt: skip


def test_what_goes_to_every_channel_goes_on_to_every_channel(
    stays: Guardian, goes: Guardian
) -> None:
    made = school.announcement(importance=Importance.IMPORTANT, released_at=NOW)
    school.copy(stays.addresses.get(), made, why=Why.EVERY_CHANNEL)
    school.copy(goes.addresses.get(channel="beta"), made, why=Why.EVERY_CHANNEL)
    merge(stays.pk, goes.pk, **HERE)
    assert school.states(made) == ["queued", "queued"]


@pytest.mark.parametrize("closed", [0, 1])
def test_an_address_closed_for_either_is_closed(
    stays: Guardian, goes: Guardian, closed: int
) -> None:
    owner = (stays, goes)[closed]
    owner.addresses.filter(channel="alpha").update(state=AddressState.CLOSED, state_since=NOW)
    merge(stays.pk, goes.pk, **HERE)
    assert stays.addresses.get(channel="alpha").state == AddressState.CLOSED


def test_a_consent_taken_back_by_either_is_taken_back(stays: Guardian, goes: Guardian) -> None:
    goes.addresses.filter(channel="alpha").update(consent_withdrawn_at=NOW)
    merge(stays.pk, goes.pk, **HERE)
    assert stays.addresses.get(channel="alpha").consent_withdrawn_at == NOW


def test_a_consent_of_either_is_a_consent(stays: Guardian, goes: Guardian) -> None:
    stays.addresses.update(consent_on=None)
    merge(stays.pk, goes.pk, **HERE)
    assert stays.addresses.get(channel="alpha").consent_on == date(2026, 9, 1)


def test_marks_move_without_doubling(stays: Guardian, goes: Guardian) -> None:
    both, hers = school.announcement(), school.announcement()
    for person, made in ((stays, both), (goes, both), (goes, hers)):
        ToldInPerson.objects.create(announcement_id=made, guardian=person, by="Завуч", at=NOW)
        Announcement.objects.get(pk=made).people.add(person)
    merge(stays.pk, goes.pk, **HERE)
    told = ToldInPerson.objects.values_list("announcement", "guardian")
    assert sorted(told) == sorted([(both, stays.pk), (hers, stays.pk)])
    assert {one.pk for one in Announcement.objects.filter(people=stays)} == {both, hers}


def test_nobody_is_merged_with_herself(stays: Guardian) -> None:
    with pytest.raises(Gone):
        merge(stays.pk, stays.pk, **HERE)
    assert Guardian.objects.filter(pk=stays.pk).exists()


def test_a_choice_made_before_anothers_change_writes_nothing(
    stays: Guardian, goes: Guardian
) -> None:
    seen = fingerprint(stays.pk), fingerprint(goes.pk)
    goes.addresses.get(channel="beta").delete()
    with pytest.raises(ChangedMeanwhile):
        merge(stays.pk, goes.pk, seen=seen, **HERE)


def test_the_record_holds_numbers_only(stays: Guardian, goes: Guardian) -> None:
    merge(stays.pk, goes.pk, **HERE)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject) == ("people_merged", str(stays.pk))
    assert entry.facts == {"gone": goes.pk, "addresses": 2, "pupils": 1, "deliveries": 0}


def test_namesakes_who_share_an_address_or_a_child_are_suggested(
    stays: Guardian, goes: Guardian
) -> None:
    third = school.guardian("АННА КОРОЛЁВА", ())
    third.pupils.add(stays.pupils.get())
    school.guardian("Анна Королёва", alpha="other")
    school.guardian("Пётр Королёв", alpha="a1")
    assert guardian_doubles() == [
        Double(stays.pk, goes.pk, ("address",)),
        Double(stays.pk, third.pk, ("child",)),
    ]


def test_a_surname_that_stands_first_or_last_is_the_same_name() -> None:
    first = school.guardian("Королёва Анна Петровна", ())
    second = school.guardian("Анна Петровна Королева", ())
    child = school.pupil("Семён К.", "1А")
    again = school.pupil("К. Семён", "1А")
    first.pupils.add(child)
    second.pupils.add(child)
    assert guardian_doubles() == [Double(first.pk, second.pk, ("child",))]
    assert pupil_doubles() == [Double(child.pk, again.pk, ("group",))]


def test_children_of_one_name_in_one_group_are_suggested_and_merged() -> None:
    first = school.pupil("Семён К.", "1А")
    second = school.pupil("семен к.", "1А", "Хор")
    school.pupil("Семён К.", "2Б")
    mother = school.guardian(groups=())
    mother.pupils.add(second)
    assert pupil_doubles() == [Double(first.pk, second.pk, ("group",))]
    merge_pupils(first.pk, second.pk, **HERE)
    assert mother.pupils.get() == first
    assert {group.name for group in first.groups.all()} == {"1А", "Хор"}
    assert not Pupil.objects.filter(pk=second.pk).exists()
