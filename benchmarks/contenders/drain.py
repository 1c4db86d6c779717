"""Broadcaster itself: claim, render, send and record what waits on a channel."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from benchmarks import school
from benchmarks.child import peak
from benchmarks.stopwatch import stopwatch
from broadcaster.bootstrap import office
from broadcaster.services.dispatch import drain
from broadcaster.tasks import _loop as loop_factory

REST = 1.0
"""Seconds between drains where the platform has held us back; a worker's sweep looks as often."""


def run(*, channel: str, announcements: Sequence[str]) -> dict[str, Any]:
    """Figures of the drain, and what the database says of these announcements afterwards.

    `start` is the processor time before it, of the process and its office: a worker starts once for
    all announcements. The drain includes what each begins with: a lane, a session, a first batch.
    """
    ready = office()
    start = time.process_time()
    with asyncio.Runner(loop_factory=loop_factory) as runner, stopwatch() as lap:
        runner.run(drain(ready, channel))
        while school.waiting(announcements):
            time.sleep(REST)
            runner.run(drain(ready, channel))
    told = {"seconds": lap.seconds, "cpu": lap.cpu, "start": start, "rss": peak()}
    return {**told, **school.recorded(announcements)}
