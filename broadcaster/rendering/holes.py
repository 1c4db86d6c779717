"""Places in a text that differ from person to person.

An author writes `{{ имя }}` or `{{ дети }}` and nothing else between double braces: the text is
never run as a template. A template writes `{{ person.name }}`. While a text is being rendered a
hole is one character that Unicode reserves for a program's inner use and that `characters.clean`
takes out of everything people write; at the end the text is cut at these characters into a
`Wording`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from broadcaster.contract import Wording
from broadcaster.i18n import _
from broadcaster.rendering.mistakes import BodyMistake


class Hole(StrEnum):
    """What a hole is filled with; the value is its name in a `Wording` and after `person.`."""

    NAME = "name"
    """The guardian's display name."""
    CHILDREN = "children"
    """The names of the guardian's children."""
    UNSUBSCRIBE = "unsubscribe"
    """The https page that stops this person's copies."""
    ACKNOWLEDGE = "acknowledge"
    """The page on which this person says that she has read the announcement."""


MARKS: Mapping[Hole, str] = {
    Hole.NAME: "\ufdd0",
    Hole.CHILDREN: "\ufdd1",
    Hole.UNSUBSCRIBE: "\ufdd2",
    Hole.ACKNOWLEDGE: "\ufdd3",
}
"""The character that stands for each hole while a text is being rendered."""

WIDTHS: Mapping[Hole, int] = {
    Hole.NAME: 64,
    Hole.CHILDREN: 128,
    Hole.UNSUBSCRIBE: 200,
    Hole.ACKNOWLEDGE: 200,
}
"""The room splitting leaves for each hole, in UTF-16 units; `segments` keeps to it."""

HOLE_OF = {mark: hole for hole, mark in MARKS.items()}
ANY_MARK = re.compile(f"([{''.join(HOLE_OF)}])")

SPELLINGS: Mapping[str, Hole] = {
    "имя": Hole.NAME,
    "name": Hole.NAME,
    "дети": Hole.CHILDREN,
    "children": Hole.CHILDREN,
}
"""What an author may write between double braces, in any case."""

_WRITTEN = re.compile(r"\{\{([^{}\n]*)\}\}|\{\{.*")


def mark_holes(text: str) -> str:
    """The author's clean text with marks for holes; raises BodyMistake, with its line, for any
    other `{{`.
    """
    return _WRITTEN.sub(_mark, text)


def holes_in(text: str) -> frozenset[str]:
    """The names of the holes an author's text has; empty when every copy is the same.

    Raises BodyMistake, with its line, for any other `{{`.
    """
    return frozenset(HOLE_OF[mark].value for mark in ANY_MARK.findall(mark_holes(text)))


def line_of_first_hole(text: str) -> int:
    """The line, from 1, of the first mark in the text; 0 when there is none."""
    found = ANY_MARK.search(text)
    return 0 if found is None else text.count("\n", 0, found.start()) + 1


def wording(text: str) -> Wording:
    """The rendered text, cut at its marks."""
    pieces = ANY_MARK.split(text)
    pieces[1::2] = (HOLE_OF[mark].value for mark in pieces[1::2])
    return Wording(tuple(pieces))


def _mark(found: re.Match[str]) -> str:
    hole = SPELLINGS.get((found[1] or "").strip().lower())
    if hole is None:
        raise BodyMistake(
            _("«{written}» — такой подстановки нет; есть {{{{ имя }}}} и {{{{ дети }}}}").format(
                written=found[0][:40]
            ),
            line=found.string.count("\n", 0, found.start()) + 1,
        )
    return MARKS[hole]
