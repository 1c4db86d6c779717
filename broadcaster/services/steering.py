"""A person stops a sending, lets it go on or ends it, and it is written down who did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from broadcaster.services import control
from broadcaster.services.audit import Action, Actor, record
from broadcaster.store.models import Announcement


def pause(announcement: UUID, *, by: Actor, now: datetime) -> int:
    """Hold what has not been handed over; returns how many copies."""
    return _steer(
        announcement, Action.PAUSED, lambda: control.pause(announcement, now=now), by=by, now=now
    )


def resume(announcement: UUID, *, by: Actor, now: datetime) -> int:
    """Let what was held go on; returns how many copies."""
    return _steer(
        announcement, Action.RESUMED, lambda: control.resume(announcement), by=by, now=now
    )


def cancel(announcement: UUID, *, by: Actor, now: datetime) -> int:
    """End what has not been handed over, for ever; returns how many copies."""
    return _steer(
        announcement,
        Action.CANCELLED,
        lambda: control.cancel(announcement, now=now),
        by=by,
        now=now,
    )


def _steer(
    announcement: UUID, action: Action, work: Callable[[], int], *, by: Actor, now: datetime
) -> int:
    """Do the work and, when it has changed anything, write down who did it."""
    with transaction.atomic():
        before = _standing(announcement)
        count = work()
        if count or before != _standing(announcement):
            record(by, action, now=now, kind="announcement", subject=announcement, count=count)
    return count


def _standing(announcement: UUID) -> object:
    rows = Announcement.objects.filter(pk=announcement)
    return rows.values_list("paused_at", "cancelled_at", "problem").first()
