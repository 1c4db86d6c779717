"""A beat of the calendar at a moment that somebody names: done, or only looked at.

BeatTrouble
└── Busy    a worker was planning at the same time, nothing was done; try again
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q

from broadcaster.domain.occasions import Skipped
from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.calendar.going import open_occasions
from broadcaster.services.calendar.planning import ERRAND, tick
from broadcaster.services.outlets import Office
from broadcaster.store.models import Occasion
from broadcaster.store.queries.dialect import alone


class BeatTrouble(Exception):
    """Nothing was done."""


class Busy(BeatTrouble):
    """Somebody else was planning just then."""


class Became(StrEnum):
    """What a beat makes of a date."""

    DRAFTED = "drafted"
    MOVED = "moved"
    """A day off was entered, or the item's time is another one."""
    SENT = "sent"
    STUCK = "stuck"
    """It could not leave: somebody must look."""
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of one date; `send_at` is when it leaves, or was to leave."""

    became: Became
    item: str
    day: date
    title: str
    send_at: datetime
    announcement: UUID | None
    why: Skipped | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Before:
    """The dates before a beat: those of which nothing had become, and the newest one."""

    open_ones: Mapping[int, datetime]
    newest: int


def beat_at(office: Office, moment: datetime, *, by: Actor, now: datetime) -> list[Change]:
    """Do what the calendar would do at `moment`, and tell what that was; raises Busy.

    What it sends leaves now, at `now`, whatever the moment is; so the audit log says.
    """
    with transaction.atomic():
        seen = _beat(office, moment, now)
        record(by, Action.CALENDAR_RUN, now=now, kind="calendar", moment=moment.isoformat())
    return seen


def foresee(office: Office, moment: datetime, *, now: datetime) -> list[Change]:
    """What `beat_at` would do; nothing is changed. Raises Busy."""
    with transaction.atomic():
        seen = _beat(office, moment, now)
        transaction.set_rollback(True)
    return seen


def _beat(office: Office, moment: datetime, now: datetime) -> list[Change]:
    """One beat in the transaction of the caller: others would plan by another clock."""
    if not alone(ERRAND):
        raise Busy
    before = _before()
    tick(office, moment, at_once=True, leaving=now)
    return _changes(before)


def _before() -> _Before:
    newest = Occasion.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return _Before({row.pk: row.send_at for row in open_occasions()}, newest)


def _changes(before: _Before) -> list[Change]:
    rows = Occasion.objects.filter(Q(pk__in=before.open_ones) | Q(pk__gt=before.newest))
    found = ((row, _became(row, before)) for row in rows.select_related("announcement"))
    changes = [_change(row, became) for row, became in found if became is not None]
    return sorted(changes, key=lambda one: (one.send_at, one.item))


def _became(row: Occasion, before: _Before) -> Became | None:
    """What has become of a date since; None when nothing has."""
    draft, was = row.announcement, before.open_ones.get(row.pk)
    if row.skipped:
        return Became.SKIPPED
    if draft is not None and draft.released_at is not None:
        return Became.SENT
    if draft is not None and draft.paused_at is not None:
        return Became.STUCK
    if was is None:
        return Became.DRAFTED
    return Became.MOVED if was != row.send_at else None


def _change(row: Occasion, became: Became) -> Change:
    return Change(
        became=became,
        item=row.item,
        day=row.day,
        title=row.title,
        send_at=row.send_at,
        announcement=row.announcement_id,
        why=Skipped(row.skipped) if row.skipped else None,
        problem=row.announcement.problem if row.announcement is not None else "",
    )
