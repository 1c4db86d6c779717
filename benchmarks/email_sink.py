"""An SMTP server that takes everything and keeps nothing, fast, in a process of its own.

It speaks PIPELINING (RFC 2920) and no more of SMTP than a well-behaved client needs.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import cast

import uvloop

END = b"\r\n.\r\n"
LINE = b"\r\n"
OK = b"250 2.0.0 Ok\r\n"
REPLIES = {
    b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 50000000\r\n",
    b"DATA": b"354 go\r\n",
    b"QUIT": b"221 bye\r\n",
}


class SinkConnection(asyncio.Protocol):
    """One connection; adds each message to the shared count."""

    def __init__(self, taken: list[int]) -> None:
        self._taken = taken
        self._rest = b""
        self._in_message = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        replies = []
        at = 0
        while (end := data.find(END if self._in_message else LINE, at)) >= 0:
            if self._in_message:
                at = end + len(END)
                self._in_message = False
                self._taken[0] += 1
                replies.append(OK)
            else:
                command = data[at : at + 4].upper()
                at = end + len(LINE)
                self._in_message = command == b"DATA"
                replies.append(REPLIES.get(command, OK))
        self._rest = data[at:]
        if replies:
            self._transport.write(b"".join(replies))


class Sink:
    """A running sink: where it listens, and how many messages it has taken so far."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.port = int(pipe.recv())

    def count(self) -> int:
        """Messages since the start."""
        self._pipe.send("count")
        return int(self._pipe.recv())


async def serve(pipe: Connection) -> None:
    """Listen on a free port of 127.0.0.1 and answer questions from the pipe until it closes."""
    taken = [0]
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SinkConnection(taken), "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    while await asyncio.to_thread(asked, pipe):
        pipe.send(taken[0])
    server.close()


def asked(pipe: Connection) -> bool:
    """Wait for a question; False when the other side has gone."""
    try:
        return bool(pipe.recv())
    except EOFError:
        return False


def run(pipe: Connection, other: Connection) -> None:
    """The sink's process."""
    other.close()
    uvloop.run(serve(pipe))


@contextmanager
def sink() -> Iterator[Sink]:
    """A sink in its own process, for as long as the block lasts."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=run, args=(theirs, ours))
    process.start()
    theirs.close()
    try:
        yield Sink(ours)
    finally:
        ours.close()
        process.join(timeout=5)
