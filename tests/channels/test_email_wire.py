"""Bytes on a bare connection: all of them, in order, and none where they do not belong."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import ExitStack, asynccontextmanager
from typing import Any

import pytest
import uvloop

from channels.email.wire import SLICE, Outbox

Scene = Callable[[], Coroutine[Any, Any, None]]
LOOPS = [asyncio.new_event_loop, uvloop.new_event_loop]


def played(scene: Scene, loop: Any) -> None:
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(scene())


class Ours(asyncio.Protocol):
    outbox: Outbox

    def pause_writing(self) -> None:
        self.outbox.pause()

    def resume_writing(self) -> None:
        self.outbox.resume()


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[asyncio.Transport, Outbox, socket.socket]]:
    """Our end's transport with its outbox, and the other end."""
    near, far = socket.socketpair()
    far.setblocking(False)
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_unix_connection(Ours, sock=near)
    protocol.outbox = Outbox(transport)
    with far:
        yield transport, protocol.outbox, far
        transport.abort()


async def heard(far: socket.socket, size: int) -> bytes:
    loop, data = asyncio.get_running_loop(), b""
    while len(data) < size:
        data += await asyncio.wait_for(loop.sock_recv(far, 1 << 16), 5)
    return data


@pytest.mark.parametrize("loop", LOOPS)
def test_bytes_that_the_system_takes_in_parts_arrive_whole_and_in_order(loop: Any) -> None:
    async def scene() -> None:
        async with connected() as (_, outbox, far):
            posts = [os.urandom(SLICE - 7) for _ in range(20)]
            for post in posts:
                outbox.post((post[:100], post[100:]))
            assert await heard(far, sum(map(len, posts))) == b"".join(posts)

    played(scene, loop)


@pytest.mark.parametrize("loop", LOOPS)
def test_a_small_message_has_left_when_it_was_posted(loop: Any) -> None:
    async def scene() -> None:
        async with connected() as (transport, outbox, far):
            outbox.post((b"MAIL", b"\r\n"))
            assert transport.get_write_buffer_size() == 0
            assert far.recv(100) == b"MAIL\r\n"

    played(scene, loop)


def test_nothing_is_written_where_a_connection_used_to_be() -> None:
    async def scene() -> None:
        async with connected() as (transport, outbox, _):
            number = transport.get_extra_info("socket").fileno()
            transport.abort()
            await asyncio.sleep(0.01)
            others = socket.socketpair()
            with others[0], others[1], ExitStack() as taken:
                if number not in {other.fileno() for other in others}:
                    taken.callback(os.close, os.dup2(others[0].fileno(), number))
                outbox.post((b"somebody else's letter",))
                for other in others:
                    other.setblocking(False)
                    with pytest.raises(BlockingIOError):
                        other.recv(100)

    played(scene, uvloop.new_event_loop)


@pytest.mark.parametrize("loop", LOOPS)
def test_a_connection_that_the_other_end_has_closed_raises_nothing(loop: Any) -> None:
    async def scene() -> None:
        async with connected() as (_, outbox, far):
            far.close()
            for _ in range(3):
                outbox.post((b"x" * 1000,))
                await asyncio.sleep(0.01)

    played(scene, loop)
