"""The results as a page: RESULTS.md beside this file."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.table import Table

PAGE = Path(__file__).with_name("RESULTS.md")
PACKAGES = (
    "aiohttp",
    "aiosmtplib",
    "apprise",
    "django",
    "httpx",
    "psycopg",
    "python-telegram-bot",
    "uvloop",
    "vk-api",
)
CPUINFO = Path("/proc/cpuinfo")


def write(tables: Sequence[Table], *, before: float) -> Path:
    """Write the page anew; returns where it is. `before` is the load average before it all."""
    head = f"""# What was measured

Written by `make bench` on {datetime.now(UTC):%d %B %Y}; do not edit.

* Machine: {_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}.
* {_versions()}.
* Load average before: {before:.1f}. What is much above 0 was other work, which our two threads feel
  more than a peer's one.
* Contenders run by turns, each in a fresh process, everything on 127.0.0.1; the servers they send
  to run beside them on the same cores.
* Ratios are paired round by round: median [least–most]. Columns marked * are absolute figures of a
  noisy machine: do not compare them with another day's.
"""
    PAGE.write_text("\n".join([head, *(table.markdown() for table in tables)]), encoding="utf-8")
    return PAGE


def _versions() -> str:
    packages = (f"{name} {version(name)}" for name in PACKAGES)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return ", ".join((python, f"SQLite {sqlite3.sqlite_version}", *packages))


def _processor() -> str:
    """The processor's name where Linux tells it."""
    if CPUINFO.exists():
        for line in CPUINFO.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"
