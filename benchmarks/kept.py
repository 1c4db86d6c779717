"""What each part found last, and when: measured/NAME.json beside this file."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.aims import Aim
from benchmarks.table import Table

FOLDER = Path(__file__).with_name("measured")
PACKAGES = (
    "aiohttp",
    "aiosmtplib",
    "apprise",
    "django",
    "django-post-office",
    "httpx",
    "psycopg",
    "python-telegram-bot",
    "uvloop",
    "vk-api",
)
CPUINFO = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Kept:
    """A part's tables, the day they are of, and where they were measured.

    `took` is in seconds; `load` is the load average before.
    """

    part: str
    on: datetime
    took: float
    load: float
    machine: str
    versions: str
    tables: Sequence[Table]


def keep(
    part: str, tables: Sequence[Table], *, took: float, load: float, folder: Path = FOLDER
) -> Path:
    """Write down what a part found; what was kept of it before is gone."""
    found = Kept(part, datetime.now(UTC), round(took, 1), load, _machine(), _versions(), tables)
    told = {**asdict(found), "on": found.on.isoformat(timespec="seconds")}
    folder.mkdir(exist_ok=True)
    path = folder / f"{part}.json"
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def kept(parts: Sequence[str], *, folder: Path = FOLDER) -> list[Kept]:
    """What is kept of these parts, in their order; a part never measured is left out."""
    paths = [folder / f"{part}.json" for part in parts]
    return [_read(path) for path in paths if path.exists()]


def _read(path: Path) -> Kept:
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    on = datetime.fromisoformat(told.pop("on"))
    tables = [_table(one) for one in told.pop("tables")]
    return Kept(**told, on=on, tables=tables)


def _table(told: Mapping[str, Any]) -> Table:
    return Table(**{**told, "aims": [Aim(**aim) for aim in told["aims"]]})


def _machine() -> str:
    return f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"


def _processor() -> str:
    """The processor's name where Linux tells it."""
    if CPUINFO.exists():
        for line in CPUINFO.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


def _versions() -> str:
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return ", ".join(
        (python, f"SQLite {sqlite3.sqlite_version}", *filter(None, map(_spoken, PACKAGES)))
    )


def _spoken(package: str) -> str:
    """Its name and version; nothing where it is not installed."""
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return ""
