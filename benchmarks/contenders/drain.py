"""Broadcaster itself: claim, render, send, record what waits on a channel."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from benchmarks import school  # noqa: F401 - sets Django up
from benchmarks.stopwatch import stopwatch
from broadcaster.bootstrap import office
from broadcaster.services.dispatch import drain
from broadcaster.tasks import _loop
from broadcaster.store.models import Delivery, Receipt
from broadcaster.domain.states import State


def run(*, channel: str, announcement: str) -> dict[str, Any]:
    """Figures of the drain; `sent`, `receipts`, `ids` are counted in the database afterwards."""
    ready = office()
    with asyncio.Runner(loop_factory=_loop) as runner, stopwatch() as lap:
        runner.run(drain(ready, channel))
    return {"seconds": lap.seconds, "cpu": lap.cpu, **recorded(UUID(announcement))}


def recorded(announcement: UUID) -> dict[str, int]:
    """What the database says of an announcement's copies."""
    copies = Delivery.objects.filter(announcement=announcement)
    receipts = Receipt.objects.filter(delivery__announcement=announcement, outcome="accepted")
    parts = receipts.values_list("parts", flat=True)
    return {
        "sent": copies.filter(state=State.SENT).count(),
        "receipts": receipts.values("delivery").distinct().count(),
        "ids": len({str(part) for (part, *_) in parts.iterator()}),
    }
