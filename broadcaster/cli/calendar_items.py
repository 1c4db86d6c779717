"""The calendar's items as commands tell of them: their names for people, and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from broadcaster.calendar_words import refusal_words, rule_words
from broadcaster.domain.memos import Memo
from broadcaster.domain.recurrence import RuleRefused
from broadcaster.services.calendar.figures import Figures
from broadcaster.services.calendar.items import Calendar, Entry, rule_of
from broadcaster.services.calendar.showing import Shown


def title_of(seen: Calendar, name: str) -> str:
    """What an item is called for people."""
    if name in seen.items:
        return seen.items[name].title
    memo, entry = memo_of(seen, name), seen.entries[name]
    return entry.title or (memo.title if memo else name)


def memo_of(seen: Calendar, name: str) -> Memo | None:
    """The text that an item sends; None for a series and for a text that is not there."""
    entry = seen.entries.get(name)
    return None if entry is None else seen.memos.get(entry.memo or name)


def rule_in_words(seen: Calendar, name: str) -> str:
    """On which days and when an item falls."""
    if name in seen.items:
        rhythm = seen.items[name].rhythm
        return rule_words(rhythm.rule, rhythm.at)
    entry = seen.entries[name]
    rule = rule_of(entry.rule, entry.begins)
    return refusal_words(rule) if isinstance(rule, RuleRefused) else rule_words(rule, entry.time)


def whole_item_as_json(
    seen: Calendar, name: str, ahead: Sequence[Shown], before: Sequence[Figures]
) -> dict[str, Any]:
    """Everything about an item: the dates to come, what came of the last ones, its text."""
    memo = memo_of(seen, name)
    return {
        **item_as_json(seen, name),
        **dates_as_json(ahead, all_of_them=True),
        "last": [_figures(one) for one in before],
        "memo_basis": memo.basis if memo else (),
        "memo_reviewed": memo.reviewed if memo else None,
        "memo_review_by": memo.review_by if memo else None,
        "problems": problems_as_json(seen, name),
    }


def item_as_json(seen: Calendar, name: str) -> dict[str, Any]:
    """An item as the files have it, and whether it is followed."""
    item, entry = {**seen.offered, **seen.items}.get(name), seen.entries.get(name)
    return {
        "name": name,
        "title": title_of(seen, name),
        "rule": entry.rule if entry else item and item.rhythm.rule.text,
        "rule_words": rule_in_words(seen, name),
        "followed": name in seen.items,
        "enabled": entry.enabled if entry else True,
        **(_entry_as_json(entry, name) if entry else {}),
    }


def _entry_as_json(entry: Entry, name: str) -> dict[str, Any]:
    told = asdict(entry) | {"memo": entry.memo or name, "time": f"{entry.time:%H:%M}"}
    return {key: told[key] for key in told if key not in {"title", "rule", "enabled"}}


def dates_as_json(mine: Sequence[Shown], *, all_of_them: bool) -> dict[str, Any]:
    """An item's dates, or the nearest of them alone."""
    dates = [shown_as_json(one) for one in mine]
    return {"dates": dates} if all_of_them else {"next": dates[0] if dates else None}


def shown_as_json(one: Shown) -> dict[str, Any]:
    """An entry for machines."""
    return asdict(one) | {"at": one.at.isoformat(), "moved": one.moved}


def problems_as_json(seen: Calendar, name: str = "") -> list[dict[str, Any]]:
    """The problems of the items, or of one of them, for machines."""
    return [asdict(one) for one in seen.problems if not name or one.item == name]


def _figures(one: Figures) -> dict[str, Any]:
    return {
        "announcement": one.announcement,
        "day": one.day,
        "sent_at": one.sent_at.isoformat(),
        "people": one.people.total,
        "reached": one.reached,
        "acknowledged": one.acknowledged,
    }
