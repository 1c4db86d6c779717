"""No contender: fills a home with a city that was told one thing."""

from __future__ import annotations

from typing import Any

from benchmarks import city
from benchmarks.stopwatch import stopwatch


def run(*, copies: int) -> dict[str, Any]:
    """The announcement, and the seconds it took."""
    with stopwatch() as lap:
        announcement = city.fill(copies)
    return {"announcement": announcement, "seconds": lap.seconds}
