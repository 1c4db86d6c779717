"""The table: a row for everything that was broken, and whether the promises held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.faults.ledger import Ledger

HEADER = (
    "what was broken", "on", "how often", "asked", "arrived", "doubled", "lost", "UNCONFIRMED",
    "still waiting", "promises", "remarks",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was broken `often` times; `broken` names the promises that were."""

    what: str
    on: str
    often: str
    ledger: Ledger = field(default_factory=Ledger)
    broken: tuple[str, ...] = ()
    remark: str = ""

    @property
    def kept(self) -> bool:
        """Whether all promises were kept."""
        return not self.broken

    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        seen = self.ledger
        counts = (
            seen.asked, seen.arrived, seen.doubled, seen.lost, seen.unconfirmed, seen.waiting,
        )  # fmt: skip
        told = "kept" if self.kept else "BROKEN: " + "; ".join(self.broken)
        return (self.what, self.on, self.often, *(f"{one:,}" for one in counts), told, self.remark)

    def as_json(self) -> dict[str, Any]:
        """The row for programs."""
        return {**asdict(self), "kept": self.kept}


def judged(
    ledger: Ledger,
    *,
    in_flight: int,
    settled: bool = True,
) -> tuple[str, ...]:
    """Which promises a ledger breaks.

    At most `in_flight` copies may end unconfirmed. Anything that arrived twice is a broken promise
    on every channel: what cannot be known waits for a person instead.
    """
    broken = [
        (ledger.lost, "lost"),
        (ledger.doubled, "doubled"),
        (ledger.untrue, "arrived, and the row does not say so"),
        (ledger.hidden, "unconfirmed and shown to nobody"),
        (ledger.waiting, "still waiting"),
        (ledger.failed, "failed"),
        (not settled and not ledger.waiting, "not settled"),
    ]
    told = [words for wrong, words in broken if wrong]
    if ledger.unconfirmed > in_flight:
        told.append(f"more than {in_flight} unconfirmed")
    return tuple(told)


def markdown(rows: Sequence[Row]) -> str:
    """The table as Markdown that can be read as it is."""
    lines = [HEADER, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    drawn = [_line(cells, widths) for cells in lines]
    drawn.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(drawn) + "\n"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {padded} |"
