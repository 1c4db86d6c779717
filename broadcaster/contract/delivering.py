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
    settled: asyncio.Queue[tuple[Envelope, Outcome] | None] = asyncio.Queue()

    async def work() -> None:
        for envelope in waiting:
            try:
                outcome = await deliver(envelope)
            except Held as pause:
                outcome = held(pause, envelope.parts_done)
            except BaseException:
                _stop(workers)  # at once: nothing more shall leave
                raise
            settled.put_nowait((envelope, outcome))

    workers = [asyncio.create_task(work()) for _ in range(min(concurrency, len(batch)))]
    for worker in workers:
        worker.add_done_callback(lambda _: settled.put_nowait(None))
    try:
        for _ in batch:
            while (pair := await settled.get()) is None:
                _raise_the_fault_of(workers)
            yield pair
    finally:
        _stop(workers)
        await asyncio.gather(*workers, return_exceptions=True)


def _stop(workers: Sequence[asyncio.Task[None]]) -> None:
    for worker in workers:
        if worker is not asyncio.current_task():
            worker.cancel()


def _raise_the_fault_of(workers: Sequence[asyncio.Task[None]]) -> None:
    for worker in workers:
        if worker.done() and not worker.cancelled():
            worker.result()
