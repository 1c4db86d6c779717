"""A person stops a sending, lets it go on or ends it, and it is written down who did."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from broadcaster.services import control
from broadcaster.services.audit import Action, Actor, record
from broadcaster.store.models import Announcement


def pause(announcement: UUID, *, by: Actor, now: datetime) -> int:
    """Hold what has not been handed over; returns how many copies."""
    with transaction.atomic():
        before = _standing(announcement)
        held = control.pause(announcement, now=now)
        if held or before != _standing(announcement):
            _note(by, Action.PAUSED, announcement, held, now)
    return held


def resume(announcement: UUID, *, by: Actor, now: datetime) -> int:
    """Let what was held go on; returns how many copies."""
    with transaction.atomic():
        before = _standing(announcement)
        queued = control.resume(announcement)
        if queued or before != _standing(announcement):
            _note(by, Action.RESUMED, announcement, queued, now)
    return queued


def cancel(announcement: UUID, *, by: Actor, now: datetime) -> int:
    """End what has not been handed over, for ever; returns how many copies."""
    with transaction.atomic():
        before = _standing(announcement)
        ended = control.cancel(announcement, now=now)
        if ended or before != _standing(announcement):
            _note(by, Action.CANCELLED, announcement, ended, now)
    return ended


def _standing(announcement: UUID) -> object:
    rows = Announcement.objects.filter(pk=announcement)
    return rows.values_list("paused_at", "cancelled_at", "problem").first()


def _note(by: Actor, action: Action, announcement: UUID, count: int, now: datetime) -> None:
    record(by, action, now=now, kind="announcement", subject=announcement, count=count)
