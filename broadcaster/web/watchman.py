"""A thread of the web server that looks whether everything is well: a silent worker cannot tell."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from threading import Event, Thread

from django.db import connection

from broadcaster.bootstrap import office, post
from broadcaster.services.alarms import LOOK_EVERY, watch

log = logging.getLogger(__name__)

FIRST_LOOK = 60.0
"""Seconds after the start: a worker that starts beside us shows life before."""


def start() -> None:
    """Keep watch until the process ends."""
    Thread(target=keep_watch, args=(Event(),), name="watchman", daemon=True).start()


def keep_watch(over: Event, *, first: float = FIRST_LOOK, every: float = LOOK_EVERY) -> None:
    """Look, rest, look again, until it is over; times in seconds."""
    rest = first
    while not over.wait(rest):
        look_once()
        rest = every


def look_once() -> None:
    """One look; a fault is written down and the next look comes."""
    try:
        watch(office(), post(), datetime.now(UTC))
    except Exception:
        log.exception("watchman.fault")
    finally:
        connection.close()
