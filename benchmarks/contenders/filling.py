"""No contender: fills a home with a school that has sent for years."""

from __future__ import annotations

import time

from benchmarks import crowd


def run(*, people: int, copies: int) -> dict[str, float]:
    """How many copies there are now, and the seconds it took."""
    started = time.monotonic()
    made = crowd.fill(people, copies)
    return {"copies": made, "seconds": time.monotonic() - started}
