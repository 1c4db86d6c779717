"""Waking a worker when a person has sent something; a bell that is lost costs two seconds."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import DatabaseError
from kombu.exceptions import OperationalError as BrokerAway

import worker  # noqa: F401 - names the Celery application
from broadcaster import tasks

log = logging.getLogger(__name__)


def ring() -> None:
    """Ask a worker to look at once; when the broker is away the next sweep finds the work."""
    _ring(tasks.ring)


def ring_for_release() -> None:
    """Ask workers to send what has just been released; else the next sweep finds it."""
    _ring(tasks.ring_for_release)


def _ring(bell: Callable[[], None]) -> None:
    try:
        bell()
    except (BrokerAway, DatabaseError, OSError) as error:
        log.warning("bell.broker_away", extra={"error": type(error).__name__})
