"""Delivering copy by copy, for platforms that take one message a request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from broadcaster.contract.faults import Held
from broadcaster.contract.messages import Envelope
from broadcaster.contract.outcomes import Outcome, held


class Crew:
    """Delivers copies by `deliver`, `concurrency` at once in all batches together."""

    def __init__(
        self, deliver: Callable[[Envelope], Awaitable[Outcome]], *, concurrency: int
    ) -> None:
        self._deliver = deliver
        self._concurrency = concurrency
        self._permits = asyncio.Semaphore(concurrency)
        self._fault: Exception | None = None

    async def each(self, batch: Sequence[Envelope]) -> AsyncIterator[tuple[Envelope, Outcome]]:
        """Yield the copies of a batch with their outcomes, in the order in which these come.

        A shut turnstile becomes `held`; what `deliver` raises otherwise is a fault: it ends the
        iteration, and that of every other batch.
        """
        waiting = iter(batch)
        settled: asyncio.Queue[tuple[Envelope, Outcome] | None] = asyncio.Queue()

        async def work() -> None:
            try:
                async with self._permits:
                    for envelope in waiting:
                        self._go_on()
                        settled.put_nowait((envelope, await self._outcome(envelope)))
            except BaseException as fault:
                _stop(workers)  # at once: nothing more shall leave
                self._fault = self._fault or (fault if isinstance(fault, Exception) else None)
                raise

        workers = [asyncio.create_task(work()) for _ in batch[: self._concurrency]]
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

    def _go_on(self) -> None:
        if self._fault:
            raise self._fault

    async def _outcome(self, envelope: Envelope) -> Outcome:
        try:
            return await self._deliver(envelope)
        except Held as pause:
            return held(pause, envelope.parts_done)


def _stop(workers: Sequence[asyncio.Task[None]]) -> None:
    for worker in workers:
        if worker is not asyncio.current_task():
            worker.cancel()


def _raise_the_fault_of(workers: Sequence[asyncio.Task[None]]) -> None:
    """Raise what ended a worker; when all were cancelled, nobody else will answer: that."""
    for worker in workers:
        if worker.done() and not worker.cancelled():
            worker.result()
    if all(worker.cancelled() for worker in workers):
        raise asyncio.CancelledError
