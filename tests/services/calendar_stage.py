"""A calendar for tests: items made by hand, and a clock that goes where it is told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from broadcaster.domain.memos import Age, Memo, Season, Topic
from broadcaster.domain.occasions import Item, Rhythm
from broadcaster.domain.permissions import Role
from broadcaster.domain.recurrence import recurrence
from broadcaster.services.calendar.going import go
from broadcaster.services.calendar.items import Calendar
from broadcaster.services.calendar.planning import plan
from broadcaster.services.outlets import Office
from broadcaster.store.models import Occasion
from tests.services.stage import MOSCOW

MEMO = Memo(
    name="thin-ice",
    title="Осторожно, тонкий лёд",
    body="Не выходите на лёд.",
    more="## Почему\n\nЛёд тонкий.",
    season=Season.AUTUMN,
    ages=tuple(Age),
    topic=Topic.ICE,
    basis=("Рекомендации МЧС России",),
    reviewed=date(2026, 9, 1),
    review_by=date(2036, 9, 1),
)


def moscow(text: str) -> datetime:
    """A time on Moscow's clock, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW).astimezone(UTC)


def item(name: str = "thin-ice", **different: Any) -> Item:
    """The memo on 5 November at 16:00, drafted a week before, with an approver asked."""
    rule = different.pop("rule", "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=5")
    begins = different.pop("begins", None)
    about = {key: different.pop(key) for key in ("to", "channels", "title") if key in different}
    rhythm = Rhythm(rule=recurrence(rule, begins=begins), at=time(16), consent=Role.APPROVER)
    made = Item(
        name=name,
        title=MEMO.title,
        rhythm=replace(rhythm, **different),
        memo=MEMO.name,
        to=("все",),
    )
    return replace(made, **about)


def seen(*items: Item, broken: Collection[str] = ()) -> Calendar:
    """A calendar of these items."""
    followed = {one.name: one for one in items}
    return Calendar(
        items=followed,
        offered=followed,
        entries={},
        memos={MEMO.name: MEMO},
        problems=(),
        broken=frozenset(broken),
    )


def turn(desk: Office, calendar: Calendar, at: str) -> int:
    """One beat at this time in Moscow; returns how many announcements it released."""
    plan(desk, calendar, now=moscow(at))
    return go(desk, calendar, now=moscow(at))


def dates() -> list[tuple[str, str, str]]:
    """Every date on record: its day, its time in Moscow, and what became of it."""
    return [
        (row.day.isoformat(), f"{row.send_at.astimezone(MOSCOW):%d.%m %H:%M}", became(row))
        for row in Occasion.objects.select_related("announcement").order_by("day", "pk")
    ]


def became(row: Occasion) -> str:
    """What became of a date, in a word."""
    if row.skipped:
        return row.skipped
    assert row.announcement is not None
    if row.announcement.released_at is not None:
        return "sent"
    if row.announcement.release_at is not None:
        return "ready"
    return "asked" if row.announcement.approvals.filter(decided_at=None).exists() else "open"


WEEK = timedelta(days=7)
