"""Break everything and print the table: `python -m tests.faults`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from tests.faults.installation import Kind
from tests.faults.parts import ROOT, end_all
from tests.faults.scene import Scene, found, played
from tests.faults.stores import Templates
from tests.faults.table import Row, markdown

EXAMPLES = """\
examples:
  python -m tests.faults                              everything, about half an hour
  python -m tests.faults --quick                      a look at everything that is quick
  python -m tests.faults --only steps.email           one scene
  python -m tests.faults --only 'redis*' --on postgresql --json
  python -m tests.faults --list                       what there is

A row is a thing that was broken. It is BROKEN when a copy was lost or arrived twice, when more
ended UNCONFIRMED than were on the wire, when one is hidden from people or when some wait for ever.
The exit code is 1 when any row is.
"""
TOGETHER = 6
"""Scenes at once: nearly all of their time is spent on waiting for leases."""


def main() -> None:
    """Play the scenes that were asked for."""
    options = _options()
    kinds = list(Kind) if options.on == "both" else [Kind(options.on)]
    chosen = [one for one in found(options.only) if one.quick or not options.quick]
    if not chosen:
        sys.exit(f"No scene is called {options.only}; --list shows what there is.")
    if options.list:
        for one in chosen:
            _say(f"{one.name:40} {one.title} ({', '.join(one.on)})")
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _ended)
    started = time.monotonic()
    rows = _play(chosen, kinds, options)
    _tell(rows, options, time.monotonic() - started)
    sys.exit(any(not row.kept for row in rows))


def _ended(number: int, _frame: object) -> NoReturn:
    """Somebody wants us to end: threads cannot be told, so processes are ended and so are we."""
    end_all()
    os._exit(128 + number)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", nargs="+", default=(), metavar="GLOB", help="scenes by name")
    parser.add_argument("--quick", action="store_true", help="few kills, in about two minutes")
    parser.add_argument("--json", action="store_true", help="rows as JSON on stdout")
    parser.add_argument("--on", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--seed", type=int, default=20261121, help="of the random moments")
    parser.add_argument("--jobs", type=int, default=TOGETHER, help="scenes at once")
    parser.add_argument("--list", action="store_true", help="list the scenes")
    return parser.parse_args()


def _play(chosen: Sequence[Scene], kinds: Sequence[Kind], options: argparse.Namespace) -> list[Row]:
    """Play scenes side by side, then those that must be alone; rows in the order of names."""
    acts = [(one, kind) for one in chosen for kind in kinds if kind in one.on]
    with TemporaryDirectory(prefix="faults-templates-", dir=_var()) as folder:
        templates = Templates(Path(folder))

        def act(pair: tuple[Scene, Kind]) -> list[Row]:
            one, kind = pair
            return played(one, kind, quick=options.quick, seed=options.seed, templates=templates)

        try:
            beside = [pair for pair in acts if not pair[0].alone]
            with ThreadPoolExecutor(options.jobs) as crew:
                told = list(zip(beside, crew.map(act, beside), strict=True))
            told += [(pair, act(pair)) for pair in acts if pair[0].alone]
        finally:
            templates.close()
    told.sort(key=lambda pair: (pair[0][0].name, pair[0][1]))
    return [row for _, rows in told for row in rows]


def _tell(rows: Sequence[Row], options: argparse.Namespace, seconds: float) -> None:
    table = markdown(rows)
    head = f"{len(rows)} rows in {seconds / 60:.1f} minutes, seed {options.seed}.\n\n"
    (_var() / "faults.md").write_text(head + table, "utf-8")
    if options.json:
        _say(json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=1))
    else:
        _say(table)


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")


def _var() -> Path:
    folder = ROOT / "var"
    folder.mkdir(exist_ok=True)
    return folder


if __name__ == "__main__":
    main()
