"""Delivering a batch copy by copy, for platforms that take one message a request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from broadcaster.contract.faults import Held
from broadcaster.contract.messages import Envelope
from broadcaster.contract.outcomes import Outcome, held


async def each(
    batch: Sequence[Envelope],
    deliver: Callable[[Envelope], Awaitable[Outcome]],
    *,
    concurrency: int,
) -> AsyncIterator[tuple[Envelope, Outcome]]:
    """Deliver a batch copy by copy, `concurrency` at once, and yield outcomes in the order they
    come.

    A shut turnstile becomes `held`; what `deliver` raises otherwise is a fault and ends the
    iteration.
    """
    waiting = iter(batch)
    running: set[asyncio.Task[tuple[Envelope, Outcome]]] = set()

    async def one(envelope: Envelope) -> tuple[Envelope, Outcome]:
        try:
            return envelope, await deliver(envelope)
        except Held as pause:
            return envelope, held(pause, envelope.parts_done)

    try:
        while True:
            while len(running) < concurrency and (envelope := next(waiting, None)) is not None:
                running.add(asyncio.create_task(one(envelope)))
            if not running:
                return
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                yield task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
