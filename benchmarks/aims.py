"""What was aimed at: the rows of the one table on top of README.md.

How a part of the benchmark takes its place, for those who add one:

* A module has `measure(plan: Plan) -> list[Table]` and one line in PARTS of `__main__`.
* A table that answers a row of the one table carries it: `Table(title, header, rows, notes,
  aims=[at_least("what", "against what", 300_000, spread, " rows/s", digits=0)])`.
* A figure is a Spread (`ratios.py`): its median decides whether the aim is met, its range is
  printed. `exactly_said` is for what no single number says: the words are given whole.
* What could not be measured is no absence: `not_measured("what", "against", "≥ 0.6", "why")`.

`python -m benchmarks --only NAME` keeps the part in measured/NAME.json and writes README.md anew
from all parts that are kept there, each with its date; `--quick` keeps nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.ratios import Spread


@dataclass(frozen=True, slots=True)
class Aim:
    """One row: what, against what, the target and what was found; `met` is None when unknown."""

    what: str
    against: str
    target: str
    measured: str
    met: bool | None


def at_least(
    what: str, against: str, target: float, found: Spread, unit: str = "×", *, digits: int = 2
) -> Aim:
    """The median is to reach the target; both are in `unit`: "×", " rows/s", " %", " s"."""
    met = found.median >= target
    return Aim(what, against, f"≥ {target:,.9g}{unit}", found.spelled(unit, digits), met)


def at_most(
    what: str, against: str, target: float, found: Spread, unit: str = "×", *, digits: int = 2
) -> Aim:
    """The median is not to pass the target."""
    met = found.median <= target
    return Aim(what, against, f"≤ {target:,.9g}{unit}", found.spelled(unit, digits), met)


def exactly_said(what: str, against: str, target: str, measured: str, *, met: bool) -> Aim:
    """A row in words; who measured decides."""
    return Aim(what, against, target, measured, met)


def not_measured(what: str, against: str, target: str, why: str) -> Aim:
    """A row that says why there is no figure."""
    return Aim(what, against, target, f"not measured: {why}", None)
