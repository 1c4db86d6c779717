"""Delivering copy by copy: so many at once, each once, and nothing after a fault."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from broadcaster.contract import Accepted, Content, Crew, Deferred, Envelope, Held, Outcome, Wording


class Broken(Exception):
    """A fault of an adapter."""


def batch(count: int) -> list[Envelope]:
    content = Content(guid="1", subject=Wording.plain("Лёд"), texts=(Wording.plain("Текст"),))
    return [Envelope(uuid4(), str(number), content) for number in range(count)]


class Road:
    """Counts how many copies are under way at once."""

    def __init__(self) -> None:
        self.most = 0
        self._now = 0

    async def deliver(self, _: Envelope) -> Outcome:
        self._now += 1
        self.most = max(self.most, self._now)
        await asyncio.sleep(0)
        self._now -= 1
        return Accepted(())


async def test_so_many_are_under_way_at_once_and_no_more() -> None:
    road, copies = Road(), batch(20)
    told = [envelope async for envelope, _ in Crew(road.deliver, concurrency=4).each(copies)]
    assert sorted(map(id, told)) == sorted(map(id, copies))
    assert road.most == 4


async def test_so_many_are_under_way_in_two_batches_together() -> None:
    road = Road()
    crew = Crew(road.deliver, concurrency=3)

    async def told() -> int:
        return len([pair async for pair in crew.each(batch(10))])

    assert await asyncio.gather(told(), told()) == [10, 10]
    assert road.most == 3


async def test_a_delivery_that_is_cancelled_ends_the_iteration() -> None:
    async def deliver(envelope: Envelope) -> Outcome:
        if envelope.address == "1":
            lost: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
            lost.cancel()
            return await lost
        await asyncio.sleep(0)
        return Accepted(())

    with pytest.raises(asyncio.CancelledError):
        _ = [pair async for pair in Crew(deliver, concurrency=2).each(batch(4))]


async def test_a_shut_turnstile_is_an_outcome() -> None:
    async def deliver(_: Envelope) -> Outcome:
        raise Held(7.0)

    outcomes = [outcome async for _, outcome in Crew(deliver, concurrency=2).each(batch(3))]
    assert [one.retry_after for one in outcomes if isinstance(one, Deferred)] == [7.0] * 3


async def test_after_a_fault_nothing_more_is_begun() -> None:
    begun: list[str] = []

    async def deliver(envelope: Envelope) -> Outcome:
        begun.append(envelope.address)
        await asyncio.sleep(0)
        if envelope.address == "1":
            raise Broken
        return Accepted(())

    with pytest.raises(Broken):
        _ = [pair async for pair in Crew(deliver, concurrency=2).each(batch(50))]
    assert len(begun) <= 4


async def test_whoever_stops_listening_stops_the_rest() -> None:
    begun: list[str] = []

    async def deliver(envelope: Envelope) -> Outcome:
        begun.append(envelope.address)
        await asyncio.sleep(0)
        return Accepted(())

    answers = Crew(deliver, concurrency=2).each(batch(50))
    async for _ in answers:
        break
    await answers.aclose()  # type: ignore[attr-defined]
    await asyncio.sleep(0)
    assert len(begun) < 50
