"""Broadcaster itself: claim, render, send and record what waits on a channel."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from benchmarks import school
from benchmarks.stopwatch import stopwatch
from broadcaster.bootstrap import office
from broadcaster.services.dispatch import drain
from broadcaster.tasks import _loop as loop_factory


def run(*, channel: str, announcements: Sequence[str]) -> dict[str, Any]:
    """Figures of the drain, and what the database says of these announcements afterwards."""
    ready = office()
    with asyncio.Runner(loop_factory=loop_factory) as runner, stopwatch() as lap:
        runner.run(drain(ready, channel))
    return {"seconds": lap.seconds, "cpu": lap.cpu, **school.recorded(announcements)}
