"""Celery's tasks: an id in, one service called. The bell; the queue is the database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from celery import shared_task
from django.conf import settings

from broadcaster.bootstrap import office, post
from broadcaster.services.alarms import watch
from broadcaster.services.asking import write_letters
from broadcaster.services.calendar.planning import tick
from broadcaster.services.dispatch import drain
from broadcaster.services.people.shelf import clear
from broadcaster.services.sweep import sweep
from broadcaster.services.webhooks import call_due, calls_due

log = logging.getLogger(__name__)


@shared_task(name="broadcaster.send", ignore_result=True)
def send(channel: str) -> None:
    """Send what is due on a channel."""
    with _told("send", channel=channel), asyncio.Runner(loop_factory=_loop) as runner:
        runner.run(drain(office(), channel))


@shared_task(name="broadcaster.sweep", ignore_result=True)
def look(_: str = "") -> None:
    """Find what is due and ring for it."""
    with _told("calendar"):
        tick(office(), datetime.now(UTC))
    with _told("sweep"):
        for channel in sweep(office(), now := datetime.now(UTC)):
            send.delay(channel)
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
    with _told("asking"):
        write_letters(office(), post(), datetime.now(UTC))


def ring() -> None:
    """Ask a worker to look at once; a bell that is lost is made up for by the next sweep."""
    look.apply_async(expires=60)


@contextmanager
def _told(task: str, **about: str) -> Iterator[None]:
    """Faults end here, as events of ours: Celery would repeat their words."""
    try:
        yield
    except Exception:
        log.exception("task.fault", extra={"task": task, **about})


def _loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop  # noqa: PLC0415 - not on Windows
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
