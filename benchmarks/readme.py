"""README.md beside this file: the one table, then the tables it is taken from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.aims import Aim
from benchmarks.kept import FOLDER, Kept, kept
from benchmarks.table import Table

PAGE = Path(__file__).with_name("README.md")
AIMS = ("what", "against", "target", "measured", "met?")
MET = {True: "yes", False: "**no**", None: "–"}


def write(parts: Sequence[str], *, page: Path = PAGE, folder: Path = FOLDER) -> Path:
    """Write the page anew from what is kept of the parts; returns where it is."""
    found = kept(parts, folder=folder)
    here = {one.part for one in found}
    missing = [part for part in parts if part not in here]
    page.write_text(composed(found, missing), encoding="utf-8")
    return page


def composed(found: Sequence[Kept], missing: Sequence[str] = ()) -> str:
    """The page; it names the parts that are `missing`, never measured until now."""
    tables = [table for one in found for table in one.tables]
    drawn = (*aims_table(tables), *tables, _when(found, missing))
    return "\n".join([HEAD, *(table.markdown() for table in drawn)])


HEAD = """# What was measured, against what

Written by `make bench`; do not edit. `python -m benchmarks --only NAME` measures a part again and
leaves the others as they were; `--quick` is a look that keeps nothing; `--million` measures
also what concerns 1,000,000 deliveries, which a run without it leaves as it was. What was measured
when and on which machine stands at the end.

* All of it goes the product's own path: claim, sandboxed Jinja for each recipient, send, durable
  receipt; and what was sent, received and recorded is compared in every run, where the receiver
  counts.
* Contenders run by turns, each in a fresh process, everything on 127.0.0.1; the servers they send
  to run beside them on the same cores.
* Ratios are paired round by round: median [least–most]; the median decides whether an aim is met.
  Columns marked * are absolute figures of a noisy machine: do not compare them with another day's.
* Postfix's smtp-source and smtp-sink are the system's, else those of the Debian package, unpacked
  below var/ for the purpose.
"""


def aims_table(tables: Iterable[Table]) -> list[Table]:
    """The one table of every aim that the tables carry; none where they carry none."""
    aims = [aim for table in tables for aim in table.aims]
    return [Table("What was aimed at", AIMS, [_row(aim) for aim in aims])] if aims else []


def _row(aim: Aim) -> tuple[str, ...]:
    return aim.what, aim.against, aim.target, aim.measured, MET[aim.met]


def _when(found: Sequence[Kept], missing: Sequence[str]) -> Table:
    rows = [
        (one.part, f"{one.on:%d %B %Y, %H:%M} UTC", f"{one.took:.0f} s", f"{one.load:.1f}")
        for one in found
    ]
    rows += [(part, "never", "–", "–") for part in missing]
    header = ("part", "measured on", "took", "load average before")
    noise = "What the load average is above 0 was other work, or the part before."
    places = dict.fromkeys(f"{one.machine}. {one.versions}." for one in found)
    return Table("When and where", header, rows, [noise, *places])
