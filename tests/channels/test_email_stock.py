"""Mails that are ready before a connection asks for them: how many, and what becomes of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from broadcaster.contract import Envelope
from channels.email.mime import Mail
from channels.email.stock import AHEAD, GROUP, Room, Stock
from tests.channels.email_stage import batch


class Desk:
    """Prepares what it is given once it may `go` on, and remembers the groups."""

    def __init__(self) -> None:
        self.groups: list[list[Envelope]] = []
        self.go = asyncio.Event()
        self.go.set()
        self.news = 0

    async def prepare(self, group: list[Envelope]) -> list[Mail]:
        self.groups.append(group)
        await self.go.wait()
        return [Mail(envelope, f"<{envelope.delivery_id}@a>", (b"",)) for envelope in group]

    def changed(self) -> None:
        self.news += 1

    @property
    def prepared(self) -> int:
        return sum(map(len, self.groups))


@asynccontextmanager
async def stocked(copies: list[Envelope], room: Room, desk: Desk) -> AsyncIterator[Stock]:
    stock = Stock(copies, room=room, prepare=desk.prepare, changed=desk.changed)
    try:
        yield stock
    finally:
        stock.close()


async def settle() -> None:
    """Let everything go on that can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def taken(stock: Stock) -> list[Envelope]:
    """All mails, taken as fast as they come."""
    mails = []
    while await stock.filled():
        while mail := stock.take():
            mails.append(mail.envelope)
    return mails


async def test_some_mails_are_ready_before_anybody_asks() -> None:
    async with stocked(copies := batch(100), Room(8), desk := Desk()) as stock:
        await settle()
        assert desk.prepared == 2 * GROUP
        assert [stock.take().envelope for _ in range(3)] == copies[:3]  # type: ignore[union-attr]


@pytest.mark.parametrize("connections", [1, 2, 8])
async def test_all_copies_are_given_out_in_order(connections: int) -> None:
    async with stocked(copies := batch(203), Room(connections), Desk()) as stock:
        assert await taken(stock) == copies
        assert stock.over
        assert stock.take() is None


async def test_the_room_is_filled_when_half_of_it_is_free() -> None:
    async with stocked(batch(100), Room(8), desk := Desk()) as stock:
        await settle()
        for _ in range(GROUP - 1):
            stock.take()
        await settle()
        assert desk.prepared == 2 * GROUP
        stock.take()
        await settle()
        assert desk.prepared == 3 * GROUP


async def exhausted(stock: Stock, desk: Desk, copies: int) -> None:
    """Take faster than is prepared until so many copies are gone."""
    while desk.prepared < copies:
        await settle()
        while stock.take():
            pass
    await settle()


async def test_the_room_grows_while_connections_find_nothing_and_is_still_filled_by_halves() -> (
    None
):
    async with stocked(batch(2000), Room(8), desk := Desk()) as stock:
        await exhausted(stock, desk, 1000)
        desk.groups.clear()
        for _ in range(AHEAD * 8 // 2 - GROUP):
            assert stock.take()
            await settle()
        assert desk.prepared == 0
        for _ in range(GROUP):
            assert stock.take()
            await settle()
        assert AHEAD * 8 // 2 - GROUP < desk.prepared <= AHEAD * 8 // 2


async def test_a_distant_server_has_few_mails_waiting() -> None:
    async with stocked(batch(400), Room(8), desk := Desk()) as stock:
        await exhausted(stock, desk, 1)
        begun = desk.prepared
        for _ in range(200):
            await settle()
            assert stock.take() is not None
        assert desk.prepared <= begun + 200 + 4 * GROUP


async def test_the_next_batch_begins_when_nothing_is_left_of_the_one_before() -> None:
    room, first, second = Room(8), Desk(), Desk()
    async with stocked(batch(40), room, first) as stock, stocked(batch(40), room, second):
        await settle()
        assert not second.groups
        await taken(stock)
        await settle()
        assert second.groups


async def test_what_nobody_took_is_given_back_and_its_room_is_free() -> None:
    room = Room(1)
    async with stocked(copies := batch(50), room, Desk()) as stock:
        await settle()
        stock.take()
        assert stock.rest() == copies[1:]
        await settle()
        assert stock.over
    async with stocked(copies, room, Desk()) as stock:
        assert await taken(stock) == copies


async def test_copies_without_a_mail_leave_their_room_to_others() -> None:
    class Refusing(Desk):
        async def prepare(self, group: list[Envelope]) -> list[Mail]:
            return (await super().prepare(group))[:1]

    async with stocked(copies := batch(80), Room(1), Refusing()) as stock:
        assert await taken(stock) == copies[::GROUP]


async def test_what_preparing_raises_is_raised_to_whoever_waits() -> None:
    class Broken(Desk):
        async def prepare(self, group: list[Envelope]) -> list[Mail]:
            raise RuntimeError(f"no desk for {len(group)}")

    async with stocked(batch(20), Room(8), Broken()) as stock:
        with pytest.raises(RuntimeError, match="no desk"):
            await stock.filled()


async def test_it_tells_when_there_is_something_again_and_when_all_is_over() -> None:
    desk = Desk()
    desk.go.clear()
    async with stocked(batch(3), Room(8), desk) as stock:
        await settle()
        told = desk.news
        desk.go.set()
        await settle()
        assert desk.news > told
        assert [stock.take() is not None for _ in range(4)] == [True, True, True, False]
        assert stock.over


async def test_closing_prepares_nothing_more_and_frees_the_room() -> None:
    room, desk = Room(1), Desk()
    desk.go.clear()
    async with stocked(batch(50), room, desk):
        await settle()
    async with stocked(copies := batch(50), room, Desk()) as stock:
        assert await taken(stock) == copies


async def test_closing_before_a_group_was_begun_frees_its_room_as_well() -> None:
    room = Room(1)
    async with stocked(batch(50), room, desk := Desk()):
        await asyncio.sleep(0)
    assert not desk.groups
    async with stocked(copies := batch(50), room, Desk()) as stock:
        assert await asyncio.wait_for(taken(stock), 5) == copies


async def test_what_preparing_raises_is_raised_while_others_are_still_prepared() -> None:
    class HalfBroken(Desk):
        async def prepare(self, group: list[Envelope]) -> list[Mail]:
            if self.groups:
                raise RuntimeError("no desk")
            return await super().prepare(group)

    desk = HalfBroken()
    desk.go.clear()
    async with stocked(batch(20), Room(8), desk) as stock:
        with pytest.raises(RuntimeError, match="no desk"):
            await asyncio.wait_for(stock.filled(), 5)
