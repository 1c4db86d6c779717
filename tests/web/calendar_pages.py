"""A calendar of a few items of their own, for the tests of its screens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.contrib.messages import get_messages

from broadcaster.bootstrap import office
from broadcaster.services.calendar import items
from broadcaster.services.calendar.items import calendar
from broadcaster.store.models import Announcement, Occasion
from tests import school

OF_FEW_ITEMS = [
    pytest.mark.database,
    pytest.mark.django_db,
    pytest.mark.usefixtures("few_items"),
]
"""The marks of tests that look at the calendar below."""
NOW = datetime.now(UTC)
TODAY = NOW.date()
NEXT = TODAY.year + 1
"""A year whose dates are all to come."""
ON = "calendar: {enabled: true}\n"
ITEMS = f"""
icicles:
  rule: FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1
  time: "16:00"
  begins: {NEXT}-01-01
  shift: stay
  approval: none
skating:
  rule: FREQ=YEARLY;BYMONTH=1;BYDAY=3TH
  time: "10:30"
  enabled: false
gas:
  rule: FREQ=MONTHLY;BYMONTHDAY=15
  time: "12:00"
  begins: {NEXT}-01-01
  importance: routine
"""


def shipped(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str = ITEMS) -> Path:
    """Let the program bring these items and no others."""
    file = folder / "shipped.yaml"
    file.write_text(text, "utf-8")
    monkeypatch.setattr(items, "SHIPPED", file)
    return file


def own(text: str) -> Path:
    """What the school itself says of its items."""
    file = items.own_calendar()
    file.write_text(text, "utf-8")
    return file


OVERDUE = """\
---
title: Сосульки прошлого века
season: winter
ages: [primary]
topic: home
basis: [Правила содержания зданий]
reviewed: 2020-01-01
review_by: 2021-01-01
---
Обходите сосульки.
<!-- site -->
"""


def overdue(folder: Path) -> str:
    """Settings of a school whose own memo «icicles» should have been checked years ago."""
    memos = folder / "templates" / "memos"
    memos.mkdir(parents=True)
    (memos / "icicles.md").write_text(OVERDUE, "utf-8")
    return f"templates: {memos.parent}\n"


def now_in_files() -> dict[str, Any]:
    """Every item that can be read, by name."""
    return dict(calendar(office(), today=TODAY).entries)


def occasion(item: str, day: date, *, skipped: str = "", **about: Any) -> Occasion:
    """A date of an item with its announcement, unless it was skipped."""
    at = datetime(day.year, day.month, day.day, 13, tzinfo=UTC)
    key: UUID | None = None if skipped else school.announcement("1А", **about)
    return Occasion.objects.create(
        item=item,
        day=day,
        title="Сосульки",
        send_at=at,
        decide_by=at,
        made_at=NOW,
        announcement_id=key,
        skipped=skipped,
    )


def page(answer: Any) -> str:
    """What a page says, without the signs of markup."""
    return unescape(str(answer.content.decode())).replace("\N{NO-BREAK SPACE}", " ")


def days_from_now(number: int) -> date:
    """A day before or after today."""
    return TODAY + timedelta(days=number)


def drafts() -> int:
    """How many announcements can still leave."""
    return Announcement.objects.filter(cancelled_at=None, released_at=None).count()


# The form of an item

ICICLES = "/calendar/items/icicles/"
EDIT, TURN, REMOVE = f"{ICICLES}edit/", f"{ICICLES}turn/", f"{ICICLES}remove/"
NEW, TRY = "/calendar/items/new/", "/calendar/try/"


def form(**different: Any) -> Mapping[str, Any]:
    """What the form of «icicles» sends when nothing was changed."""
    return {
        "item": "icicles",
        "memo": "icicles",
        "title": "",
        "enabled": "on",
        "how": "year_date",
        "year_day": "1",
        "year_month": "3",
        "weekday_number": "1",
        "weekday": "MO",
        "weekday_month": "9",
        "month_day": "1",
        "month_number": "1",
        "month_weekday": "MO",
        "rule": "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1",
        "begins": f"{NEXT}-01-01",
        "time": "16:00",
        "shift": "stay",
        "to": "все",
        "importance": "important",
        "approval": "none",
        "lead_days": "7",
        "unanswered": "skip",
        "missed": "send",
        "late_days": "3",
        **different,
    }


WRONG = [
    ({"memo": "нет-такой"}, "memo"),
    ({"title": "а" * 101}, "title"),
    ({"how": "чепуха"}, "how"),
    ({"year_day": "32"}, "year_day"),
    ({"year_day": "31", "year_month": "2"}, "year_day"),
    ({"year_month": ""}, "year_month"),
    ({"how": "week"}, "week_days"),
    ({"how": "week", "week_days": ["XX"]}, "week_days"),
    ({"how": "other", "rule": "FREQ=HOURLY"}, "rule"),
    ({"how": "other", "rule": "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1;UNTIL=20200101"}, "rule"),
    ({"how": "other", "rule": ""}, "rule"),
    ({"how": "other", "rule": "\0"}, "rule"),
    ({"begins": "вчера"}, "begins"),
    ({"time": "25:00"}, "time"),
    ({"time": ""}, "time"),
    ({"shift": "чепуха"}, "shift"),
    ({"to": ""}, "to"),
    ({"to": "  \n "}, "to"),
    ({"to": "11Ъ"}, "to"),
    ({"importance": "чепуха"}, "importance"),
    ({"channels": ["pigeons"]}, "channels"),
    ({"approval": "чепуха"}, "approval"),
    ({"lead_days": "61"}, "lead_days"),
    ({"lead_days": "-1"}, "lead_days"),
    ({"unanswered": "чепуха"}, "unanswered"),
    ({"missed": "чепуха"}, "missed"),
    ({"late_days": "много"}, "late_days"),
]
"""What is wrong in the form, and at which field it is told."""


def said(answer: Any) -> str:
    """What the next page will say of what was done."""
    return " ".join(map(str, get_messages(answer.wsgi_request)))
