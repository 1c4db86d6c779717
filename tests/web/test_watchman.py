"""The web's own watch, which goes on when the worker has fallen silent."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Event, Thread

import pytest

from broadcaster import tasks
from broadcaster.domain.alarms import Trouble
from broadcaster.store.models import Alarm
from broadcaster.store.queries.heartbeats import WATCH, WORKER, last_beat
from broadcaster.web import watchman

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def test_a_worker_that_does_not_run_becomes_an_alarm() -> None:
    watchman.look_once()
    assert Alarm.objects.filter(kind=Trouble.WORKER, until=None).exists()


def test_the_workers_task_shows_that_it_lives() -> None:
    before = datetime.now(UTC)
    tasks.keep_watch()
    seen = last_beat(WORKER)
    assert seen is not None
    assert seen >= before


def test_a_look_that_fails_is_written_down_and_the_next_one_comes(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(watchman, "office", broken)
        watchman.look_once()
    assert [record.message for record in caplog.records] == ["watchman.fault"]
    watchman.look_once()
    assert last_beat(WATCH) is not None


def test_the_watch_ends_when_it_is_told_to() -> None:
    over = Event()
    watch = Thread(target=watchman.keep_watch, args=(over,), kwargs={"first": 60.0})
    watch.start()
    over.set()
    watch.join(10)
    assert not watch.is_alive()
