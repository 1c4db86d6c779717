"""After a restore a person decides: nothing that may have left since the copy leaves by itself.

What waited in the copy may have been sent after it, and only the platforms know. So every copy that
is not at its end is stopped with its announcement. That holds for channels too that remove doubles
themselves (`repeatable`): the site would show a recalled text again, and an announcement that goes
on in one place and stands in another is harder to judge than one that stands.

Calls to other programs are not stopped: they are promised at least once, and carry an id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from broadcaster.domain.reasons import End, Hold
from broadcaster.domain.states import UNDERWAY, WAITING, State
from broadcaster.services.calendar.going import open_occasions
from broadcaster.services.calendar.series import running
from broadcaster.store.models import (
    Announcement,
    ApprovalRequest,
    Delivery,
    Heartbeat,
    Lane,
    Revision,
    Series,
    Watch,
)
from broadcaster.store.queries.falling_back import fall_back
from broadcaster.store.queries.heartbeats import SWEEP, WATCH, WORKER

MINE = Delivery.objects.filter(announcement=OuterRef("pk"))
UNKNOWN = Q(state__in=sorted(UNDERWAY)) | Q(state=State.UNCONFIRMED, reason=End.RESTORED)


@dataclass(frozen=True, slots=True)
class Stopped:
    """An announcement that stands until somebody looks; `unknown` copies may have been sent."""

    announcement: UUID
    title: str
    scheduled_for: datetime | None
    unknown: int


@dataclass(frozen=True, slots=True)
class Held:
    """What was stopped: announcements, titles of series, and how many waited for consent."""

    announcements: Sequence[Stopped]
    series: Sequence[str]
    asked: int


def hold(problem: str, *, carries: Sequence[tuple[str, int]], now: datetime) -> Held:
    """Stop all that may have left since the copy; `problem` tells people why.

    What failed just before the copy may have been made up for just after it: that is done here, so
    that it is stopped with the rest. `carries` lists the channels for it.
    """
    with transaction.atomic():
        _forget_the_living(now)
        Delivery.objects.filter(state=State.SENDING).update(
            state=State.UNCONFIRMED, reason=End.RESTORED, lane=None
        )
        fall_back(now, carries)
        stopped = _stop(problem, now)
        moulds = _titled(Announcement.objects.filter(series__in=running()))
        series = list(moulds.values_list("title", flat=True))
        Series.objects.exclude(started_at=None).update(started_at=None)
        asked = ApprovalRequest.objects.filter(decided_at=None).count()
    return Held(stopped, [str(title or "") for title in series], asked)


def _forget_the_living(now: datetime) -> None:
    """Nothing works, nobody is signed in, and the calendar looks ahead from now on."""
    Lane.objects.update(token=None)
    Heartbeat.objects.filter(pk__in=(SWEEP, WORKER, WATCH)).delete()
    Session.objects.all().delete()
    Watch.objects.update(since=now, seen_at=now)


def _stop(problem: str, now: datetime) -> list[Stopped]:
    """Stop announcements and their copies; what a person had stopped says the new reason too."""
    alive = Announcement.objects.filter(cancelled_at=None)
    released = alive.exclude(released_at=None)
    to_come = alive.filter(released_at=None).filter(
        Q(release_at__isnull=False) | Q(pk__in=open_occasions().values("announcement"))
    )
    found = _counted(released.filter(Exists(MINE.filter(UNKNOWN))) | to_come)
    rows = [
        Stopped(key, title or "", at, unknown or 0)
        for key, title, at, unknown in found.values_list("pk", "title", "release_at", "unknown")
    ]
    waiting = Q(released_at=None) | Exists(MINE.filter(state__in=sorted(WAITING)))
    keys = [row.announcement for row in rows]
    ours = Announcement.objects.filter(waiting, pk__in=keys)
    ours.filter(paused_at=None).update(paused_at=now)
    ours.update(problem=problem)
    Delivery.objects.filter(announcement__in=keys, state__in=sorted(WAITING)).update(
        state=State.HELD, reason=Hold.PAUSED
    )
    return rows


def _titled(rows: QuerySet[Announcement]) -> QuerySet[Any]:
    newest = Revision.objects.filter(announcement=OuterRef("pk")).order_by("-number")
    return rows.annotate(title=Subquery(newest.values("title")[:1])).order_by("created_at", "pk")


def _counted(rows: QuerySet[Announcement]) -> QuerySet[Any]:
    counts = MINE.filter(UNKNOWN).order_by().values("announcement").annotate(n=Count("pk"))
    found: QuerySet[Any] = _titled(rows).annotate(unknown=Subquery(counts.values("n")))
    return found
