"""Measure everything within six minutes and write RESULTS.md: `python -m benchmarks`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping

from benchmarks import limited, mail, pages, planned, telegram
from benchmarks.plan import QUICK, Plan
from benchmarks.results import write
from benchmarks.table import Table

SUITES: Mapping[str, Callable[[Plan], list[Table]]] = {
    "mail": mail.measure,
    "telegram": telegram.measure,
    "vk": limited.vk,
    "plan": planned.measure,
    "pages": pages.measure,
}


def main() -> None:
    """Run the suites that were asked for; only a whole, full run is written down."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of it, to see that it works")
    parser.add_argument("--only", choices=SUITES, help="one suite")
    options = parser.parse_args()
    before, *_ = os.getloadavg()
    plan = QUICK if options.quick else Plan()
    tables = []
    for name, measure in SUITES.items():
        if options.only in {None, name}:
            for table in measure(plan):
                print(table.markdown(), flush=True)
                tables.append(table)
    if not options.quick and not options.only:
        print(write(tables, before=before))


if __name__ == "__main__":
    main()
