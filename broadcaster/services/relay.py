"""Batches that follow each other closely.

Platforms are far away. Whoever waited for the last answer of a batch before the next one began
would wait once a batch, and a bot 300 ms away would send an eighth less than it may.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sized
from typing import TypeVar

Batch = TypeVar("Batch", bound=Sized)


class Leg:
    """A batch on its way; `half` is set when half of its copies are answered or when it is over."""

    def __init__(self, answers: AsyncIterator[None], copies: int) -> None:
        self.half = asyncio.Event()
        self.task = asyncio.create_task(self._run(answers, copies))

    async def _run(self, answers: AsyncIterator[None], copies: int) -> None:
        answered = 0
        try:
            async for _ in answers:
                answered += 1
                if answered * 2 >= copies:
                    self.half.set()
        finally:
            self.half.set()


async def relay(
    batch: Batch,
    *,
    claim: Callable[[], Awaitable[Batch]],
    carry: Callable[[Batch], AsyncIterator[None]],
) -> None:
    """Carry a batch and those that follow it, two at once at most, until an empty one is claimed.

    The next is claimed when half of this one is answered. `carry` yields for each answer; what it
    raises stops everything and is raised.
    """
    legs: deque[Leg] = deque()
    try:
        while len(batch):
            legs.append(leg := Leg(carry(batch), len(batch)))
            await leg.half.wait()
            while len(legs) > 1 or (legs and legs[0].task.done()):
                await legs[0].task
                legs.popleft()
            batch = await claim()
        for leg in legs:
            await leg.task
    finally:
        for leg in legs:
            leg.task.cancel()
        await asyncio.gather(*(leg.task for leg in legs), return_exceptions=True)
