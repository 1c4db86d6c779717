"""A routine copy that failed is made up for on the person's next channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from broadcaster.contract import DataClass
from broadcaster.domain.reasons import Skip, Why
from broadcaster.domain.states import State
from broadcaster.store.models import Address, Announcement, Delivery, Guardian
from broadcaster.store.queries.falling_back import NEWS, fall_back
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON
CARRIES = [(name, int(most)) for name, most in school.ON.items()]


def falls(carries: list[tuple[str, int]] = CARRIES, skipped: Sequence[int] = ()) -> int:
    return fall_back(NOW, carries, skipped)


def family(**addresses: str) -> list[Address]:
    person = school.guardian(**addresses)
    return list(person.addresses.order_by("preference"))


def failed(address: Address, of: UUID | None = None, **also: Any) -> Delivery:
    return school.copy(address, of, state=State.FAILED, **also)


def made() -> list[str]:
    """Where fallbacks go."""
    rows = Delivery.objects.filter(why=Why.FALLBACK).exclude(state=State.SKIPPED).order_by("pk")
    return [row.address.value for row in rows if row.address]


def test_a_failed_copy_is_made_up_for_on_the_next_channel() -> None:
    first, *_ = family(alpha="first", beta="second", gamma="third")
    failed(first)
    assert (falls(), made()) == (1, ["second"])


def test_a_fallback_is_due_at_once_and_inherits_the_rest() -> None:
    first, second = family(alpha="first", beta="second")
    old = failed(first, priority=1, expires_at=NOW + timedelta(days=1))
    falls()
    new = Delivery.objects.get(why=Why.FALLBACK)
    assert (new.announcement, new.guardian, new.address, new.channel) == (
        old.announcement, old.guardian, second, "beta",
    )  # fmt: skip
    assert (new.state, new.due_at, new.priority, new.expires_at, new.attempts, new.parts) == (
        State.QUEUED, NOW, 1, old.expires_at, 0, [],
    )  # fmt: skip


def test_nobody_falls_back_twice() -> None:
    failed(family(alpha="first", beta="second", gamma="third")[0])
    assert [falls(), falls()] == [1, 0]


def test_a_failed_fallback_falls_back_further() -> None:
    failed(family(alpha="first", beta="second", gamma="third")[0])
    falls()
    Delivery.objects.update(state=State.FAILED)
    assert (falls(), made()) == (1, ["second", "third"])


def test_a_copy_that_was_skipped_just_now_is_made_up_for() -> None:
    row = school.copy(family(alpha="first", beta="second")[0], state=State.SKIPPED)
    assert (falls(skipped=[row.pk]), made()) == (1, ["second"])


def test_what_fails_and_what_is_skipped_are_made_up_for_together() -> None:
    of = failed(family(alpha="first", beta="second")[0]).announcement_id
    row = school.copy(family(alpha="third", beta="fourth")[0], of, state=State.SKIPPED)
    assert (falls(skipped=[row.pk]), sorted(made())) == (2, ["fourth", "second"])


def test_of_old_news_nothing_that_was_skipped_is_made_up_for() -> None:
    row = school.copy(family(alpha="first", beta="second")[0], state=State.SKIPPED)
    Announcement.objects.update(released_at=NOW - NEWS)
    assert falls(skipped=[row.pk]) == 0


def test_when_every_channel_has_failed_there_is_nothing_more() -> None:
    failed(family(alpha="only")[0])
    assert falls() == 0


@pytest.mark.parametrize(
    "state", [State.QUEUED, State.SENDING, State.SENT, State.UNCONFIRMED, State.EXPIRED]
)
def test_who_has_another_copy_needs_no_fallback(state: State) -> None:
    first, second, _third = family(alpha="first", beta="second", gamma="third")
    of = failed(first).announcement_id
    school.copy(second, of, state=state)
    assert falls() == 0


@pytest.mark.parametrize("state", sorted(set(State) - {State.FAILED}))
def test_what_has_not_failed_needs_no_fallback(state: State) -> None:
    school.copy(family(alpha="first", beta="second")[0], state=state)
    assert falls() == 0


@pytest.mark.parametrize("why", [Why.EVERY_CHANNEL, Why.GROUP_PLACE])
def test_where_the_others_carry_it_already_nothing_falls_back(why: Why) -> None:
    failed(family(alpha="first", beta="second")[0], why=why)
    assert falls() == 0


def test_a_place_has_no_other_channel() -> None:
    school.copy(school.destination("alpha"), state=State.FAILED)
    assert falls() == 0


def test_nothing_falls_back_past_its_expiry() -> None:
    failed(family(alpha="first", beta="second")[0], expires_at=NOW)
    assert falls() == 0


@pytest.mark.parametrize("flag", ["cancelled_at", "paused_at"])
def test_nothing_falls_back_after_a_stop(flag: str) -> None:
    failed(family(alpha="first", beta="second")[0])
    Announcement.objects.update(**{flag: NOW})
    assert falls() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "closed"},
        {"consent_on": None},
        {"consent_withdrawn_at": NOW},
        {"channel": "unknown"},
    ],
)
def test_a_shut_address_is_passed_over(fields: dict[str, Any]) -> None:
    first, second, _third = family(alpha="first", beta="second", gamma="third")
    Address.objects.filter(pk=second.pk).update(**fields)
    failed(first)
    assert (falls(), made()) == (1, ["third"])


def test_a_channel_that_may_not_carry_the_text_is_passed_over() -> None:
    first, *_ = family(alpha="first", gamma="public", beta="closed")
    failed(first)
    Announcement.objects.update(data_class=DataClass.CLOSED)
    assert (falls(), made()) == (1, ["closed"])


def test_a_channel_the_author_did_not_choose_is_passed_over() -> None:
    first, *_ = family(alpha="first", beta="second", gamma="third")
    failed(first)
    Announcement.objects.update(channels=["alpha", "gamma"])
    assert (falls(), made()) == (1, ["third"])


def test_an_address_that_was_skipped_is_not_tried() -> None:
    first, second, _third = family(alpha="first", beta="second", gamma="third")
    of = failed(first).announcement_id
    school.copy(second, of, state=State.SKIPPED, reason=Skip.DATA_CLASS)
    assert (falls(), made()) == (1, ["third"])


def test_whose_shared_mailbox_failed_falls_back_too() -> None:
    [mother] = family(alpha="shared")
    father, *_ = family(alpha="shared", beta="his own")
    of = failed(mother).announcement_id
    school.copy(father, of, state=State.SKIPPED, reason=Skip.DUPLICATE)
    assert (falls(), made()) == (1, ["his own"])


@pytest.mark.parametrize("state", [State.QUEUED, State.SENT])
def test_whose_shared_mailbox_works_needs_no_fallback(state: State) -> None:
    [mother] = family(alpha="shared")
    father, *_ = family(alpha="shared", beta="his own")
    of = school.copy(mother, state=state).announcement_id
    school.copy(father, of, state=State.SKIPPED, reason=Skip.DUPLICATE)
    assert falls() == 0


def test_two_people_fall_back_to_their_shared_mailbox_once() -> None:
    of = failed(family(alpha="hers", beta="shared")[0]).announcement_id
    failed(family(alpha="his", beta="shared")[0], of)
    assert (falls(), made()) == (2, ["shared"])
    assert falls() == 0


def test_a_place_that_already_carries_it_gets_no_second_copy() -> None:
    [mother] = family(beta="shared")
    father, _ = family(alpha="his own", beta="shared")
    of = school.copy(mother, state=State.SENT).announcement_id
    failed(father, of)
    falls()
    row = Delivery.objects.get(why=Why.FALLBACK)
    assert (row.state, row.reason) == (State.SKIPPED, Skip.DUPLICATE)
    assert falls() == 0


def test_old_news_are_not_sent_to_a_new_address() -> None:
    failed(family(alpha="first", beta="second")[0])
    Announcement.objects.update(released_at=NOW - NEWS)
    assert falls() == 0


def test_who_has_been_erased_does_not_fall_back() -> None:
    failed(family(alpha="first", beta="second")[0])
    Guardian.objects.all().delete()
    assert falls() == 0
