"""Medians, and ratios of two contenders paired round by round."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some rounds, the least and the most."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """Of at least one value."""
        found = sorted(values)
        return cls(median(found), found[0], found[-1])

    def __str__(self) -> str:
        return self.spelled()

    def spelled(self, unit: str = "", digits: int = 2) -> str:
        """The median with its unit and the range; no range where there was one round."""
        middle, least, most = (f"{x:,.{digits}f}" for x in (self.median, self.least, self.most))
        return f"{middle}{unit}" + (f" [{least}–{most}]" if least != most else "")


def most_of(laps: Sequence[float]) -> float:
    """What 95 of 100 keep."""
    return sorted(laps)[min(round(0.95 * len(laps)), len(laps) - 1)]


def paired(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """Ours by theirs in each round: what slows the whole machine down slows both."""
    return Spread.of(mine / other for mine, other in zip(ours, theirs, strict=True))
