"""The schedule inside a worker, as a thread of it: `celery --app worker worker --with-schedule`.

Celery's own `--beat` forks a process, which holds everything the worker has imported a second time
to sleep beside it. Where several workers run, beat is a process of its own and this is not used.
"""

from __future__ import annotations

import logging
from threading import Thread
from typing import Any

from celery import Celery
from celery.beat import Service
from celery.bootsteps import StartStopStep
from celery.worker import state
from click import Option

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0
"""Seconds after which the thread looks whether it is to end."""


class Schedule(StartStopStep):  # type: ignore[misc]  # Celery has no types
    """The part of a worker that keeps the schedule while it runs, when it was asked for."""

    def __init__(self, worker: Any, *, with_schedule: bool = False, **_options: Any) -> None:
        self.enabled = with_schedule
        scheduler = worker.app.conf.beat_scheduler
        self._service = Service(worker.app, max_interval=LOOK_EVERY, scheduler_cls=scheduler)
        self._thread = Thread(target=self._keep, name="schedule", daemon=True)

    def start(self, _worker: Any) -> None:
        """Begin to ring."""
        self._thread.start()

    def stop(self, _worker: Any) -> None:
        """Ring no more; returns when what was rung last is written down."""
        self._service.stop()
        self._thread.join()

    terminate = stop

    def _keep(self) -> None:
        """A worker without its schedule would look well and send nothing: both end together."""
        try:
            self._service.start()
        except Exception:
            log.exception("schedule.fault")
            state.should_terminate = 1


def schedule_inside(app: Celery) -> None:
    """Let the workers of an application take `--with-schedule`."""
    words = "Keep the schedule too, as a thread. One worker of the whole installation does."
    app.user_options["worker"].add(Option(["--with-schedule"], is_flag=True, help=words))
    app.steps["worker"].add(Schedule)
