"""Time and processor time of a stretch of work."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


def spent(pid: int) -> float:
    """Processor seconds of a process until now; raises OSError where the system does not tell."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


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
