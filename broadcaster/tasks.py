"""Celery's tasks: an id in, one service called. The bell; the queue is the database."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from time import monotonic

from celery import shared_task
from django.conf import settings

from broadcaster.bootstrap import office, post
from broadcaster.repeated_faults import RepeatedFaults
from broadcaster.services.alarms import watch
from broadcaster.services.asking import write_letters
from broadcaster.services.calendar.planning import tick
from broadcaster.services.clock import Clock
from broadcaster.services.dispatch import drain
from broadcaster.services.people.shelf import clear
from broadcaster.services.sweep import sweep
from broadcaster.services.tending import move_on
from broadcaster.services.webhooks import call_due, calls_due
from broadcaster.store.queries.lanes import free_lanes, ready

log = logging.getLogger(__name__)

FAULTS = RepeatedFaults(log)
"""What this process has told of already."""

CLOCK = Clock()
"""What this process remembers of the time."""

BELL_LASTS = 60.0
"""Seconds after which a bell that nobody has heard means nothing."""


GARBAGE = 10_000
"""New objects after which the collector looks at them; a batch of copies is as many."""

TURN = 0.0005
"""Seconds for which a thread keeps the interpreter when others wait for it.

A lane's database thread asks for it some forty times a transaction, and copies wait for that one.
"""


@shared_task(name="broadcaster.send", ignore_result=True)
def send(channel: str) -> None:
    """Send what is due on a channel."""
    with _told("send", channel=channel), asyncio.Runner(loop_factory=_loop) as runner:
        runner.run(drain(office(), channel))


@shared_task(name="broadcaster.sweep", ignore_result=True)
def look(_: str = "") -> None:
    """Find what is due and ring for it."""
    with _told("clock"):
        CLOCK.follow(office(), datetime.now(UTC), monotonic())
    with _told("calendar"):
        tick(office(), datetime.now(UTC))
    with _told("sweep"):
        _ring(sweep(office(), now := datetime.now(UTC)))
        clear(settings.IMPORT_FOLDER, now=now)
        if calls_due(now):
            call.delay()


@shared_task(name="broadcaster.call", ignore_result=True)
def call() -> None:
    """Tell other programs what they are to hear."""
    with _told("call"):
        call_due(office().webhooks, now=datetime.now(UTC))


@shared_task(name="broadcaster.watch", ignore_result=True)
def keep_watch(_: str = "") -> None:
    """Look whether everything is well, and show that a worker lives."""
    with _told("watch"):
        watch(office(), post(), datetime.now(UTC), worker=True)
    with _told("moving on"):
        move_on(office(), datetime.now(UTC))
    with _told("asking"):
        write_letters(office(), post(), datetime.now(UTC))


def ring() -> None:
    """Ask a worker to look at once; a bell that is lost is made up for by the next sweep."""
    look.apply_async(expires=BELL_LASTS)


def ring_for_release() -> None:
    """Ask workers to send what has just been released, without a sweep before it.

    Only a release has looked at addresses, consents and quiet hours this very moment.
    """
    _ring(ready(office().outlets, now=datetime.now(UTC)))


def _ring(channels: Iterable[str]) -> None:
    """Ring once for each free lane of these channels: two workers that wait hear one bell each.

    A channel without a free lane is rung for once: what is being left now is free in a moment.
    """
    outlets = office().outlets
    slots = {name: outlets[name].lanes for name in channels if name in outlets}
    for channel, free in free_lanes(slots, now=datetime.now(UTC)).items():
        for _ in range(max(free, 1)):
            send.apply_async((channel,), expires=BELL_LASTS)


@contextmanager
def _told(task: str, **about: str) -> Iterator[None]:
    """Faults end here, as events of ours: Celery would repeat their words."""
    try:
        yield
    except Exception as fault:  # noqa: BLE001 - the edge
        FAULTS.tell(fault, task, now=monotonic(), **about)
    else:
        FAULTS.over(task, **about)


def _loop() -> asyncio.AbstractEventLoop:
    _settle()
    try:
        import uvloop  # noqa: PLC0415 - not on Windows
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


@cache
def _settle() -> None:
    """Spare the garbage collector what is loaded by now and stays: a tenth of a sender's work.

    And let the threads take shorter turns, which is worth a twentieth.
    """
    sys.setswitchinterval(TURN)
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE, 20, 20)
