"""Time and processor time of a stretch of work."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class Lap:
    """What a stretch of work took, in seconds; set when it has ended."""

    seconds: float = 0.0
    cpu: float = 0.0


@contextmanager
def stopwatch() -> Iterator[Lap]:
    """Measure the block, with the processor time of all threads of this process."""
    lap = Lap()
    started, used = time.perf_counter(), time.process_time()
    try:
        yield lap
    finally:
        lap.seconds = time.perf_counter() - started
        lap.cpu = time.process_time() - used
