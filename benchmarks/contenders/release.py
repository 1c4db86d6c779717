"""No contender: releases announcements, and tells how fast their copies became rows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from benchmarks import school
from benchmarks.stopwatch import stopwatch
from broadcaster.bootstrap import office
from broadcaster.services.release import release


def run(*, group: str, personal: bool, important: bool = True, times: int = 1) -> dict[str, Any]:
    """`announcements` to a group, their `rows`; seconds of the `insert`s and of the `release`s,
    whose processor seconds are `release_cpu`."""
    announcements = [
        school.write(office(), group, personal=personal, important=important) for _ in range(times)
    ]
    with school.expansion_timed() as laps, stopwatch() as lap:
        rows = sum(release(office(), one, now=datetime.now(UTC)) for one in announcements)
    return {
        "announcements": list(map(str, announcements)),
        "rows": rows,
        "insert": sum(laps),
        "release": lap.seconds,
        "release_cpu": lap.cpu,
    }
