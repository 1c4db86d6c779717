"""A table of results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.aims import Aim


@dataclass(frozen=True, slots=True)
class Table:
    """One part of the results; the notes stand below, the aims on top of the whole page."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    aims: Sequence[Aim] = ()

    def markdown(self) -> str:
        """The table as Markdown that can be read as it is."""
        lines = [tuple(self.header), *map(tuple, self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        rule = "|".join("-" * (width + 2) for width in widths)
        drawn = [_line(cells, widths) for cells in lines]
        drawn.insert(1, f"|{rule}|")
        notes = "".join(f"\n* {note}" for note in self.notes)
        return f"## {self.title}\n\n" + "\n".join(drawn) + "\n" + (notes and f"{notes}\n")


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {padded} |"
