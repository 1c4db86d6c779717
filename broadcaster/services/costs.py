"""What work costs, as it was measured: the one table behind every estimate of machines and disks.

All of it was measured on 21 November 2026 on two cores of an AMD EPYC, everything on 127.0.0.1. The
tables of benchmarks/README.md are named beside the figures; they may have been measured again
since, on a machine whose pace differs from day to day. «Disk» is what `python -m benchmarks --only
plan` says. Measure again with `make bench`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Cost:
    """A channel's: `seconds` of one lane for a copy, `cpu` seconds for a request.

    `connections` are open to the platform while a lane sends.
    """

    seconds: float
    cpu: float
    connections: int


CHANNELS: Mapping[str, Cost] = {
    # «E-mail: the whole path», SQLite: 6,005 a second, 0.182 s of CPU for 1,000
    "email": Cost(seconds=1 / 6005, cpu=0.000182, connections=8),
    # «Telegram at 30 a second»: 8.1 % of a core for 29.9 requests a second, waiting included
    "telegram": Cost(seconds=0.0027, cpu=0.0027, connections=16),
    # «VK at 20 requests a second», execute: 21.1 % for 498 copies, 19.9 requests a second
    "vk": Cost(seconds=0.00042, cpu=0.0106, connections=8),
}
OTHERS = CHANNELS["telegram"]
"""A channel that nobody has measured: a request a copy over HTTP is the dearest we know."""

MEMORY = 106 * MEGABYTE
"""Of a sending process at its peak («E-mail: growth to 1,000,000»)."""

ROWS_A_SECOND = 29_927
"""Copies made of an audience, the whole release («Expansion of an audience», PostgreSQL)."""

COPY, ANSWER, ADDRESS, FAMILY = 798, 275, 301, 489
"""Bytes on disk with all indexes, of a copy, its answer, an address, and one adult with one child
(«Disk», PostgreSQL, 10,000 letters; SQLite takes half of it)."""

THREADS = 8
"""Lanes that one worker process serves at a time (`worker_concurrency` in worker.py)."""

BUSY = 0.7
"""So much of a core may be used; the rest is for the web and for what nobody foresees."""


def cost_of(channel: str) -> Cost:
    """What a channel costs."""
    return CHANNELS.get(channel, OTHERS)
