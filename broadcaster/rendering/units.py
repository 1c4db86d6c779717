"""A rendered text as units that are never torn: what a reader sees as one character, and holes.

A unit knows the tags it stands in, so that any run of units can be written down again with its tags
opened and closed in order. Nothing empty is ever opened.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import takewhile
from typing import NamedTuple

from broadcaster.i18n import _
from broadcaster.rendering.holes import HOLE_OF, WIDTHS

_NAMES = {
    name: kind
    for kind, names in (
        ("b", "b strong"),
        ("i", "i em"),
        ("u", "u ins"),
        ("s", "s strike del"),
        *((kind, kind) for kind in ("a", "code", "pre", "blockquote", "tg-spoiler")),
    )
    for name in names.split()
}
"""The tags Telegram knows, and which of them mean the same."""

_TYPEWRITER = frozenset({"code", "pre"})


class MarkupMistake(ValueError):
    """The markup is none that Telegram takes; `fragment` is where it went wrong."""

    def __init__(self, message: str, fragment: str) -> None:
        super().__init__(message)
        self.message = message
        self.fragment = fragment


@dataclass(frozen=True, slots=True, eq=False)
class Tag:
    """One opening tag in the text; two of the same writing are two."""

    source: str
    written: str
    name: str


class Unit(NamedTuple):
    """`source` as it stands in the text, `shown` as a reader sees it ("" for a hole), its width."""

    source: str
    shown: str
    width: int
    tags: tuple[Tag, ...]


_HOLE = f"[{''.join(HOLE_OF)}]"
_TAG = re.compile(r"<(/?)([a-z][a-z-]*)(?:\s[^<>]*)?>")


@cache
def _plain_pattern() -> re.Pattern[str]:
    return re.compile(f"{_HOLE}|{_cluster()}")


@cache
def _telegram_pattern() -> re.Pattern[str]:
    return re.compile(
        r"(?P<tag><[^<>]*>)|(?P<entity>&(?:lt|gt|amp|quot|#[0-9]+|#x[0-9a-fA-F]+);)"
        f"|{_HOLE}|{_cluster()}"
    )


@cache
def _cluster() -> str:
    """What a reader sees as one character, nearly: flags, families, skin tones, accents (UAX #29).

    Bounded, so that a tower of accents is torn rather than wider than a message. Looking for all
    accents takes so long that nobody does it before there is a text.
    """
    every = (chr(code) for code in range(0x300, 0xFFFF))
    accents = "".join(mark for mark in every if unicodedata.category(mark).startswith("M"))
    extends = f"[{accents}\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]{{0,8}}"
    joined = rf"(?:\u200d[^\s<&{''.join(HOLE_OF)}]{extends}){{0,7}}"
    return rf"[\U0001f1e6-\U0001f1ff]{{2}}|[\s\S]{extends}{joined}"


def plain_units(text: str, *, utf16: bool) -> list[Unit]:
    """The units of plain text; widths in UTF-16 units, or in characters."""
    return [_plain_unit(found[0], utf16=utf16) for found in _plain_pattern().finditer(text)]


def telegram_units(text: str, *, utf16: bool) -> list[Unit]:
    """The units of Telegram's HTML; raises MarkupMistake for what Telegram would refuse."""
    units: list[Unit] = []
    opened: list[Tag] = []
    tags: tuple[Tag, ...] = ()
    for found in _telegram_pattern().finditer(text):
        source = found[0]
        if found["tag"]:
            _turn(source, opened)
            tags = _effective(opened)
        elif source[0] in "<&" and not found["entity"]:
            raise MarkupMistake(
                _("«{0}» нужно записать как &lt; или &amp;").format(source[0]),
                text[found.start() :][:4],
            )
        else:
            shown = html.unescape(source) if found["entity"] else source
            plain = not tags and shown == source
            units.append(
                _plain_unit(source, utf16=utf16)
                if plain
                else _unit(source, shown, tags, utf16=utf16)
            )
    if opened:
        raise MarkupMistake(
            _("тег {tag} не закрыт").format(tag=opened[-1].source), opened[-1].source
        )
    return units


def write(units: Iterable[Unit]) -> str:
    """The units with their tags opened and closed in order."""
    written: list[str] = []
    tags: tuple[Tag, ...] = ()
    for unit in units:
        if unit.tags is not tags:
            written += _steps(tags, unit.tags)
            tags = unit.tags
        written.append(unit.source)
    written += _steps(tags, ())
    return "".join(written)


def opened_between(before: Sequence[Tag], after: Sequence[Tag]) -> int:
    """How many tags have to be opened to get from one place to the next."""
    return len(after) - _shared(before, after)


@lru_cache(maxsize=4096)
def _plain_unit(source: str, *, utf16: bool) -> Unit:
    """A unit outside of tags: a text has the same few dozen again and again."""
    return _unit(source, source, (), utf16=utf16)


def _unit(source: str, shown: str, tags: tuple[Tag, ...], *, utf16: bool) -> Unit:
    hole = HOLE_OF.get(source)
    if hole is not None:
        return Unit(source, "", WIDTHS[hole], tags)
    width = len(shown) + (sum(character > "\uffff" for character in shown) if utf16 else 0)
    return Unit(source, shown, width, tags)


def _turn(source: str, opened: list[Tag]) -> None:
    """Open or close a tag; raises MarkupMistake when it is unknown or out of turn."""
    found = _TAG.fullmatch(source)
    if found is None or found[2] not in _NAMES:
        raise MarkupMistake(_("тега {tag} Telegram не знает").format(tag=source), source)
    if not found[1]:
        opened.append(Tag(source, found[2], _NAMES[found[2]]))
    elif opened and opened[-1].written == found[2]:
        opened.pop()
    else:
        raise MarkupMistake(_("тег {tag} закрывает не то, что открыто").format(tag=source), source)


def _effective(opened: Sequence[Tag]) -> tuple[Tag, ...]:
    """The tags that Telegram lets stand in each other: no kind twice, only quotes around code."""
    kept: dict[str, Tag] = {}
    for tag in opened:
        within_code = bool(_TYPEWRITER & kept.keys())
        if tag.name in kept or (within_code and tag.name != "code"):
            continue
        if tag.name in _TYPEWRITER and not within_code:
            kept = {name: other for name, other in kept.items() if name == "blockquote"}
        kept[tag.name] = tag
    return tuple(kept.values())


def _shared(before: Sequence[Tag], after: Sequence[Tag]) -> int:
    pairs = zip(before, after, strict=False)
    return sum(1 for _pair in takewhile(lambda pair: pair[0] is pair[1], pairs))


def _steps(before: Sequence[Tag], after: Sequence[Tag]) -> Iterator[str]:
    shared = _shared(before, after)
    for tag in reversed(before[shared:]):
        yield f"</{tag.written}>"
    for tag in after[shared:]:
        yield tag.source
