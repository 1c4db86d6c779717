"""Every screen of the staff, in a school that has sent half a million copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from benchmarks.children import serving
from benchmarks.installation import Installation, installed
from benchmarks.plan import Plan
from benchmarks.ratios import most_of
from benchmarks.table import Table

AIM = 200.0
"""Milliseconds."""
PATIENCE = 600.0
"""Seconds for all screens of one database."""
HEADER = ("screen", "SQLite, median", "95 %", "PostgreSQL, median", "95 %", "CPU", "queries", "KB")
MAIL = {"host": "127.0.0.1", "port": "9", "security": "none", "sender": "school@school.example"}

Screens = Mapping[str, Mapping[str, Any]]


def measure(plan: Plan) -> list[Table]:
    """Screens and files, each on both databases."""
    with serving("postgres") as database:
        embedded, copies = _asked(plan)
        served, _ = _asked(plan, database.address)
    how = (
        f"{plan.people:,} guardians, {copies:,} copies with their answers; {plan.requests} requests"
        " each after two to warm up, inside one process: no network, no browser."
        " CPU is this process's own on SQLite, whatever else ran on the machine."
    )
    pages, files = _parted(embedded)
    slow = [name for name in pages if not all(_keeps(both[name]) for both in (embedded, served))]
    aim = f"The aim is {AIM:.0f} ms. " + (
        f"Above it: {', '.join(slow)}." if slow else "All keep it."
    )
    return [
        Table("Screens, in milliseconds*", HEADER, _rows(pages, embedded, served), [how, aim]),
        Table("Files to download, in milliseconds*", HEADER, _rows(files, embedded, served)),
    ]


def _asked(plan: Plan, database: str = "") -> tuple[Screens, int]:
    """The screens by name, and how many copies there were."""
    with installed("email", MAIL, database=database) as installation:
        filled = installation.run("filling", people=plan.people, copies=plan.copies)
        told = _told(installation, plan)
    return {one["name"]: one for one in told}, int(filled["copies"])


def _told(installation: Installation, plan: Plan) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = installation.run(
        "pages", patience=PATIENCE, requests=plan.requests
    )["screens"]
    return [one for one in told if one["status"] == OK]


OK = 200


def _parted(screens: Screens) -> tuple[list[str], list[str]]:
    """The names of pages and those of files."""
    pages = [name for name, one in screens.items() if not one["file"]]
    return pages, [name for name in screens if name not in pages]


def _rows(names: Sequence[str], embedded: Screens, served: Screens) -> list[tuple[str, ...]]:
    return [
        (
            name,
            *_figures(embedded[name]),
            *_figures(served[name]),
            f"{median(embedded[name]['cpu']):.0f}",
            str(embedded[name]["queries"]),
            f"{embedded[name]['size'] / 1000:.0f}",
        )
        for name in names
        if name in served
    ]


def _keeps(screen: Mapping[str, Any]) -> bool:
    """Whether it keeps the aim."""
    return most_of(screen["laps"]) <= AIM


def _figures(screen: Mapping[str, Any]) -> tuple[str, str]:
    return f"{median(screen['laps']):.0f}", f"{most_of(screen['laps']):.0f}"
