"""Taking waiting copies for a lane: the right ones, in order, and each by one worker only."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from broadcaster.domain.policy import Priority
from broadcaster.domain.states import State
from broadcaster.store.models import Announcement, Delivery
from broadcaster.store.queries.claiming import (
    Claimed,
    children_of,
    claim,
    give_back,
    hand_over,
)
from broadcaster.store.queries.expansion import expand
from tests import school
from tests.together import together

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON
SECOND = timedelta(seconds=1)


def claimed(channel: str = "alpha", *, limit: int = 100, **also: Any) -> list[Claimed]:
    return claim(channel, **({"lane": uuid4(), "limit": limit, "now": NOW} | also))


def copy(**also: Any) -> Delivery:
    return school.copy(school.address(school.guardian(), "alpha"), **also)


def test_a_claimed_copy_is_being_sent_under_its_lane() -> None:
    row, lane = copy(), uuid4()
    claimed(lane=lane)
    row.refresh_from_db()
    assert (row.state, row.lane, row.handed_at) == (State.SENDING, lane, None)


def test_a_claim_tells_what_sending_needs() -> None:
    person = school.guardian("Анна Петрова", alpha="here")
    [address] = person.addresses.all()
    row = school.copy(address, attempts=2, parts=[[0, {"id": 7}]])
    assert claimed() == [
        Claimed(
            id=row.pk,
            announcement=row.announcement_id,
            guardian=person.pk,
            address_id=address.pk,
            name="Анна Петрова",
            address="here",
            attempts=2,
            parts=[[0, {"id": 7}]],
        )
    ]


def test_a_places_copy_has_no_person() -> None:
    school.copy(school.destination("alpha", "wall"))
    [one] = claimed()
    assert (one.guardian, one.address_id, one.name, one.address) == (None, None, "", "wall")


def test_the_most_urgent_come_first_then_the_oldest() -> None:
    routine = copy(priority=Priority.ROUTINE, due_at=NOW - 2 * SECOND)
    old, young = copy(due_at=NOW - SECOND), copy()
    urgent = copy(priority=Priority.URGENT)
    assert [one.id for one in claimed()] == [urgent.pk, routine.pk, old.pk, young.pk]


def test_no_more_than_the_limit_is_taken() -> None:
    first, _second = copy(), copy()
    assert [one.id for one in claimed(limit=1)] == [first.pk]


def test_a_copy_due_this_very_moment_is_due() -> None:
    copy(due_at=NOW)
    assert claimed()


def test_a_copy_that_is_due_later_waits() -> None:
    copy(due_at=NOW + SECOND)
    assert not claimed()


def test_a_deferred_copy_is_taken_when_it_is_due() -> None:
    copy(state=State.DEFERRED)
    assert claimed()


def test_a_copy_of_another_channel_is_not_taken() -> None:
    copy()
    assert not claimed("beta")


def test_an_expired_copy_is_never_taken() -> None:
    copy(expires_at=NOW)
    assert not claimed()


def test_a_copy_that_expires_later_is_taken() -> None:
    copy(expires_at=NOW + SECOND)
    assert claimed()


@pytest.mark.parametrize("state", sorted(set(State) - {State.QUEUED, State.DEFERRED}))
def test_nothing_else_is_taken(state: State) -> None:
    copy(state=state)
    assert not claimed()


@pytest.mark.parametrize("flag", ["paused_at", "cancelled_at"])
def test_a_stopped_announcement_is_not_taken(flag: str) -> None:
    row = copy()
    Announcement.objects.update(**{flag: NOW})
    assert not claimed()
    row.refresh_from_db()
    assert row.state == State.QUEUED


def test_a_copy_whose_person_has_been_erased_is_not_taken() -> None:
    row = copy()
    row.guardian.delete()
    assert not claimed()


def under_way(lane: UUID, **also: Any) -> Delivery:
    return copy(state=State.SENDING, lane=lane, **also)


def test_handing_over_is_on_record_before_the_platform_knows() -> None:
    lane = uuid4()
    row = under_way(lane)
    assert hand_over([row.pk], lane=lane, now=NOW) == {row.pk}
    row.refresh_from_db()
    assert row.handed_at == NOW


def test_another_lanes_copy_is_not_handed_over() -> None:
    row = under_way(uuid4())
    assert hand_over([row.pk], lane=uuid4(), now=NOW) == set()


def test_a_copy_that_has_been_decided_is_not_handed_over() -> None:
    lane = uuid4()
    row = copy(state=State.SENT, lane=lane)
    assert hand_over([row.pk], lane=lane, now=NOW) == set()


@pytest.mark.parametrize("flag", ["paused_at", "cancelled_at"])
def test_a_copy_stopped_after_its_claim_is_not_handed_over(flag: str) -> None:
    lane = uuid4()
    row, other = under_way(lane), under_way(lane)
    Announcement.objects.filter(pk=row.announcement_id).update(**{flag: NOW})
    assert hand_over([row.pk, other.pk], lane=lane, now=NOW) == {other.pk}


def test_what_has_not_left_is_given_back_though_it_was_let_through() -> None:
    lane = uuid4()
    kept, given, ahead = (under_way(lane, handed_at=at) for at in (NOW, None, NOW))
    assert give_back(lane=lane, doubtful=[kept.pk]) == 2
    for row in (kept, given, ahead):
        row.refresh_from_db()
    assert (kept.state, kept.lane, kept.handed_at) == (State.SENDING, lane, NOW)
    for row in (given, ahead):
        assert (row.state, row.lane, row.handed_at) == (State.QUEUED, None, None)


def test_another_lanes_copies_are_not_given_back() -> None:
    under_way(uuid4())
    assert give_back(lane=uuid4(), doubtful=[]) == 0


def test_children_are_named_for_their_own_parents_and_the_announcements_groups() -> None:
    mother, father = school.guardian(groups=()), school.guardian(groups=())
    both = school.pupil("Вера", "1А")
    mother.pupils.set([both, school.pupil("Боря", "1А", "2Б"), school.pupil("Глеб", "3В")])
    father.pupils.set([both])
    made = school.announcement("1А", "2Б")
    assert children_of([mother.pk, father.pk], made) == {
        mother.pk: ["Боря", "Вера"],
        father.pk: ["Вера"],
    }


def test_nobody_has_no_children() -> None:
    assert children_of([], school.announcement("1А")) == {}


def test_who_is_asked_for_by_name_hears_of_all_her_children() -> None:
    mother, other = school.guardian(groups=()), school.guardian(groups=["2Б"])
    mother.pupils.set([school.pupil("Боря", "2Б"), school.pupil("Вера", "3В")])
    made = school.announcement()
    Announcement.objects.get(pk=made).people.set([mother])
    assert children_of([mother.pk, other.pk], made) == {mother.pk: ["Боря", "Вера"]}


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_time_never_take_the_same_copy() -> None:
    rows = school.waiting(120)

    def some() -> list[Claimed]:
        lane = uuid4()
        return [one for _ in range(6) for one in claimed(limit=7, lane=lane)]

    taken = Counter(one.id for work in together(*[some] * 4) for one in work)
    assert (set(taken), set(taken.values())) == ({row.pk for row in rows}, {1})


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_time_expand_an_announcement_once() -> None:
    school.guardian(alpha="here")
    what = school.expansion(school.announcement())

    def attempt() -> int:
        try:
            with transaction.atomic():
                return expand(what)
        except IntegrityError:
            return 0

    assert sorted(together(*[attempt] * 3)) == [0, 0, 1]
