"""Batches follow each other closely: nobody waits for the last answer of the one before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from broadcaster.services.relay import relay


class Road:
    """Batches of copies, each of which is answered when the test says so."""

    def __init__(self, *batches: list[str]) -> None:
        self.answers = {copy: asyncio.Event() for batch in batches for copy in batch}
        self.begun: list[str] = []
        self.over: list[str] = []
        self.fault: Exception | None = None
        self._batches = iter([*batches, []])

    async def claim(self) -> list[str]:
        return next(self._batches)

    async def carry(self, batch: list[str]) -> AsyncIterator[None]:
        self.begun.append(batch[0][0])
        for copy in batch:
            await self.answers[copy].wait()
            if self.fault and copy == "b1":
                raise self.fault
            yield
        self.over.append(batch[0][0])

    def answer(self, *copies: str) -> None:
        for copy in copies:
            self.answers[copy].set()

    async def travel(self) -> None:
        await relay(await self.claim(), claim=self.claim, carry=self.carry)


async def settled() -> None:
    """Let everything run that can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_the_next_batch_begins_when_half_of_this_one_is_answered() -> None:
    road = Road(["a1", "a2", "a3", "a4"], ["b1"])
    travel = asyncio.create_task(road.travel())
    road.answer("a1")
    await settled()
    assert road.begun == ["a"]
    road.answer("a2")
    await settled()
    assert road.begun == ["a", "b"]
    road.answer("a3", "a4", "b1")
    await travel
    assert road.over == ["a", "b"]


async def test_a_third_batch_waits_until_the_first_is_over() -> None:
    road = Road(["a1", "a2"], ["b1", "b2"], ["c1"])
    travel = asyncio.create_task(road.travel())
    road.answer("a1", "b1", "b2")
    await settled()
    assert road.begun == ["a", "b"]
    road.answer("a2")
    await settled()
    assert road.begun == ["a", "b", "c"]
    road.answer("c1")
    await travel


async def test_the_last_answers_are_waited_for() -> None:
    road = Road(["a1", "a2"])
    travel = asyncio.create_task(road.travel())
    road.answer("a1")
    await settled()
    assert not travel.done()
    road.answer("a2")
    await travel
    assert road.over == ["a"]


async def test_a_fault_ends_all_batches_and_is_raised() -> None:
    road = Road(["a1", "a2"], ["b1"])
    road.fault = LookupError("no such thing")
    travel = asyncio.create_task(road.travel())
    road.answer("a1", "b1")
    await settled()
    road.answer("a2")
    with pytest.raises(LookupError, match="no such thing"):
        await travel


async def test_whoever_is_cancelled_leaves_no_batch_on_its_way() -> None:
    road = Road(["a1", "a2"], ["b1"])
    travel = asyncio.create_task(road.travel())
    road.answer("a1")
    await settled()
    travel.cancel()
    with pytest.raises(asyncio.CancelledError):
        await travel
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert road.over == []
