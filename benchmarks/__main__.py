"""Measure what is fast, side by side, and write README.md: `python -m benchmarks`."""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

from benchmarks.kept import FOLDER, keep
from benchmarks.plan import QUICK, Plan
from benchmarks.readme import aims_table, write
from benchmarks.table import Table

Measure = Callable[[Plan], list[Table]]


@dataclass(frozen=True, slots=True)
class Part:
    """Something that is measured: a function, or `module:function` of this package, which is
    imported at its turn.

    It begins no round that would probably end later than `seconds` after its start. A `long` one
    is not run with all the others unless that is asked for.
    """

    where: str | Measure
    seconds: float = 60.0
    long: bool = False

    def measure(self) -> Measure:
        """The function; raises ImportError or AttributeError when there is none."""
        if not isinstance(self.where, str):
            return self.where
        module, _, function = self.where.partition(":")
        found: Measure = getattr(import_module(f"benchmarks.{module}"), function)
        return found


PARTS: Mapping[str, Part] = {
    "mail": Part("mail:measure", 120.0),
    "slow": Part("slow:measure", 40.0),
    "telegram": Part("telegram:measure", 150.0),
    "vk": Part("limited:vk", 200.0),
    "growth": Part("growth:measure", 60.0),
    "growth-million": Part("growth:million", long=True),
    "waiting": Part("waiting:measure"),
    "idle": Part("idle:measure"),
    "workers": Part("workers:measure"),
    "million": Part("million:measure", long=True),
    "plan": Part("planned:measure"),
    "pages": Part("pages:measure"),
}
"""In the order in which they are measured and stand on the page."""


def main() -> int:
    """Run the parts that were asked for and keep what they found; 1 when one of them failed."""
    options = _options()
    plan = QUICK if options.quick else Plan()
    started = time.monotonic()
    failed = run(chosen(PARTS, options.only, long=options.million or options.quick), plan)
    if not options.quick:
        print(write(list(PARTS)))
    print(f"All of it: {time.monotonic() - started:.0f} s")
    if failed:
        print(f"Failed; what was kept of it before stays: {', '.join(failed)}.", file=sys.stderr)
    return bool(failed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="a tenth of it, to see that it works; keeps nothing"
    )
    parser.add_argument(
        "--million",
        action="store_true",
        help="also what is measured at 1,000,000 deliveries, which takes minutes more",
    )
    parser.add_argument("--only", choices=PARTS, nargs="+", help="these parts; the others stay")
    return parser.parse_args()


def chosen(parts: Mapping[str, Part], only: Sequence[str] | None, *, long: bool) -> dict[str, Part]:
    """The parts that are named, else all of them; the long ones only with `long`."""
    if only:
        return {name: parts[name] for name in only}
    return {name: part for name, part in parts.items() if long or not part.long}


def run(parts: Mapping[str, Part], plan: Plan, *, folder: Path = FOLDER) -> list[str]:
    """Measure, show and, unless this is only a look, keep; returns the names of what failed."""
    failed = []
    for name, part in parts.items():
        try:
            _measured(name, part, plan, folder)
        except Exception:  # noqa: BLE001 - the other parts are worth having
            traceback.print_exc()
            failed.append(name)
    return failed


def _measured(name: str, part: Part, plan: Plan, folder: Path) -> None:
    load, *_ = os.getloadavg()
    started = time.monotonic()
    tables = part.measure()(replace(plan, started=started, ends=part.seconds))
    took = time.monotonic() - started
    for table in [*tables, *aims_table(tables)]:
        print(table.markdown(), flush=True)
    print(f"{name}: {took:.0f} s\n", flush=True)
    if not plan.quick:
        keep(name, tables, took=took, load=load, folder=folder)


if __name__ == "__main__":
    sys.exit(main())
