"""One announcement of a million copies: its report's page, and its copies as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from benchmarks.aims import Aim, at_least, exactly_said
from benchmarks.children import serving
from benchmarks.figures import MEGABYTE, Void
from benchmarks.installation import installed
from benchmarks.plan import Plan
from benchmarks.ratios import Spread, most_of
from benchmarks.table import Table

COPIES, FEW = 1_000_000, 20_000
"""In a whole run and in a look."""
REQUESTS, TIMES = 30, 1
"""Requests of the page; files read to their end."""
PAGE_AIM, CSV_AIM, FLAT = 200.0, 50_000, 1.1
"""Milliseconds; rows a second; the peak of memory at the end against that after a tenth."""
PATIENCE = 400.0
MAIL = {"host": "127.0.0.1", "port": "9", "security": "none", "sender": "school@school.example"}

Told = Mapping[str, Any]


def measure(plan: Plan) -> list[Table]:
    """Both databases."""
    copies = FEW if plan.quick else COPIES
    with serving("postgres") as database:
        found = {"SQLite": _told(copies), "PostgreSQL": _told(copies, database.address)}
    return [_pages(found, copies), _files(found, copies)]


def _told(copies: int, database: str = "") -> tuple[Told, Sequence[Told]]:
    """What the page took, and each file; raises Void when a file lacks a row."""
    with installed("email", MAIL, database=database) as installation:
        city = installation.run("founding", copies=copies, patience=PATIENCE)
        asked = {"announcement": city["announcement"], "patience": PATIENCE}
        page = installation.run("reporting", requests=REQUESTS, **asked)
        files = [installation.run("reporting", rows=copies, **asked) for _ in range(TIMES)]
    if any(one["rows"] != copies for one in files):
        raise Void(f"{copies} copies, {files}")
    return page, files


def _pages(found: Mapping[str, tuple[Told, Sequence[Told]]], copies: int) -> Table:
    rows = [
        (
            name,
            f"{median(page['laps']):.0f}",
            f"{most_of(page['laps']):.0f}",
            f"{median(page['cpu']):.0f}",
            f"{page['first']:.0f}",
            f"{page['counted'] / 1000:.1f}",
        )
        for name, (page, _) in found.items()
    ]
    header = ("", "median, ms*", "95 %, ms*", "CPU, ms*", "the first look, ms*",
              "its figures after, s*")  # fmt: skip
    how = (
        f"One announcement of {copies:,} copies to {copies // 2:,} people; {REQUESTS} requests"
        " inside one process. The very first look says that everything is being counted, and shows"
        " the figures by itself as soon as they are there. They are kept, shown with their time,"
        " and counted again in the background at most a twentieth of the time; whoever changes"
        " something has them counted anew. Announcements of less than 20,000 copies are counted"
        " for every look."
    )
    aims = [_page_aim(name, page) for name, (page, _) in found.items()]
    return Table("The report of a million copies: its page", header, rows, [how], aims)


def _page_aim(name: str, page: Told) -> Aim:
    most, first = most_of(page["laps"]), page["first"]
    measured = (
        f"p95 {most:.0f} ms (median {median(page['laps']):.0f});"
        f" the first look {first:.0f} ms, its figures after {page['counted'] / 1000:.1f} s"
    )
    what = "report page at 1,000,000 deliveries"
    is_met = max(most, first) < PAGE_AIM
    return exactly_said(what, name, f"< {PAGE_AIM:.0f} ms", measured, met=is_met)


def _files(found: Mapping[str, tuple[Told, Sequence[Told]]], copies: int) -> Table:
    rows, aims = [], []
    for name, (_, files) in found.items():
        rates = Spread.of(one["rows"] / one["seconds"] for one in files)
        cpu = Spread.of(one["rows"] / one["cpu"] for one in files)
        tenth, end = (max(one[key] for one in files) / MEGABYTE for key in ("tenth", "rss"))
        figures = (rates.spelled(digits=0), f"{cpu.median:,.0f}", f"{tenth:.0f}", f"{end:.0f}")
        rows.append((name, *figures, f"{files[0]['size'] / MEGABYTE:.0f}"))
        aims.append(at_least("CSV of 1,000,000 deliveries", name, CSV_AIM, rates, " rows/s",
                             digits=0))  # fmt: skip
        aims.append(
            exactly_said(
                "the same: peak memory at its end",
                f"{name}, after a tenth of it",
                f"≤ {FLAT:g}×",
                f"{end / tenth:.2f}× ({end:.0f} MB)",
                met=end <= tenth * FLAT,
            )
        )
    header = ("", "rows a second*", "rows a second of CPU*", "MB after a tenth", "MB at the end",
              "MB of file")  # fmt: skip
    how = (
        f"All {copies:,} copies with their words, times and the platform's ids, read to the end"
        " through the view, thrown away; every line counted. CPU is this process's own."
    )
    return Table("The report of a million copies: its file", header, rows, [how], aims)
