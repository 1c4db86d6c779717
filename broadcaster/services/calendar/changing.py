"""The school changes its calendar: an item is saved whole or not at all, after a look at its dates.

CalendarTrouble
├── ItemRefused    the item is wrong; `problems` tell what, by key
├── ItemChanged    somebody else has changed it since it was looked at
└── NoSuchItem     there is no item of this name
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from broadcaster.domain.days_off import SchoolDays
from broadcaster.domain.occasions import Item, occasions
from broadcaster.i18n import _
from broadcaster.services.audit import Action, Actor
from broadcaster.services.calendar.days_off import school_days
from broadcaster.services.calendar.items import (
    ItemProblem,
    calendar,
    edition,
    own_calendar,
    read_item,
)
from broadcaster.services.calendar.series import PREFIX
from broadcaster.services.outlets import Office, local_day
from broadcaster.services.settling import GONE, About, Check, settle
from broadcaster.store.queries.roll import all_group_names

HEAD = _(
    """\
# Календарь вашей школы: что отличается от config/seasonal.yaml и что добавлено.
# Все ключи с пояснениями — там же, в начале файла.
"""
)
ABOUT = About(Action.CALENDAR_CHANGED, "calendar", head=HEAD)
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
AHEAD = timedelta(days=3 * 366)
"""For how long ahead the dates of two rules are compared."""


class CalendarTrouble(Exception):
    """Nothing was changed."""


class NoSuchItem(CalendarTrouble):
    """There is no item of this name in the calendar's files."""


class ItemChanged(CalendarTrouble):
    """What would be overwritten is not what was looked at."""


class ItemRefused(CalendarTrouble):
    """The item cannot be followed as it is written; `problems` name its keys."""

    def __init__(self, problems: Sequence[ItemProblem]) -> None:
        super().__init__("\n".join(f"{problem.key}: {problem.text}" for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class DateChanges:
    """What a change does to the dates to come, as local times: those gone, new ones, the others."""

    gone: tuple[datetime, ...]
    new: tuple[datetime, ...]
    kept: int


def compare(
    office: Office, before: Item | None, after: Item | None, *, now: datetime
) -> DateChanges:
    """Which dates to come another item in an item's place changes; None is no item."""
    zone, days = office.school.time_zone, school_days(office.calendar.week).days
    old, new = (_moments(item, zone, days, now) for item in (before, after))
    return DateChanges(
        gone=tuple(sorted(old - new)), new=tuple(sorted(new - old)), kept=len(old & new)
    )


def tried(
    office: Office, name: str, values: Mapping[str, Any], *, now: datetime
) -> tuple[Item | None, tuple[ItemProblem, ...]]:
    """The item that these values would make, None when it is wrong or switched off; its problems.

    `values` are keys of `Entry` as YAML has them, laid over what is there. Nothing is written.
    """
    item, problems = _item(office, own_calendar(), name, values, now=now)
    wrong = (*problems, *_wrong_now(name, item, today=local_day(office, now)))
    return (None if wrong else item), wrong


def save_item(
    office: Office,
    name: str,
    values: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    seen: str | None = None,
) -> list[str]:
    """Write an item's keys over what the shipped calendar says; returns the keys that changed.

    `seen` is the edition that was looked at. Raises ItemRefused, ItemChanged, and Unwritable when
    the file cannot be written.
    """
    _made, problems = tried(office, name, values, now=now)
    if problems:
        raise ItemRefused(problems)
    keys = {f"{name}.{key}": value for key, value in values.items()}
    return _settle(keys, by=by, now=now, check=partial(_check, office, name, now, seen))


def switch_item(office: Office, name: str, *, on: bool, by: Actor, now: datetime) -> None:
    """Let an item go out, or keep it from going out; raises NoSuchItem and ItemRefused."""
    if name not in calendar(office, today=local_day(office, now)).entries:
        raise NoSuchItem(name)
    save_item(office, name, {"enabled": on}, by=by, now=now)


def remove_item(name: str, *, by: Actor, now: datetime) -> None:
    """Take the school's own words about an item away: a shipped one is as it was, another goes.

    Raises NoSuchItem.
    """
    if not _settle({name: GONE}, by=by, now=now, check=lambda _file: None):
        raise NoSuchItem(name)


def _settle(keys: Mapping[str, Any], *, by: Actor, now: datetime, check: Check) -> list[str]:
    return settle(keys, by=by, now=now, check=check, file=own_calendar(), about=ABOUT)


def _check(office: Office, name: str, now: datetime, seen: str | None, candidate: Path) -> None:
    """Refuse a file in which the item is wrong, and to overwrite what nobody has looked at."""
    if seen is not None and edition(name) != seen:
        raise ItemChanged(name)
    _found, problems = _item(office, candidate, name, {}, now=now)
    if problems:
        raise ItemRefused(problems)


def _item(
    office: Office, own: Path, name: str, values: Mapping[str, Any], *, now: datetime
) -> tuple[Item | None, tuple[ItemProblem, ...]]:
    return read_item(
        own,
        name,
        values,
        channels=office.outlets,
        groups=all_group_names(),
        today=local_day(office, now),
    )


def _wrong_now(name: str, item: Item | None, *, today: date) -> Iterator[ItemProblem]:
    """What is wrong only with an item that is being saved: nobody wants what is past."""
    if not NAME.fullmatch(name) or name.startswith(PREFIX):
        words = _("имя — латинские буквы, цифры и дефисы, до 60 знаков, не «series-…»")
        yield ItemProblem(own_calendar(), name, "name", words)
    if item is not None and item.rhythm.rule.after(today - timedelta(days=1)) is None:
        yield ItemProblem(own_calendar(), name, "rule", _("все даты уже прошли"))


def _moments(item: Item | None, zone: ZoneInfo, days: SchoolDays, now: datetime) -> set[datetime]:
    """The times to come of an item, by the school's clock."""
    if item is None:
        return set()
    found = occasions(item.rhythm, now.date(), (now + AHEAD).date(), zone=zone, days=days)
    return {
        one.send_at.astimezone(zone) for one in found if one.send_at > now and not one.coincides
    }
