"""What a date's draft comes to: sent at its time, or dropped with a reason. Nothing happens twice.

Every step asks `domain.occasions.next_step` and writes with a guard: whoever comes second, a beat
or a person, finds the announcement released or cancelled and changes nothing.
"""

from __future__ import annotations

import logging
from datetime import datetime, time
from functools import partial

from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from broadcaster.domain.occasions import Rhythm, Skipped, Stage, Step, next_step
from broadcaster.domain.recurrence import recurrence
from broadcaster.i18n import _
from broadcaster.rendering.mistakes import RenderingMistake
from broadcaster.services.approvals import Decision
from broadcaster.services.audit import SYSTEM, Action, Actor, record
from broadcaster.services.calendar.drafting import note_skipped
from broadcaster.services.calendar.items import Calendar
from broadcaster.services.control import set_aside
from broadcaster.services.outlets import Office
from broadcaster.services.release import AlreadyReleased, NotThisOne, release
from broadcaster.store.models import Announcement, ApprovalRequest, Occasion

log = logging.getLogger(__name__)

UNKNOWN = Rhythm(rule=recurrence("FREQ=DAILY"), at=time())
"""For a date whose item cannot be read now: what was agreed to goes, nothing goes unanswered."""


def open_occasions() -> QuerySet[Occasion]:
    """The dates of which nothing has become yet, with their announcements, the oldest first."""
    asked = ApprovalRequest.objects.filter(announcement=OuterRef("announcement"), decided_at=None)
    rows = Occasion.objects.filter(
        skipped="", announcement__released_at=None, announcement__cancelled_at=None
    ).exclude(announcement=None)
    return rows.select_related("announcement").annotate(asked=Exists(asked)).order_by("send_at")


def stage_of(row: Occasion) -> Stage:
    """Where a date's draft stands; `row` comes from `open_occasions`."""
    if row.announcement is not None and row.announcement.release_at is not None:
        return Stage.READY
    return Stage.ASKED if row.asked else Stage.OPEN  # type: ignore[attr-defined]


def go(
    office: Office, calendar: Calendar, *, now: datetime, leaving: datetime | None = None
) -> int:
    """Send and drop what has come to its time; returns how many announcements were released.

    Copies are due at once, which is `leaving` where `now` is not the clock on the wall.
    """
    due = open_occasions().filter(Q(send_at__lte=now) | Q(decide_by__lte=now))
    rows = list(due.filter(announcement__paused_at=None))
    newest = {row.item: row.send_at for row in rows if row.send_at <= now}
    sent = 0
    for row in rows:
        item = calendar.items.get(row.item)
        if item is None and not calendar.is_broken(row.item):
            continue  # the next planning drops it
        step = next_step(
            item.rhythm if item else UNKNOWN,
            stage=stage_of(row),
            send_at=row.send_at,
            decide_by=row.decide_by,
            later_due=newest.get(row.item, row.send_at) > row.send_at,
            now=now,
        )
        sent += _done(office, row, step, now, leaving or now)
    return sent


def skip(row: Occasion, why: Skipped, *, by: Actor = SYSTEM, now: datetime) -> bool:
    """Drop a date for ever; returns False, and changes nothing, when it has left or is dropped."""
    with transaction.atomic():
        mine = Occasion.objects.select_for_update().filter(pk=row.pk, skipped="")
        drafts = Announcement.objects.filter(occasion=row.pk, released_at=None)
        if row.announcement_id is not None and not drafts.update(cancelled_at=now):
            return False
        if not mine.update(skipped=why, skipped_at=now):
            return False
        _close_requests(row, now)
        note_skipped(row, why, by=by, now=now)
    return True


def _done(
    office: Office, row: Occasion, step: Step | Skipped, now: datetime, leaving: datetime
) -> int:
    if isinstance(step, Skipped):
        skip(row, step, now=now)
    elif step is Step.SEND:
        return _send(office, row, leaving)
    return 0


def _send(office: Office, row: Occasion, now: datetime) -> int:
    """Release a date's announcement; one that cannot be is set aside until somebody looks."""
    announcement = row.announcement
    assert announcement is not None
    told = {"announcement": str(announcement.pk), "item": row.item}
    try:
        release(
            office,
            announcement.pk,
            now=now,
            version=announcement.version,
            also=partial(_released, row, now),
        )
    except (AlreadyReleased, NotThisOne):
        log.info("calendar.released_elsewhere", extra=told)
    except DatabaseError:
        raise
    except RenderingMistake as mistake:
        log.error("calendar.set_aside", extra=told)  # noqa: TRY400 - the mistake may quote the text
        set_aside(announcement.pk, str(mistake), now=now)
    except Exception:
        log.exception("calendar.set_aside", extra=told)
        problem = _("внутренняя ошибка; подробности в журнале обработчика")
        set_aside(announcement.pk, problem, now=now)
    else:
        return 1
    return 0


def _released(row: Occasion, now: datetime) -> None:
    """The last word in the transaction of a release."""
    if not Occasion.objects.filter(pk=row.pk, skipped="").exists():
        raise NotThisOne(str(row.announcement_id))
    _close_requests(row, now)
    record(SYSTEM, Action.RELEASED, now=now, kind="announcement", subject=row.announcement_id)


def _close_requests(row: Occasion, now: datetime) -> None:
    requests = ApprovalRequest.objects.filter(announcement=row.announcement_id, decided_at=None)
    requests.update(decision=Decision.LAPSED, decided_at=now)
