"""The calendar as people look at it: what was, what waits, what is to come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from broadcaster.domain.days_off import SchoolDays
from broadcaster.domain.occasions import MARGIN, Item, Skipped, occasions
from broadcaster.services.calendar.days_off import school_days
from broadcaster.services.calendar.items import Calendar, calendar
from broadcaster.services.calendar.series import PREFIX
from broadcaster.services.outlets import Office, local_day
from broadcaster.services.scope import announcements_of
from broadcaster.store.models import Announcement, ApprovalRequest, Occasion, Revision, Staff


class Kind(StrEnum):
    """Where an entry comes from."""

    MEMO = "memo"
    SERIES = "series"
    ONCE = "once"
    """An announcement that somebody has given a time."""


class Fate(StrEnum):
    """What has become, or is to become, of an entry."""

    OFF = "off"
    """It would come if the calendar were switched on."""
    PLANNED = "planned"
    ASKED = "asked"
    """A draft is there and waits for consent."""
    OPEN = "open"
    """A draft is there and somebody is changing it."""
    READY = "ready"
    """It leaves at its time."""
    STUCK = "stuck"
    """Its time has come and it could not leave: somebody must look."""
    SENT = "sent"
    SKIPPED = "skipped"


ENDED = {Fate.SENT, Fate.SKIPPED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One entry of the calendar; `at` (UTC) is when it leaves, `on` that day at the school.

    `day` names the date of an item, None for what happens once; it differs from `on` when a day off
    has moved it. `announcement` is None while there is no draft, or when it is not this person's to
    see.
    """

    at: datetime
    on: date
    title: str
    kind: Kind
    fate: Fate
    item: str = ""
    day: date | None = None
    why: Skipped | None = None
    occasion: int | None = None
    announcement: UUID | None = None

    @property
    def moved(self) -> bool:
        """Whether a day off has moved it."""
        return self.day is not None and self.day != self.on


def between(
    office: Office, first: date, last: date, *, by: Staff | None, now: datetime
) -> list[Shown]:
    """The entries of the days from `first` to `last` at the school, both included, by time.

    `by` None sees everything, as the command line does; memos and their dates are everybody's.
    """
    look = _Look(office, calendar(office, today=local_day(office, now)), by, now)
    parts = (look.past_and_drafted, look.to_come, look.once)
    found = [one for part in parts for one in part(first, last)]
    return sorted(found, key=lambda one: (one.at, one.title, one.item))


def upcoming(office: Office, *, within: timedelta, by: Staff | None, now: datetime) -> list[Shown]:
    """The entries from today on that have not been sent or skipped."""
    today = local_day(office, now)
    ahead = between(office, today, today + within, by=by, now=now)
    return [one for one in ahead if one.fate not in ENDED]


class _Look:
    """One look at the calendar."""

    def __init__(self, office: Office, seen: Calendar, by: Staff | None, now: datetime) -> None:
        self._seen = seen
        self._zone: ZoneInfo = office.school.time_zone
        self._on = office.calendar.enabled
        self._days: SchoolDays = school_days(office.calendar.week).days
        self._mine = Announcement.objects.all() if by is None else announcements_of(by)
        self._now = now

    def past_and_drafted(self, first: date, last: date) -> Iterator[Shown]:
        """The dates that have become something, or a draft."""
        asked = ApprovalRequest.objects.filter(
            announcement=OuterRef("announcement"), decided_at=None
        )
        rows = Occasion.objects.filter(send_at__range=self._span(first, last))
        mine = self._mine.filter(pk=OuterRef("announcement"))
        told = rows.select_related("announcement").annotate(asked=Exists(asked), mine=Exists(mine))
        followed = self._seen.items.keys() - self._hidden_series()
        for row in told:
            never_drafted = row.announcement_id is None and row.item in followed
            if row.mine or never_drafted or not row.item.startswith(PREFIX):
                yield self._shown(row)

    def to_come(self, first: date, last: date) -> Iterator[Shown]:
        """The dates for which there is no draft yet."""
        items = {**self._seen.offered, **self._seen.items}
        known = set(Occasion.objects.filter(item__in=items).values_list("item", "day"))
        hidden = self._hidden_series()
        for item in items.values():
            if item.name not in hidden:
                yield from self._dates(item, first, last, known)

    def once(self, first: date, last: date) -> Iterator[Shown]:
        """Announcements that somebody has given a time."""
        titles = Revision.objects.filter(announcement=OuterRef("pk")).order_by("-number")
        rows: QuerySet[Announcement, Any] = self._mine.filter(
            release_at__range=self._span(first, last), occasion=None, cancelled_at=None
        )
        for row in rows.annotate(title=Subquery(titles.values("title")[:1])):
            assert row.release_at is not None  # it is in the span
            yield Shown(
                at=row.release_at,
                on=row.release_at.astimezone(self._zone).date(),
                title=row.title or "",
                kind=Kind.ONCE,
                fate=fate_of(row, asked=False),
                announcement=row.pk,
            )

    def _span(self, first: date, last: date) -> tuple[datetime, datetime]:
        begin = datetime.combine(first, time(), self._zone)
        end = datetime.combine(last + timedelta(days=1), time(), self._zone)
        return begin, end - timedelta(microseconds=1)

    def _hidden_series(self) -> set[str]:
        """The series whose announcements are not this person's to see."""
        names = [name for name in self._seen.items if name.startswith(PREFIX)]
        numbers = [int(name.removeprefix(PREFIX)) for name in names]
        mine = self._mine.filter(series__in=numbers).values_list("series", flat=True)
        return set(names) - {f"{PREFIX}{number}" for number in mine}

    def _shown(self, row: Any) -> Shown:
        return Shown(
            at=row.send_at,
            on=row.send_at.astimezone(self._zone).date(),
            title=row.title,
            kind=Kind.SERIES if row.item.startswith(PREFIX) else Kind.MEMO,
            fate=Fate.SKIPPED if row.skipped else fate_of(row.announcement, asked=row.asked),
            item=row.item,
            day=row.day,
            why=Skipped(row.skipped) if row.skipped else None,
            occasion=row.pk,
            announcement=row.announcement_id if row.mine else None,
        )

    def _dates(
        self, item: Item, first: date, last: date, known: set[tuple[str, date]]
    ) -> Iterator[Shown]:
        found = occasions(
            item.rhythm, first - MARGIN, last + MARGIN, zone=self._zone, days=self._days
        )
        is_series = item.name.startswith(PREFIX)
        for one in found:
            on = one.send_at.astimezone(self._zone).date()
            past = one.send_at < self._now or one.coincides
            if past or not first <= on <= last or (item.name, one.day) in known:
                continue
            yield Shown(
                at=one.send_at,
                on=on,
                title=item.title,
                kind=Kind.SERIES if is_series else Kind.MEMO,
                fate=Fate.PLANNED if self._on or is_series else Fate.OFF,
                item=item.name,
                day=one.day,
            )


def fate_of(row: Announcement | None, *, asked: bool) -> Fate:
    """What becomes of an announcement that has a time; one that was deleted is skipped."""
    if row is None or row.cancelled_at is not None:
        return Fate.SKIPPED
    if row.released_at is not None:
        return Fate.SENT
    if row.paused_at is not None:
        return Fate.STUCK
    if row.release_at is not None:
        return Fate.READY
    return Fate.ASKED if asked else Fate.OPEN
