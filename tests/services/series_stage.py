"""Repeated announcements for tests: a mould, and a clock that goes where it is told."""

from __future__ import annotations

from datetime import time
from typing import Any
from uuid import UUID

from broadcaster.domain.days_off import Shift
from broadcaster.domain.repeating import Repetition
from broadcaster.services.calendar.planning import tick
from broadcaster.services.calendar.series import name_of
from broadcaster.services.calendar.series_keeping import start_series
from broadcaster.services.drafts import Written, make_draft, sheet_for, write_draft
from broadcaster.services.outlets import Office
from broadcaster.store.models import Announcement, Occasion, Series, Staff
from tests import school
from tests.services.calendar_stage import moscow

FRIDAYS = Repetition("FREQ=WEEKLY;BYDAY=FR;UNTIL=20270531", time(16), Shift.STAY)
START = "2026-11-23 12:00"
"""A Monday."""
FIRST, SECOND = "2026-11-27 16:00", "2026-12-04 16:00"


def written(*groups: str, **also: Any) -> Written:
    """Everything that is needed, to be repeated every Friday."""
    ids = frozenset(school.group(name).pk for name in groups or ("1А",))
    about = {"title": "Сменная обувь", "body": "Не забудьте!", "repeats": FRIDAYS, **also}
    return Written(groups=ids, **about)


def draft_of(author: Staff, *groups: str, at: str = START, **also: Any) -> UUID:
    """A draft in version 1 that wishes to be repeated."""
    key = make_draft(author, now=moscow(at))
    write_draft(author, key, written(*groups, **also), version=0)
    return key


def begun(desk: Office, author: Staff, *groups: str, at: str = START, **also: Any) -> UUID:
    """A series that goes on since then."""
    key = draft_of(author, *groups, at=at, **also)
    version = sheet_for(author, key).version
    start_series(desk, author, key, version=version, now=moscow(at))
    return key


def beat(desk: Office, at: str) -> int:
    """One beat at this time in Moscow; returns how many copies it sent off."""
    return tick(desk, moscow(at), at_once=True)


def copies(mould: UUID) -> list[Announcement]:
    """The copies of a mould, by their dates."""
    name = name_of(Series.objects.get(mould=mould).pk)
    rows = Occasion.objects.filter(item=name).exclude(announcement=None).order_by("day")
    return [row.announcement for row in rows.select_related("announcement") if row.announcement]
