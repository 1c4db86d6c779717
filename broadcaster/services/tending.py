"""Bringing every copy that waits up to date: what time, a stop or a shut place changes for it."""

from __future__ import annotations

from collections.abc import Sequence
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


def make_up(office: Office, skipped: Sequence[int], now: datetime) -> None:
    """Find another place for copies that failed, and for these, skipped in this transaction.

    In quiet hours what would leave is put off.
    """
    fall_back(now, _carries(office), skipped)
    if (until := _quiet_until(office, now)) is not None:
        sweeping.hush(until)


def _tend(office: Office, now: datetime) -> None:
    sweeping.expire(now)
    if _quiet_until(office, now) is None:
        sweeping.wake(now)
    sweeping.release_held(now)
    sweeping.obey_stops()
    make_up(office, sweeping.skip_unusable(_carries(office)), now)


def _carries(office: Office) -> list[tuple[str, int]]:
    return [(name, int(most)) for name, most in office.carries().items()]


def _quiet_until(office: Office, now: datetime) -> datetime | None:
    return office.quiet.until(now) if office.quiet else None
