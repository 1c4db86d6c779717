"""Everything that is wrong with the calendar: its items, the memos' files, the days off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from broadcaster.i18n import _
from broadcaster.services.calendar.days_off import school_days
from broadcaster.services.calendar.items import Calendar, calendar
from broadcaster.services.calendar.memos import memos
from broadcaster.services.outlets import Office, local_day


class Part(StrEnum):
    """Where a problem is."""

    ITEMS = "items"
    MEMOS = "memos"
    DAYS_OFF = "days_off"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong and what was expected; `item` and `key` are empty when it is the whole file.

    `file` is None for a memo that is only old: it can still be read.
    """

    part: Part
    file: Path | None
    item: str
    key: str
    text: str

    def __str__(self) -> str:
        where = ".".join(part for part in (self.item, self.key) if part)
        return ": ".join(str(part) for part in (self.file, where, self.text) if part)


def problems_of(office: Office, *, now: datetime) -> list[Problem]:
    """What is wrong now, the items first."""
    today = local_day(office, now)
    seen = calendar(office, today=today)
    return [*_items(seen), *_memos(), *_old(seen, today), *_days_off(office, now)]


def _items(seen: Calendar) -> Iterator[Problem]:
    for one in seen.problems:
        yield Problem(Part.ITEMS, one.file, one.item, one.key, one.text)


def _memos() -> Iterator[Problem]:
    for one in memos().problems:
        text = " ".join(filter(None, (one.text, one.hint)))
        yield Problem(Part.MEMOS, one.file, "", one.where, text)


def _old(seen: Calendar, today: date) -> Iterator[Problem]:
    """The texts past their review that the calendar would send."""
    used = {item.memo for item in seen.offered.values()}
    for name in sorted(used):
        memo = seen.memos[name]
        if memo.past_review(today):
            words = _("памятку нужно было проверить до {day}; без одобрения она не уйдёт")
            text = words.format(day=f"{memo.review_by:%d.%m.%Y}")
            yield Problem(Part.MEMOS, None, name, "review_by", text)


def _days_off(office: Office, now: datetime) -> Iterator[Problem]:
    for one in school_days(office.calendar.week, now=now).problems:
        yield Problem(Part.DAYS_OFF, one.file, "", one.key, one.text)
