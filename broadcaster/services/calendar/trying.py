"""What a change of an item would do, looked at before it is saved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from broadcaster.domain.days_off import SchoolDays
from broadcaster.domain.occasions import Item, moment_of
from broadcaster.services.calendar.changing import DateChanges, compare, tried
from broadcaster.services.calendar.days_off import school_days
from broadcaster.services.calendar.going import open_occasions
from broadcaster.services.calendar.items import ItemProblem, calendar
from broadcaster.services.outlets import Office, local_day
from broadcaster.store.models import Occasion

TOO_NEAR = timedelta(days=60)
"""Families have read the same text so shortly before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """An item as it would be: its problems, or which dates change and what follows from that.

    `withdrawn` and `moved` are the times of drafts that wait now. `near` are new dates with the
    sending that was shortly before. `after` is None when the item is wrong or switched off.
    """

    after: Item | None
    problems: tuple[ItemProblem, ...]
    changes: DateChanges
    withdrawn: tuple[datetime, ...] = ()
    moved: tuple[datetime, ...] = ()
    near: tuple[tuple[datetime, datetime], ...] = ()

    @property
    def leap_years_only(self) -> bool:
        """Whether it would fall on 29 February alone."""
        return self.after is not None and self.after.rhythm.rule.leap_years_only


def trial(office: Office, name: str, values: Mapping[str, Any], *, now: datetime) -> Trial:
    """What saving these values would change; nothing is written."""
    after, problems = tried(office, name, values, now=now)
    before = calendar(office, today=local_day(office, now)).offered.get(name)
    changes = DateChanges((), (), 0) if problems else compare(office, before, after, now=now)
    zone = office.school.time_zone
    days = school_days(office.calendar.week).days
    withdrawn, moved = ([], []) if problems else _drafts(office, name, after, days, now)
    return Trial(
        after=after,
        problems=problems,
        changes=changes,
        withdrawn=tuple(at.astimezone(zone) for at in withdrawn),
        moved=tuple(at.astimezone(zone) for at in moved),
        near=tuple(_near(name, changes.new)),
    )


def _drafts(
    office: Office, name: str, after: Item | None, days: SchoolDays, now: datetime
) -> tuple[list[datetime], list[datetime]]:
    """The times of drafts that would be withdrawn, and of those that would be moved."""
    withdrawn, moved = [], []
    for row in open_occasions().filter(item=name, send_at__gt=now):
        at = after and moment_of(after.rhythm, row.day, zone=office.school.time_zone, days=days)
        if at is None:
            withdrawn.append(row.send_at)
        elif at != row.send_at:
            moved.append(row.send_at)
    return withdrawn, moved


def _near(name: str, new: Iterable[datetime]) -> list[tuple[datetime, datetime]]:
    """New dates with the last sending, where it would be too shortly before them."""
    sent = Occasion.objects.filter(item=name, announcement__released_at__isnull=False)
    last = sent.order_by("-send_at").values_list("send_at", flat=True).first()
    return [(at, last) for at in new if last is not None and at - last < TOO_NEAR]
