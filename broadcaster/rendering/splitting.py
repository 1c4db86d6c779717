"""One rendered text as messages within a platform's limits.

Cuts are made between paragraphs where possible, else between lines, sentences or words; never
within a tag, a hole, an entity or what a reader sees as one character.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from itertools import takewhile

from broadcaster.contract import Markup
from broadcaster.rendering.characters import visible
from broadcaster.rendering.holes import WIDTHS
from broadcaster.rendering.units import (
    Tag,
    Unit,
    opened_between,
    plain_units,
    telegram_units,
    write,
)

MAX_ENTITIES = 100
"""Pieces of markup in one message; Telegram leaves further ones unformatted (Bot API, limits)."""

SMALLEST_LIMIT = max(WIDTHS.values()) + 56
"""No limit may be less, so that the widest hole and the longest emoji fit into every message."""

_NO_BREAK = "\u00a0\u202f\u2007"
_SENTENCE_ENDS = (".", "!", "?", "…")
_CLOSERS = '»”")'


class Border(IntEnum):
    """Where a text may be cut, the better the lower."""

    PARAGRAPH = 0
    LINE = 1
    SENTENCE = 2
    WORD = 3


def split(
    text: str, markup: Markup, *, limit: int, first_limit: int = 0, utf16: bool = False
) -> tuple[str, ...]:
    """The text as messages, each within the limits, in the platform's own way of counting.

    `limit` binds all messages, `first_limit` also the first, for one that carries attachments; 0
    is no limit. Holes count with their `WIDTHS`. White space at the cuts goes; no message is
    without something to see, so a text without any gives none. Raises MarkupMistake for markup
    that the platform would refuse, ValueError for a limit under SMALLEST_LIMIT.
    """
    for bound in (limit, first_limit):
        if 0 < bound < SMALLEST_LIMIT:
            raise ValueError(f"a limit of {bound} characters is under {SMALLEST_LIMIT}")
    if markup is Markup.TELEGRAM:
        units, entities = telegram_units(text, utf16=utf16), MAX_ENTITIES
    else:
        units, entities = plain_units(text, utf16=utf16), 0
    rest = limit or sum(unit.width for unit in units)
    return tuple(map(write, _messages(units, min(first_limit or rest, rest), rest, entities)))


def _messages(units: list[Unit], first: int, rest: int, entities: int) -> list[list[Unit]]:
    messages: list[list[Unit]] = []
    start, stop = _trim(units, 0, len(units))
    while start < stop:
        reach = _reach(units, start, stop, width=rest if messages else first, entities=entities)
        end = stop if reach == stop else _cut(units, start, reach)
        message = units[slice(*_trim(units, start, end))]
        if any(not unit.shown or visible(unit.shown) for unit in message):
            messages.append(message)
        start, _end = _trim(units, end, stop)
    return messages


def _trim(units: Sequence[Unit], start: int, stop: int) -> tuple[int, int]:
    while start < stop and units[start].shown.isspace():
        start += 1
    while start < stop and units[stop - 1].shown.isspace():
        stop -= 1
    return start, stop


def _reach(units: Sequence[Unit], start: int, stop: int, *, width: int, entities: int) -> int:
    """The end of the longest run from `start` that fits; at least one unit."""
    tags: tuple[Tag, ...] = ()
    used = opened = 0
    for place in range(start, stop):
        unit = units[place]
        used += unit.width
        if unit.tags is not tags:
            opened += opened_between(tags, unit.tags)
            tags = unit.tags
        if place > start and (used > width or opened > entities > 0):
            return place
    return stop


def _cut(units: Sequence[Unit], start: int, reach: int) -> int:
    """Where to cut, after `start` and at `reach` at the latest.

    The best border of the second half, the latest of its kind; else the latest of the first half;
    else `reach`.
    """
    half = (start + reach) // 2
    latest: dict[Border, int] = {}
    for place in range(reach, start, -1):
        border = _border(units, place)
        if border is not None:
            latest.setdefault(border, place)
        if latest and place <= half:
            break
    return latest[min(latest)] if latest else reach


def _border(units: Sequence[Unit], place: int) -> Border | None:
    """What ends just before `place`; None when a word or white space goes on there."""
    if not _breaks(units[place]) or _breaks(units[place - 1]):
        return None
    onwards = map(units.__getitem__, range(place, len(units)))
    match sum(unit.shown == "\n" for unit in takewhile(_breaks, onwards)):
        case 0:
            return Border.SENTENCE if _ends_sentence(units, place) else Border.WORD
        case 1:
            return Border.LINE
        case _:
            return Border.PARAGRAPH


def _ends_sentence(units: Sequence[Unit], place: int) -> bool:
    before = "".join(unit.shown for unit in units[max(0, place - 4) : place])
    return before.rstrip(_CLOSERS).endswith(_SENTENCE_ENDS)


def _breaks(unit: Unit) -> bool:
    return unit.shown.isspace() and unit.shown not in _NO_BREAK
