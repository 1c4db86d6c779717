"""What a table is, whatever file it came in."""

from __future__ import annotations

from dataclasses import dataclass

from broadcaster.services.people.plan import Problem

MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a table; `line` counts from 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The header, the records below it that hold anything, and the lines that are no records."""

    header: Record
    records: tuple[Record, ...]
    problems: tuple[Problem, ...]
