"""When an administrator must know."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from broadcaster.alarm_words import WORDS
from broadcaster.contract import Reason
from broadcaster.domain.alarms import AlarmPolicy, Sign, Trouble, troubles
from broadcaster.domain.health import BY_HAND, ChannelHealth, Failures, Health, Standing
from tests.school import NOON

POLICY = AlarmPolicy()
AGO = timedelta(minutes=40)


def channel(**facts: Any) -> ChannelHealth:
    return ChannelHealth(**{"name": "telegram", "on": True} | facts)


def well(*channels: ChannelHealth, **facts: Any) -> Health:
    """An installation in order, but for these facts."""
    fields: dict[str, Any] = {
        "at": NOON,
        "channels": channels,
        "worker_at": NOON,
        "sweep_at": NOON,
        "queue_problem": "",
        "disk_free": 50_000_000_000,
        "disk_total": 100_000_000_000,
    }
    return Health(**fields | facts)


def found(health: Health) -> list[Trouble]:
    return [sign.trouble for sign in troubles(health, POLICY)]


def test_nothing_is_said_while_all_is_well() -> None:
    busy = channel(waiting=500, oldest_due=NOON - timedelta(minutes=1), sent_hour=900)
    assert found(well(busy)) == []


def test_a_refused_key_is_told_since_the_moment_of_the_refusal() -> None:
    shut = channel(paused_at=NOON - AGO, reason=Reason.CREDENTIALS)
    assert troubles(well(shut), POLICY) == [Sign(Trouble.CREDENTIALS, "telegram", NOON - AGO)]


def test_a_platform_that_wants_a_person_is_told_apart_from_a_refused_key() -> None:
    shut = channel(paused_at=NOON - AGO, reason=Reason.NEEDS_PERSON)
    assert troubles(well(shut), POLICY) == [Sign(Trouble.NEEDS_PERSON, "telegram", NOON - AGO)]


def test_a_channel_that_somebody_has_shut_on_purpose_is_no_trouble() -> None:
    shut = channel(paused_at=NOON - AGO, reason=BY_HAND, waiting=5, oldest_due=NOON - AGO)
    assert found(well(shut)) == []


def test_a_channel_that_is_off_is_no_trouble_unless_copies_wait_for_it() -> None:
    off = channel(on=False, paused_at=NOON, reason=Reason.CREDENTIALS)
    assert found(well(off)) == []
    assert found(well(replace(off, oldest_due=NOON - AGO))) == [Trouble.SWITCHED_OFF]


def test_a_copy_that_waits_for_long_on_an_open_channel_is_told_since_it_was_due() -> None:
    stuck = channel(waiting=1, oldest_due=NOON - AGO)
    assert troubles(well(stuck), POLICY) == [Sign(Trouble.STUCK, "telegram", NOON - AGO)]


@pytest.mark.parametrize("hold", [None, NOON + timedelta(seconds=20)], ids=["open", "held"])
def test_a_platform_that_has_not_answered_for_long_is_told_since_then(
    hold: datetime | None,
) -> None:
    silent = channel(waiting=1, no_answer_since=NOON - AGO, hold_until=hold)
    assert troubles(well(silent), POLICY) == [Sign(Trouble.NO_ANSWER, "telegram", NOON - AGO)]


def test_a_platform_that_does_not_answer_is_one_trouble_and_not_two() -> None:
    silent = channel(waiting=9, no_answer_since=NOON - AGO, oldest_due=NOON - AGO)
    assert found(well(silent)) == [Trouble.NO_ANSWER]


def test_a_platform_that_fails_now_and_then_is_no_trouble() -> None:
    moving = channel(waiting=1, no_answer_since=NOON - AGO, last_success_at=NOON)
    assert found(well(moving)) == []


def test_a_long_queue_that_moves_is_no_trouble() -> None:
    moving = channel(waiting=9000, oldest_due=NOON - AGO, last_success_at=NOON)
    assert found(well(moving)) == []


def test_a_copy_that_waits_for_the_platforms_own_time_is_not_stuck() -> None:
    held = channel(waiting=1, oldest_due=NOON - AGO, hold_until=NOON + timedelta(minutes=5))
    assert found(well(held)) == []


@pytest.mark.parametrize(("waiting", "told"), [(3, [Trouble.HELD_LONG]), (0, [])])
def test_a_long_wait_of_the_platform_matters_only_to_copies(
    waiting: int, told: list[Trouble]
) -> None:
    held = channel(waiting=waiting, hold_until=NOON + timedelta(hours=20))
    assert found(well(held)) == told


@pytest.mark.parametrize(
    ("failed", "sent", "told"),
    [(19, 0, []), (20, 0, [Trouble.FAILURES]), (20, 2000, []), (600, 2000, [Trouble.FAILURES])],
)
def test_failures_are_told_when_they_are_many_and_a_large_part(
    failed: int, sent: int, told: list[Trouble]
) -> None:
    failing = channel(sent_hour=sent, failures=(Failures(Reason.CONTENT, failed, failed),))
    assert found(well(failing)) == told


def test_a_silent_worker_is_told_once_and_not_as_a_silent_sweep_too() -> None:
    signs = troubles(well(worker_at=NOON - AGO, sweep_at=NOON - AGO), POLICY)
    assert signs == [Sign(Trouble.WORKER, "", NOON - AGO)]


def test_a_worker_that_never_worked_is_silent() -> None:
    assert found(well(worker_at=None, sweep_at=None)) == [Trouble.WORKER]


def test_a_sweep_that_fails_in_a_living_worker_is_told() -> None:
    assert troubles(well(sweep_at=NOON - AGO), POLICY) == [Sign(Trouble.SWEEP, "", NOON - AGO)]


def test_a_sweep_that_never_was_in_a_living_worker_is_told() -> None:
    assert troubles(well(sweep_at=None), POLICY) == [Sign(Trouble.SWEEP, "", NOON)]


def test_a_clock_that_went_back_is_no_silence() -> None:
    assert found(well(worker_at=NOON + AGO, sweep_at=NOON + AGO)) == []


def test_a_broker_that_does_not_answer_is_told() -> None:
    assert found(well(queue_problem="Redis: refused")) == [Trouble.QUEUE]


def test_a_scheduled_announcement_that_did_not_leave_is_told() -> None:
    assert troubles(well(set_aside_at=NOON - AGO), POLICY) == [
        Sign(Trouble.SET_ASIDE, "", NOON - AGO)
    ]


@pytest.mark.parametrize(("days", "told"), [(1, [Trouble.CALENDAR_SKIPPED]), (3, [])])
def test_what_the_calendar_left_out_is_told_for_two_days(days: int, told: list[Trouble]) -> None:
    assert found(well(calendar_skipped_at=NOON - timedelta(days=days))) == told


def test_every_trouble_has_its_words() -> None:
    assert set(WORDS) == set(Trouble)


@pytest.mark.parametrize(
    ("free", "total", "told"),
    [
        (5_000_000_000, 100_000_000_000, []),
        (4_999_999_999, 100_000_000_000, [Trouble.DISK]),
        (4_000_000_000, 100_000_000_000, [Trouble.DISK]),
        (150_000_000, 1_000_000_000, [Trouble.DISK]),
    ],
)
def test_a_disk_is_nearly_full_by_its_share_or_by_what_is_left(
    free: int, total: int, told: list[Trouble]
) -> None:
    assert found(well(disk_free=free, disk_total=total)) == told


def test_a_hold_that_is_over_leaves_the_channel_open() -> None:
    assert channel(hold_until=NOON).standing(NOON) is Standing.OPEN


def test_a_pause_wins_over_a_hold() -> None:
    both = channel(paused_at=NOON, hold_until=NOON + AGO, reason=Reason.CREDENTIALS)
    assert both.standing(NOON) is Standing.SHUT
