"""The calendar's dates between a copy and its restore: nobody knows whether they were sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from broadcaster.domain.occasions import MARGIN, Birth, Item, Occasion, Skipped, occasions
from broadcaster.services.calendar.days_off import school_days
from broadcaster.services.calendar.drafting import draft
from broadcaster.services.calendar.items import calendar
from broadcaster.services.outlets import Office, local_day
from broadcaster.store.models import Occasion as OccasionRow
from broadcaster.store.models import Watch


@dataclass(frozen=True, slots=True)
class MissedDate:
    """A date that may have been sent after the copy; it is on record as missed."""

    item: str
    title: str
    day: date
    send_at: datetime


def note_missed(office: Office, *, since: datetime, now: datetime) -> Sequence[MissedDate]:
    """Write down the dates of items that were followed when the copy was made; none is sent."""
    seen = calendar(office, today=local_day(office, now))
    followed = set(Watch.objects.values_list("item", flat=True))
    found = [
        MissedDate(item.name, item.title, one.day, one.send_at)
        for item in seen.items.values()
        if item.name in followed
        for one in _between(office, item, since, now)
        if draft(item, Birth(one, one.send_at, Skipped.MISSED), seen.memos, now=now)
    ]
    return sorted(found, key=lambda one: (one.send_at, one.item))


def _between(office: Office, item: Item, since: datetime, now: datetime) -> list[Occasion]:
    """The dates that came to their time between the two moments and are on no record."""
    days = school_days(office.calendar.week).days
    first, last = (since - MARGIN).date(), (now + MARGIN).date()
    known = set(OccasionRow.objects.filter(item=item.name).values_list("day", flat=True))
    around = occasions(item.rhythm, first, last, zone=office.school.time_zone, days=days)
    return [
        one
        for one in around
        if since < one.send_at <= now and not one.coincides and one.day not in known
    ]
