"""Bringing every copy that waits up to date: what time, a stop or a shut place changes for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from broadcaster.services.outlets import Office
from broadcaster.store.queries import moving_on, sweeping
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
    _make_up(office, _carries(office), skipped, now)


def move_on(office: Office, now: datetime) -> None:
    """Let routine copies that wait for a channel out of order for long leave by another one.

    Whose only channel it is waits until it works again. Does nothing while somebody else tends.
    """
    away = moving_on.out_of_order(now - timedelta(seconds=office.retries.patience))
    if not away:
        return
    carries = [one for one in _carries(office) if one[0] not in away]
    move = moving_on.Move(away, carries)
    if not (copies := move.possible(now)):
        return
    with transaction.atomic():
        if alone(ERRAND):
            _make_up(office, carries, move.leave(copies, now), now)


def _tend(office: Office, now: datetime) -> None:
    sweeping.expire(now)
    if _quiet_until(office, now) is None:
        sweeping.wake(now)
    sweeping.release_held(now)
    sweeping.obey_stops()
    make_up(office, sweeping.skip_unusable(_carries(office)), now)


def _make_up(
    office: Office, carries: Sequence[tuple[str, int]], skipped: Sequence[int], now: datetime
) -> None:
    fall_back(now, carries, skipped)
    if (until := _quiet_until(office, now)) is not None:
        sweeping.hush(until)


def _carries(office: Office) -> list[tuple[str, int]]:
    return [(name, int(most)) for name, most in office.carries().items()]


def _quiet_until(office: Office, now: datetime) -> datetime | None:
    return office.quiet.until(now) if office.quiet else None
