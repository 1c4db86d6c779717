"""The order in which people look for groups."""

from __future__ import annotations

import re

from broadcaster.domain.naming import folded

_NUMBERS = re.compile(r"(\d+)")


LAST = 10**80
"""Greater than any number in a group's name, which is shorter."""


def as_counted(name: str) -> tuple[tuple[int, str], ...]:
    """A sort key by which 2Б comes before 10А, and words come after numbers."""
    parts = filter(None, _NUMBERS.split(folded(name)))
    return tuple((int(part), "") if part.isdecimal() else (LAST, part) for part in parts)
