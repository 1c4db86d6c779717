"""No contender: releases an announcement, and tells how fast its copies became rows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from benchmarks import school
from benchmarks.stopwatch import stopwatch
from broadcaster.bootstrap import office
from broadcaster.services.release import release


def run(*, group: str, personal: bool) -> dict[str, Any]:
    """`rows` made for a group, and seconds: `insert` of the statement, `release` of it all."""
    announcement = school.write(office(), group, personal=personal)
    with school.expansion_timed() as laps, stopwatch() as lap:
        rows = release(office(), announcement, now=datetime.now(UTC))
    return {
        "announcement": str(announcement),
        "rows": rows,
        "insert": sum(laps),
        "release": lap.seconds,
    }
