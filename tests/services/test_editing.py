"""Families changed by hand: each change is one fact on record, and nobody is overwritten."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from broadcaster.domain.reasons import AddressState, Skip
from broadcaster.domain.states import State
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.people import addresses, editing
from broadcaster.services.people.family import (
    ChangedMeanwhile,
    Gone,
    fingerprint,
    pupil_fingerprint,
)
from broadcaster.store.models import Address, AuditEntry, Delivery, Guardian, Pupil
from broadcaster.store.queries.sweeping import skip_unusable
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON
HERE: dict[str, Any] = {"by": COMMAND_LINE, "now": NOW}
BLIND: dict[str, Any] = HERE | {"seen": None}


@pytest.fixture
def anna() -> Guardian:
    return school.guardian("Анна Петрова", alpha="a1", beta="b1")


@pytest.fixture
def address(anna: Guardian) -> Address:
    return anna.addresses.get(channel="alpha")


def order(person: Guardian) -> list[str]:
    return list(person.addresses.order_by("preference").values_list("value", flat=True))


def test_a_family_is_written_down_with_its_child() -> None:
    number = editing.add_family("Анна", child="Маша", groups=[school.group("1А").pk], **HERE)
    (child,) = Guardian.objects.get(pk=number).pupils.all()
    assert (child.name, [one.name for one in child.groups.all()]) == ("Маша", ["1А"])


def test_the_second_parent_of_a_child_gets_the_same_child(anna: Guardian) -> None:
    group = school.group("1А")
    first = editing.add_child(anna.pk, "Семён К.", [group.pk], **BLIND)
    second = editing.add_family("Пётр", child="СЕМЕН К.", groups=[group.pk], **HERE)
    assert Guardian.objects.get(pk=second).pupils.get().pk == first


def test_a_namesake_in_another_group_is_another_child(anna: Guardian) -> None:
    first = editing.add_child(anna.pk, "Семён К.", [school.group("1А").pk], **BLIND)
    assert editing.add_child(anna.pk, "Семён К.", [school.group("2Б").pk], **BLIND) != first


def test_a_form_made_before_anothers_change_writes_nothing(anna: Guardian) -> None:
    seen = fingerprint(anna.pk)
    editing.rename(anna.pk, "Анна Сидорова", seen=seen, **HERE)
    with pytest.raises(ChangedMeanwhile):
        editing.rename(anna.pk, "Анна Иванова", seen=seen, **HERE)
    anna.refresh_from_db()
    assert anna.name == "Анна Сидорова"


def test_every_kind_of_change_changes_the_fingerprint(anna: Guardian, address: Address) -> None:
    prints = [fingerprint(anna.pk)]
    child = editing.add_child(anna.pk, "Семён", [school.group("1А").pk], **BLIND)
    prints.append(fingerprint(anna.pk))
    editing.change_child(child, "Семён К.", [], **BLIND)
    prints.append(fingerprint(anna.pk))
    addresses.withdraw(anna.pk, address.pk, **BLIND)
    prints.append(fingerprint(anna.pk))
    assert len(set(prints)) == 4


def test_nothing_can_be_changed_of_who_is_gone(anna: Guardian) -> None:
    with pytest.raises(Gone):
        editing.rename(anna.pk + 1, "Никто", **BLIND)
    assert not AuditEntry.objects.exists()


def test_a_child_parted_from_a_parent_stays_on_the_roll(anna: Guardian) -> None:
    child = anna.pupils.get()
    editing.part_child(anna.pk, child.pk, **BLIND)
    assert not anna.pupils.exists()
    assert Pupil.objects.filter(pk=child.pk).exists()


def test_a_childs_form_made_before_anothers_change_writes_nothing(anna: Guardian) -> None:
    child = anna.pupils.get()
    seen = pupil_fingerprint(child.pk)
    editing.change_child(child.pk, "Миша", [], seen=seen, **HERE)
    with pytest.raises(ChangedMeanwhile):
        editing.remove_child(child.pk, seen=seen, **HERE)


def test_a_removed_child_leaves_its_parents(anna: Guardian) -> None:
    editing.remove_child(anna.pupils.get().pk, **BLIND)
    assert Guardian.objects.filter(pk=anna.pk).exists()


def test_a_new_address_comes_last(anna: Guardian) -> None:
    addresses.add_address(anna.pk, "gamma", "g1", consent_on=None, consent_source="", **BLIND)
    assert order(anna) == ["a1", "b1", "g1"]


def test_an_address_is_written_down_once(anna: Guardian) -> None:
    with pytest.raises(addresses.AddressTaken):
        addresses.add_address(anna.pk, "alpha", "a1", consent_on=None, consent_source="", **BLIND)


def test_the_preferred_address_comes_first_and_the_others_follow(anna: Guardian) -> None:
    addresses.add_address(anna.pk, "gamma", "g1", consent_on=None, consent_source="", **BLIND)
    addresses.prefer(anna.pk, anna.addresses.get(channel="gamma").pk, **BLIND)
    assert order(anna) == ["g1", "a1", "b1"]


@pytest.mark.parametrize(("keeps", "consent"), [(True, date(2026, 9, 1)), (False, None)])
def test_another_address_is_open_and_keeps_its_consent_only_when_said(
    anna: Guardian, address: Address, keeps: bool, consent: date | None
) -> None:
    addresses.close(anna.pk, address.pk, **BLIND)
    addresses.change_address(anna.pk, address.pk, "a9", keeps_consent=keeps, **BLIND)
    address.refresh_from_db()
    assert (address.value, address.state, address.consent_on) == ("a9", AddressState.OPEN, consent)


def test_an_address_cannot_become_one_the_person_has(anna: Guardian, address: Address) -> None:
    school.address(anna, "alpha", "a2")
    with pytest.raises(addresses.AddressTaken):
        addresses.change_address(anna.pk, address.pk, "a2", keeps_consent=True, **BLIND)


def test_a_new_consent_ends_a_withdrawal(anna: Guardian, address: Address) -> None:
    addresses.withdraw(anna.pk, address.pk, **BLIND)
    addresses.agree(anna.pk, address.pk, on=date(2026, 11, 1), source="анкета", **BLIND)
    address.refresh_from_db()
    assert (address.consent_on, address.consent_withdrawn_at) == (date(2026, 11, 1), None)


def test_a_person_withdraws_for_herself_only(anna: Guardian, address: Address) -> None:
    other = school.address(school.guardian(), "alpha", "a1")
    addresses.withdraw(anna.pk, address.pk, **BLIND)
    other.refresh_from_db()
    assert other.consent_withdrawn_at is None


def test_a_place_is_closed_and_opened_for_all_who_share_it(
    anna: Guardian, address: Address
) -> None:
    other = school.address(school.guardian(), "alpha", "a1")
    addresses.close(anna.pk, address.pk, **BLIND)
    other.refresh_from_db()
    assert other.state == AddressState.CLOSED
    addresses.open_again(anna.pk, address.pk, **BLIND)
    other.refresh_from_db()
    assert other.state == AddressState.OPEN


def test_somebody_elses_address_is_not_hers_to_change(address: Address) -> None:
    with pytest.raises(Gone):
        addresses.withdraw(school.guardian().pk, address.pk, **BLIND)


def test_a_removed_address_leaves_what_was_sent(anna: Guardian, address: Address) -> None:
    school.copy(address, state=State.SENT)
    addresses.remove_address(anna.pk, address.pk, **BLIND)
    copy = Delivery.objects.get()
    assert (copy.state, copy.guardian, copy.address) == (State.SENT, anna, None)


def test_who_shares_a_removed_mailbox_gets_the_copy_that_waits(
    anna: Guardian, address: Address
) -> None:
    father = school.address(school.guardian("Отец"), "alpha", "a1")
    made = school.announcement(released_at=NOW)
    school.copy(address, made)
    school.copy(father, made, state=State.SKIPPED, reason=Skip.DUPLICATE)
    addresses.remove_address(anna.pk, address.pk, **BLIND)
    skip_unusable([])
    rows = Delivery.objects.order_by("pk").values_list("guardian__name", "address", "state")
    assert list(rows) == [("Отец", father.pk, "queued"), ("Анна Петрова", None, "skipped")]


@pytest.mark.parametrize("state", [State.QUEUED, State.SENDING])
def test_who_gives_up_a_shared_mailbox_waits_for_a_copy_of_her_own(
    anna: Guardian, address: Address, state: State
) -> None:
    made = school.announcement(released_at=NOW)
    school.copy(school.address(school.guardian("Отец"), "alpha", "a1"), made, state=state)
    hers = school.copy(address, made, state=State.SKIPPED, reason=Skip.DUPLICATE)
    addresses.change_address(anna.pk, address.pk, "a2", keeps_consent=True, **BLIND)
    hers.refresh_from_db()
    assert (hers.state, hers.reason) == (State.QUEUED, "")


def test_who_was_reached_at_a_shared_mailbox_gets_no_second_copy(
    anna: Guardian, address: Address
) -> None:
    made = school.announcement(released_at=NOW)
    father = school.address(school.guardian("Отец"), "alpha", "a1")
    school.copy(father, made, state=State.SENT)
    hers = school.copy(address, made, state=State.SKIPPED, reason=Skip.DUPLICATE)
    addresses.change_address(anna.pk, address.pk, "a2", keeps_consent=True, **BLIND)
    hers.refresh_from_db()
    assert hers.state == State.SKIPPED


def test_nothing_goes_to_a_changed_address_for_which_there_is_no_consent(
    anna: Guardian, address: Address
) -> None:
    school.copy(address)
    addresses.change_address(anna.pk, address.pk, "a2", keeps_consent=False, **BLIND)
    skip_unusable([])
    copy = Delivery.objects.get()
    assert (copy.state, copy.reason) == (State.SKIPPED, Skip.NO_CONSENT)


def test_a_change_is_on_record_without_names_and_addresses(anna: Guardian) -> None:
    addresses.add_address(
        anna.pk, "email", "anna@example.org", consent_on=None, consent_source="", **BLIND
    )
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject_kind, entry.subject) == (
        "person_changed", "guardian", str(anna.pk)
    )  # fmt: skip
    assert entry.facts == {"what": "address_added", "channel": "email"}
