"""What became of an announcement, counted by the database."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from uuid import UUID

import pytest

from broadcaster.domain.reasons import Skip, Why
from broadcaster.domain.states import REACHED, UNDERWAY, State
from broadcaster.store.models import Address, Delivery, Guardian, Receipt
from broadcaster.store.queries.reports import (
    StateCount,
    Step,
    Unreached,
    copies,
    has_copies,
    is_underway,
    reached,
    states,
    timeline,
    unreached,
)
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def news() -> UUID:
    return school.announcement("1А", released_at=school.NOON)


def person(news: UUID, name: str = "", **fates: str) -> Guardian:
    """A parent with a copy in this state on each channel."""
    made = school.guardian(name, **dict.fromkeys(fates, ""))
    for channel, state in fates.items():
        Address.objects.filter(guardian=made, channel=channel).delete()
        school.copy(school.address(made, channel), news, state=state)
    return made


def shared(news: UUID, first: State, second: str = "") -> Guardian:
    """Two parents behind one mailbox: the copy of the first in this state; gives the second."""
    value = "shared"
    school.copy(school.address(school.guardian(), "alpha", value), news, state=first)
    other = school.guardian(second)
    row = school.address(other, "alpha", value)
    school.copy(row, news, state=State.SKIPPED, reason=Skip.DUPLICATE)
    return other


def nobody(news: UUID, name: str = "") -> Guardian:
    """A parent without any address."""
    made = school.guardian(name)
    Delivery.objects.create(
        announcement_id=news, guardian=made, channel="", state=State.SKIPPED,
        reason=Skip.NO_ADDRESS, why=Why.PREFERRED, priority=2, due_at=school.NOON,
    )  # fmt: skip
    return made


def test_copies_are_counted_by_channel_state_and_reason(news: UUID) -> None:
    for _ in range(2):
        person(news, alpha=State.SENT)
    nobody(news)
    school.copy(school.destination("alpha"), news, state=State.FAILED, reason="blocked")
    assert states(news) == [
        StateCount("", State.SKIPPED, Skip.NO_ADDRESS, personal=True, count=1),
        StateCount("alpha", State.FAILED, "blocked", personal=False, count=1),
        StateCount("alpha", State.SENT, "", personal=True, count=2),
    ]


def test_other_announcements_are_not_counted(news: UUID) -> None:
    school.waiting(2)
    assert states(news) == []


@pytest.mark.parametrize("many", [1, 2, 3])
def test_it_can_be_asked_whether_there_are_so_many_copies(news: UUID, many: int) -> None:
    for _ in range(2):
        person(news, alpha=State.SENT)
        person(school.announcement("1Б"), alpha=State.SENT)
    assert has_copies(news, many) is (many <= 2)


@pytest.mark.parametrize("state", State)
def test_it_is_underway_while_a_copy_is_not_decided(news: UUID, state: State) -> None:
    person(news, alpha=State.SENT, beta=state)
    person(school.announcement("1Б"), alpha=State.QUEUED)
    assert is_underway(news) is (state in UNDERWAY)


@pytest.mark.parametrize("state", sorted(REACHED))
def test_a_copy_the_platform_took_reaches_its_person(news: UUID, state: State) -> None:
    person(news, alpha=state)
    assert (reached(news), unreached(news)) == ({1: 1}, [])


@pytest.mark.parametrize("state", sorted(set(State) - REACHED))
def test_no_other_copy_does(news: UUID, state: State) -> None:
    person(news, alpha=state)
    assert reached(news) == {0: 1}
    assert len(unreached(news)) == 1


def test_people_are_counted_by_the_channels_that_reached_them(news: UUID) -> None:
    person(news, alpha=State.SENT, beta=State.SENT)
    person(news, alpha=State.SENT, beta=State.FAILED)
    person(news, alpha=State.READ)
    nobody(news)
    assert reached(news) == {2: 1, 1: 2, 0: 1}


def test_two_addresses_on_one_channel_are_one_channel(news: UUID) -> None:
    made = person(news, alpha=State.SENT)
    school.copy(school.address(made, "alpha"), news, state=State.SENT)
    assert reached(news) == {1: 1}


@pytest.mark.parametrize("state", sorted(REACHED))
def test_a_copy_in_a_shared_mailbox_reaches_both(news: UUID, state: State) -> None:
    shared(news, state)
    assert (reached(news), unreached(news)) == ({1: 2}, [])


@pytest.mark.parametrize("state", [State.QUEUED, State.FAILED, State.UNCONFIRMED])
def test_while_a_shared_mailbox_has_nothing_neither_is_reached(news: UUID, state: State) -> None:
    shared(news, state)
    assert reached(news) == {0: 2}


def test_a_mailbox_shared_in_another_announcement_reaches_nobody_here(news: UUID) -> None:
    other = shared(news, State.QUEUED)
    row = Address.objects.exclude(guardian=other).get()
    school.copy(row, state=State.SENT)
    assert reached(news) == {0: 2}


def test_a_place_is_nobody(news: UUID) -> None:
    school.copy(school.destination("alpha"), news, state=State.FAILED)
    assert (reached(news), unreached(news)) == ({}, [])


def test_who_was_not_reached_is_told_with_children_and_tries(news: UUID) -> None:
    made = person(news, "Яков", alpha=State.FAILED, beta=State.QUEUED)
    Delivery.objects.filter(channel="alpha").update(reason="blocked")
    [child] = made.pupils.all()
    assert unreached(news) == [
        Unreached(
            guardian=made.pk,
            name="Яков",
            children=(child.name,),
            tries=(("alpha", State.FAILED, "blocked"), ("beta", State.QUEUED, "")),
        )
    ]


def test_the_unreached_are_in_the_order_of_their_names(news: UUID) -> None:
    for name in ("Вера", "Анна", "Борис"):
        nobody(news, name)
    assert [one.name for one in unreached(news)] == ["Анна", "Борис", "Вера"]


def test_namesakes_are_two_people(news: UUID) -> None:
    nobody(news, "Анна")
    nobody(news, "Анна")
    assert len(unreached(news)) == 2


def test_who_has_been_erased_is_no_longer_told(news: UUID) -> None:
    person(news, alpha=State.FAILED).delete()
    assert (reached(news), unreached(news)) == ({}, [])


def test_every_copy_is_listed_with_its_person_or_place(news: UUID) -> None:
    person(news, "Анна", alpha=State.SENT)
    place = school.destination("alpha", title="Стена")
    school.copy(place, news, why=Why.GROUP_PLACE, attempts=3)
    first, second = copies(news)
    assert (first.place, first.personal, first.state, first.why) == (
        "Анна", True, State.SENT, Why.PREFERRED,
    )  # fmt: skip
    assert (second.place, second.personal, second.attempts) == ("Стена", False, 3)


def receipt(row: Delivery, **also: Any) -> None:
    Receipt.objects.create(delivery=row, at=school.NOON, **also)


def test_a_timeline_tells_every_answer_in_order(news: UUID) -> None:
    person(news, alpha=State.SENT)
    row = Delivery.objects.get()
    receipt(row, attempt=1, outcome="deferred", reason="greylisted", detail="450")
    receipt(row, attempt=2, outcome="accepted", parts=[[0, {"id": 1}]])
    assert timeline(row.pk) == [
        Step(school.NOON, 1, "deferred", "greylisted", "450", []),
        Step(school.NOON, 2, "accepted", "", "", [[0, {"id": 1}]]),
    ]


def test_times_in_a_report_know_their_zone(news: UUID) -> None:
    person(news, alpha=State.SENT)
    Delivery.objects.update(sent_at=school.NOON)
    [row] = copies(news)
    assert row.sent_at == school.NOON
    assert row.sent_at.tzinfo is UTC or row.sent_at.utcoffset() is not None
