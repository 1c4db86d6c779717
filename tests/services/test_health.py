"""How everything is, from the database alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadcaster.contract import Reason
from broadcaster.domain.health import ChannelHealth, Failures, Standing
from broadcaster.domain.states import State
from broadcaster.services.control import resume, set_aside
from broadcaster.services.health import look
from broadcaster.store.models import ChannelState, Delivery, Receipt
from broadcaster.store.queries import health as facts
from broadcaster.store.queries.heartbeats import SWEEP, WORKER, beat
from tests import school
from tests.services.stage import Platform, office
from tests.store.plans import first_read, steps, told_by_statistics

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON + timedelta(hours=1)


def alpha() -> ChannelHealth:
    return seen("alpha")


def seen(name: str) -> ChannelHealth:
    return next(one for one in look(office(Platform()), NOW).channels if one.name == name)


def ended(reason: str, at: datetime, state: State = State.FAILED) -> Delivery:
    """A copy that ended badly at this time."""
    place = school.address(school.guardian(), "alpha")
    copy = school.copy(place, state=state, reason=reason)
    Receipt.objects.create(delivery=copy, attempt=1, at=at, outcome="rejected", reason=reason)
    return copy


def left(at: datetime) -> None:
    """A copy that left at this time."""
    copy = school.copy(school.address(school.guardian(), "alpha"), state=State.SENT, sent_at=at)
    Receipt.objects.create(delivery=copy, attempt=1, at=at, outcome="accepted")


def test_a_channel_without_a_history_is_open_and_empty() -> None:
    assert alpha() == ChannelHealth(name="alpha", on=True)


def test_waiting_copies_are_counted_and_the_oldest_due_one_is_told() -> None:
    first, second, later = school.waiting(3)
    for copy, due in ((first, 50), (second, 20), (later, -9)):
        Delivery.objects.filter(pk=copy.pk).update(due_at=NOW - timedelta(minutes=due))
    assert (alpha().waiting, alpha().oldest_due) == (3, NOW - timedelta(minutes=50))


def test_a_copy_that_is_not_due_yet_makes_nobody_wait() -> None:
    [copy] = school.waiting(1)
    Delivery.objects.filter(pk=copy.pk).update(due_at=NOW + timedelta(minutes=1))
    assert (alpha().waiting, alpha().oldest_due) == (1, None)


def test_copies_held_for_the_morning_are_told_apart() -> None:
    school.copy(school.address(school.guardian(), "alpha"), state=State.HELD)
    assert (alpha().waiting, alpha().held) == (0, 1)


def test_what_left_is_counted_for_the_hour_and_for_the_day() -> None:
    for hours in (0.5, 3, 23, 25):
        left(NOW - timedelta(hours=hours))
    assert (alpha().sent_hour, alpha().sent_day) == (1, 3)


def test_failures_of_a_day_are_counted_by_reason_the_most_frequent_first() -> None:
    ended(Reason.BLOCKED, NOW - timedelta(minutes=5))
    ended(Reason.CONTENT, NOW - timedelta(hours=2))
    ended(Reason.CONTENT, NOW - timedelta(minutes=2), State.UNCONFIRMED)
    ended(Reason.CONTENT, NOW - timedelta(hours=30))
    assert alpha().failures == (Failures("content", 1, 2), Failures("blocked", 1, 1))


def test_a_copy_that_was_refused_twice_failed_once() -> None:
    copy = ended(Reason.CONTENT, NOW - timedelta(minutes=5))
    Receipt.objects.create(delivery=copy, attempt=2, at=NOW, outcome="rejected", reason="content")
    assert alpha().failed_day == 1


def test_a_copy_that_was_deferred_and_then_left_did_not_fail() -> None:
    copy = ended("", NOW - timedelta(minutes=5), State.SENT)
    assert (copy.state, alpha().failures) == (State.SENT, ())


@pytest.mark.parametrize(
    ("reason", "since"),
    [(Reason.CONNECTION, NOW - timedelta(hours=1)), (Reason.MAILBOX_FULL, None)],
    ids=["no answer", "the mailbox's own trouble"],
)
def test_it_is_told_since_when_a_platform_gives_no_answer(
    reason: Reason, since: datetime | None
) -> None:
    ended(reason, NOW - timedelta(hours=1), State.DEFERRED)
    ended(reason, NOW, State.DEFERRED)
    assert (alpha().no_answer_since, alpha().failures) == (since, ())


def test_a_refusal_of_another_kind_before_is_no_silence_of_the_platform() -> None:
    copy = ended(Reason.MAILBOX_FULL, NOW - timedelta(hours=4), State.DEFERRED)
    silent = NOW - timedelta(minutes=1)
    Receipt.objects.create(
        delivery=copy, attempt=2, at=silent, outcome="deferred", reason=Reason.CONNECTION
    )
    Delivery.objects.filter(pk=copy.pk).update(reason=Reason.CONNECTION)
    assert alpha().no_answer_since == silent


def test_a_platform_is_silent_although_the_copy_that_met_it_is_now_held_back_by_another() -> None:
    since = NOW - timedelta(hours=3)
    copy = ended(Reason.CONNECTION, since, State.DEFERRED)
    Delivery.objects.filter(pk=copy.pk).update(reason=Reason.HELD_BACK)
    ended(Reason.CONNECTION, NOW, State.DEFERRED)
    assert alpha().no_answer_since == since


def test_a_pause_is_told_with_its_reason_and_since_when() -> None:
    ChannelState.objects.create(
        channel="alpha", paused_at=school.NOON, reason=Reason.CREDENTIALS, detail="Unauthorized"
    )
    paused = alpha()
    assert (paused.standing(NOW), paused.paused_at, paused.detail) == (
        Standing.SHUT,
        school.NOON,
        "Unauthorized",
    )


def test_a_worker_that_sends_is_seen_until_its_lease_ends() -> None:
    school.lane(until=NOW + timedelta(seconds=1))
    school.lane(slot=1, until=NOW - timedelta(seconds=1))
    assert alpha().lanes == 1


def test_a_channel_that_is_off_is_shown_while_copies_wait_for_it() -> None:
    assert [one.name for one in look(office(Platform()), NOW).channels] == ["alpha"]
    school.waiting(1, "beta")
    assert seen("beta").standing(NOW) is Standing.OFF


def test_people_without_an_address_make_no_channel() -> None:
    school.copy(school.address(school.guardian(), ""), state=State.HELD)
    assert [one.name for one in look(office(Platform()), NOW).channels] == ["alpha"]


def test_a_scheduled_announcement_that_was_set_aside_is_told_until_somebody_resumes_it() -> None:
    made = school.announcement("1А", release_at=school.NOON)
    set_aside(made, "в тексте ошибка", now=school.NOON)
    assert look(office(Platform()), NOW).set_aside_at == school.NOON
    resume(made)
    assert look(office(Platform()), NOW).set_aside_at is None


def test_parts_tell_when_they_last_showed_life() -> None:
    beat(SWEEP, now=school.NOON)
    beat(WORKER, now=NOW)
    health = look(office(Platform()), NOW)
    assert (health.sweep_at, health.worker_at) == (school.NOON, NOW)


def test_a_sweep_is_a_sign_of_life_of_its_worker() -> None:
    beat(SWEEP, now=NOW)
    assert look(office(Platform()), NOW).worker_at == NOW


def test_the_number_of_queries_does_not_grow_with_the_work() -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            look(office(Platform()), NOW)
        return len(asked)

    before = queries()
    school.waiting(5)
    ended(Reason.CONTENT, NOW)
    left(NOW)
    assert queries() == before == 8


def test_answers_are_counted_once_each_and_young_ones_later() -> None:
    left(NOW - timedelta(minutes=2))
    left(NOW - timedelta(seconds=5))
    last, counted = facts.answers(0, until=NOW - timedelta(seconds=30))
    assert counted == [("alpha", "accepted", 1)]
    assert facts.answers(last, until=NOW)[1] == [("alpha", "accepted", 1)]


def test_nothing_is_counted_when_nothing_was_answered() -> None:
    assert facts.answers(0, until=NOW) == (0, [])
    assert facts.answers(7, until=NOW) == (7, [])


def a_year_of_copies() -> None:
    """As in a school's database: nearly all left long ago, a few wait, a few failed today."""
    made = school.announcement(released_at=school.NOON)
    fields = {"announcement_id": made, "channel": "alpha", "priority": 2, "due_at": school.NOON}
    long_ago = NOW - timedelta(days=30)

    def copies(number: int, state: State, sent_at: datetime | None = None) -> list[Delivery]:
        rows = [Delivery(state=state, sent_at=sent_at, **fields) for _ in range(number)]
        return Delivery.objects.bulk_create(rows)

    def answers(rows: list[Delivery], at: datetime, outcome: str) -> None:
        said = [Receipt(delivery=row, attempt=1, at=at, outcome=outcome) for row in rows]
        Receipt.objects.bulk_create(said)

    answers(copies(5_000, State.SENT, long_ago), long_ago, "accepted")
    answers(copies(40, State.SENT, NOW), NOW, "accepted")
    answers(copies(20, State.FAILED), NOW, "rejected")
    for state in (State.QUEUED, State.DEFERRED, State.HELD):
        copies(20, state)


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda: facts.queues(NOW), "delivery_waiting"),
        (lambda: facts.sent(NOW), "delivery_sent"),
        (lambda: facts.failed(NOW), "receipt_refused"),
        (facts.held, "delivery_held"),
        (facts.by_state, "delivery_by_announcement"),
    ],
)
def test_figures_come_from_an_index(ask: Callable[[], Any], index: str) -> None:
    a_year_of_copies()
    told_by_statistics()
    [plan] = steps(ask)
    assert index in first_read(plan)
