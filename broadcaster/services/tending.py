"""Bringing every copy that waits up to date: what time, a stop or a shut place changes for it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from broadcaster.services.outlets import Office
from broadcaster.store.queries import sweeping
from broadcaster.store.queries.dialect import alone
from broadcaster.store.queries.falling_back import fall_back

ERRAND = 0x5EE9
"""The number under which one who tends keeps the others out."""


def tend(office: Office, now: datetime) -> None:
    """Expire, wake, stop, skip, make up for and hush what waits, all of it or nothing.

    Does nothing while somebody else is at it.
    """
    with transaction.atomic():
        if alone(ERRAND):
            _tend(office, now)


def _tend(office: Office, now: datetime) -> None:
    quiet_until = office.quiet.until(now) if office.quiet else None
    sweeping.expire(now)
    if quiet_until is None:
        sweeping.wake(now)
    sweeping.release_held(now)
    sweeping.obey_stops()
    carries = [(name, int(most)) for name, most in office.carries().items()]
    fall_back(now, carries, sweeping.skip_unusable(carries))
    if quiet_until is not None:
        sweeping.hush(quiet_until)
