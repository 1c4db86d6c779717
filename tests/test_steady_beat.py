"""The schedule goes on when the clock is set back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from celery import Celery
from celery.beat import PersistentScheduler

from broadcaster.schedule import Schedule
from broadcaster.steady_beat import Scheduler

TEN_MINUTES = timedelta(minutes=10)


class Counting(Scheduler):
    """Counts what is sent, and sends nothing."""

    def apply_async(self, entry, producer=None, advance=True, **kwargs):  # type: ignore[no-untyped-def]
        self.sent = [*getattr(self, "sent", []), entry.name]


@pytest.fixture
def app() -> Iterator[Celery]:
    made = Celery("of a test", broker="memory://", set_as_current=False)
    made.conf.beat_schedule = {
        "sweep": {"task": "sweep", "schedule": 2.0},
        "watch": {"task": "watch", "schedule": 30.0},
    }
    made.conf.enable_utc = True
    yield made
    made.close()


@pytest.fixture
def schedule(app: Celery, tmp_path: Path) -> Iterator[Counting]:
    made = Counting(app, schedule_filename=str(tmp_path / "beat"))
    made.producer = None
    yield made
    made.close()


def turn(schedule: Counting) -> float:
    """Let the schedule send what is due; returns for how long it wants to rest."""
    schedule.sent = []
    while not (rest := float(schedule.tick())):
        pass
    return rest


def set_back(schedule: Counting, jump: timedelta) -> None:
    """What a clock set back looks like: everything was done in times to come."""
    for entry in schedule.schedule.values():
        entry.last_run_at += jump
    schedule._heap = [
        event._replace(time=event.time + jump.total_seconds()) for event in schedule._heap
    ]


def test_what_ran_just_now_is_not_due(schedule: Counting) -> None:
    turn(schedule)
    assert schedule.sent == []


def test_after_the_clock_was_set_back_everything_is_due(schedule: Counting) -> None:
    turn(schedule)
    set_back(schedule, TEN_MINUTES)
    turn(schedule)
    assert sorted(schedule.sent) == ["sweep", "watch"]


def test_after_that_the_schedule_is_as_before(schedule: Counting) -> None:
    turn(schedule)
    set_back(schedule, TEN_MINUTES)
    turn(schedule)
    assert turn(schedule) <= 2
    assert schedule.sent == []
    assert all(entry.last_run_at <= datetime.now(UTC) for entry in schedule.schedule.values())


def test_celerys_own_would_rest_until_the_old_time_comes_again(app: Celery, tmp_path: Path) -> None:
    schedule = PersistentScheduler(app, schedule_filename=str(tmp_path / "beat"))
    schedule.tick()
    set_back(schedule, TEN_MINUTES)  # type: ignore[arg-type]
    assert schedule.tick() > 100
    schedule.close()


def test_the_worker_uses_it() -> None:
    import worker

    step = Schedule(SimpleNamespace(app=worker.app))
    assert isinstance(step._service.get_scheduler(lazy=True), Scheduler)
