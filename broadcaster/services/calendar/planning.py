"""The calendar's clock: what is to be drafted, moved and dropped, then what is to be sent.

Any number of beats may call it at any time, and none may call it for days.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import DatabaseError, transaction

from broadcaster.domain.days_off import SchoolDays
from broadcaster.domain.occasions import Item, Skipped, births, moment_of
from broadcaster.services.audit import SYSTEM, Action, record
from broadcaster.services.calendar.days_off import school_days
from broadcaster.services.calendar.drafting import draft
from broadcaster.services.calendar.going import go, open_occasions, skip
from broadcaster.services.calendar.items import Calendar, calendar
from broadcaster.services.outlets import Office, local_day
from broadcaster.store.models import Announcement, Occasion, Watch
from broadcaster.store.queries.dialect import alone
from broadcaster.store.queries.heartbeats import CALENDAR_BROKEN, PLANNED, beat, last_beat, mark

log = logging.getLogger(__name__)

ERRAND = 0xCA1E
"""The number under which one planning keeps the others out."""

PLAN_EVERY = timedelta(minutes=1)
"""How often new dates are looked for; what is due is looked at by every tick."""


def tick(
    office: Office, now: datetime, *, at_once: bool = False, leaving: datetime | None = None
) -> int:
    """Send what is due, after planning at most once a minute, or `at_once`.

    Returns how many announcements were released. Where the calendar is asked about another moment
    than the present one, `leaving` is the present one: copies leave by the clock on the wall.
    """
    plans = at_once or _is_due(now)
    if not plans and not _waits(now):
        return 0
    seen = calendar(office, today=local_day(office, now))
    if plans:
        plan(office, seen, now=now)
    return go(office, seen, now=now, leaving=leaving)


@dataclass(frozen=True, slots=True)
class Round:
    """One planning: what is wanted, on which days the school works, and when it is."""

    zone: ZoneInfo
    seen: Calendar
    days: SchoolDays
    now: datetime


def plan(office: Office, seen: Calendar, *, now: datetime) -> int:
    """Bring drafts and dates into step with the items; returns how many drafts were made.

    Nothing is done while somebody else plans.
    """
    days = school_days(office.calendar.week).days
    turn = Round(office.school.time_zone, seen, days, now)
    with transaction.atomic():
        if not alone(ERRAND):
            return 0
        beat(PLANNED, now=now)
        mark(CALENDAR_BROKEN, now=now, lasts=office.calendar.enabled and bool(seen.problems))
        _note_dropped(now)
        for row in open_occasions():
            _tend(turn, row)
        return _draft_all(turn, _watches(turn))


def _is_due(now: datetime) -> bool:
    before = last_beat(PLANNED)
    return before is None or not timedelta() <= now - before < PLAN_EVERY


def _waits(now: datetime) -> bool:
    return open_occasions().filter(send_at__lte=now, announcement__paused_at=None).exists()


def _tend(turn: Round, row: Occasion) -> None:
    """Move a date whose moment has changed, and drop one that is no more.

    What is due already stays as it is: only its item's rule decides about it.
    """
    item = turn.seen.items.get(row.item)
    if turn.seen.is_broken(row.item):
        return
    if item is None:
        skip(row, Skipped.CHANGED, now=turn.now)
    elif row.send_at > turn.now:
        at = moment_of(item.rhythm, row.day, zone=turn.zone, days=turn.days)
        if at is None:
            skip(row, Skipped.CHANGED, now=turn.now)
        elif at != row.send_at:
            _move(row, at, turn.now)


def _move(row: Occasion, at: datetime, now: datetime) -> None:
    decide_by = max(at, row.decide_by + (at - row.send_at))
    Occasion.objects.filter(pk=row.pk).update(send_at=at, decide_by=decide_by)
    mine = Announcement.objects.filter(occasion=row.pk, released_at=None)
    mine.update(wanted_at=at)
    mine.exclude(release_at=None).update(release_at=at)
    record(
        SYSTEM,
        Action.OCCASION_MOVED,
        now=now,
        kind="announcement",
        subject=row.announcement_id,
        before=row.send_at.isoformat(),
        after=at.isoformat(),
    )


def _note_dropped(now: datetime) -> None:
    """A person has cancelled or deleted the draft: then that is what became of the date."""
    gone = Occasion.objects.filter(skipped="", announcement=None)
    cancelled = Occasion.objects.filter(
        skipped="", announcement__cancelled_at__isnull=False, announcement__released_at=None
    )
    for rows in (gone, cancelled):
        rows.update(skipped=Skipped.BY_HAND, skipped_at=now)


def _watches(turn: Round) -> dict[str, Watch]:
    """Since when each item is followed in its present shape; those no longer there are forgotten.

    An item that is broken keeps its watch: what falls until it is mended is missed, not unheard of.
    """
    there = {watch.item: watch for watch in Watch.objects.all()}
    seen = turn.seen
    gone = [name for name in there if name not in seen.items and not seen.is_broken(name)]
    Watch.objects.filter(item__in=gone).delete()
    return {name: _watch(turn, item, there.get(name)) for name, item in seen.items.items()}


def _watch(turn: Round, item: Item, found: Watch | None) -> Watch:
    """The watch of one item, begun again when it is back or its rule is another one."""
    shape, now = item.rhythm.shape, turn.now
    if found is not None and found.shape == shape and found.since <= now:
        return found
    _take_up_again(turn, item)
    if found is None:
        return Watch.objects.create(item=item.name, shape=shape, since=now, seen_at=now)
    found.shape, found.since = shape, now
    found.save(update_fields=["shape", "since"])
    return found


def _take_up_again(turn: Round, item: Item) -> None:
    """Forget that dates to come were dropped on which the item falls now: they get new drafts."""
    dropped = Occasion.objects.filter(item=item.name, skipped=Skipped.CHANGED)
    for row in dropped.filter(send_at__gt=turn.now):
        if moment_of(item.rhythm, row.day, zone=turn.zone, days=turn.days) is not None:
            row.delete()


def _draft_all(turn: Round, watches: Mapping[str, Watch]) -> int:
    """Draft what is to be drafted now, of every item; what one item does wrong is its own."""
    known = _known()
    made, looked_at = 0, []
    for item in turn.seen.items.values():
        try:
            with transaction.atomic():
                made += _drafted(turn, item, watches[item.name], known.get(item.name, set()))
        except DatabaseError:
            raise
        except Exception:
            log.exception("calendar.fault", extra={"item": item.name})
        else:
            looked_at.append(item.name)
    Watch.objects.filter(item__in=looked_at).update(seen_at=turn.now)
    return made


def _drafted(turn: Round, item: Item, watch: Watch, known: set[date]) -> int:
    """Draft the dates of one item whose time has come; returns how many drafts there are more."""
    born = births(
        item.rhythm,
        known=known,
        since=watch.since,
        seen_at=watch.seen_at,
        now=turn.now,
        zone=turn.zone,
        days=turn.days,
    )
    made = [draft(item, one, turn.seen.memos, now=turn.now) for one in born]
    return sum(new and one.skipped is None for new, one in zip(made, born, strict=True))


def _known() -> dict[str, set[date]]:
    """The days on record of every item."""
    days: dict[str, set[date]] = {}
    for name, day in Occasion.objects.values_list("item", "day"):
        days.setdefault(name, set()).add(day)
    return days
