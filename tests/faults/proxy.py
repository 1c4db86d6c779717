"""A wire that can be slow, silent or cut: a TCP proxy on 127.0.0.1 in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Self

PIECE = 65536


class Proxy:
    """Carries bytes to `host:port`; `with` starts and stops it.

    `delay` is added to every piece in both directions, in seconds. While `silent`, connections are
    taken and nothing is carried, as on a network that swallows packets.
    """

    def __init__(self, port: int, *, host: str = "127.0.0.1") -> None:
        self.delay = 0.0
        self.port = 0
        self._target = (host, port)
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._flows = threading.Event()
        self._flows.set()

    @property
    def silent(self) -> bool:
        """Whether nothing is carried."""
        return not self._flows.is_set()

    @silent.setter
    def silent(self, wanted: bool) -> None:
        (self._flows.clear if wanted else self._flows.set)()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.open()
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def open(self) -> None:
        """Listen, at the same port as before."""
        self._run(self._open())

    def close(self) -> None:
        """Refuse connections and cut those there are."""
        self._run(self._close())

    def cut(self) -> None:
        """Cut the connections there are; new ones are taken."""
        self._run(self._cut())

    async def _open(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._cut()

    async def _cut(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            await self._free()
            there = await asyncio.open_connection(*self._target)
            self._writers.add(there[1])
            ways = (self._way(reader, there[1]), self._way(there[0], writer))
            tasks = [asyncio.create_task(way) for way in ways]
            self._tasks.update(tasks)
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            self._writers.discard(there[1])
            there[1].transport.abort()
            for task in tasks:
                task.cancel()
            self._tasks.difference_update(tasks)
        except OSError:
            pass
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _way(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(PIECE):
                if self.delay:
                    await asyncio.sleep(self.delay)
                await self._free()
                writer.write(piece)
                await writer.drain()

    async def _free(self) -> None:
        while self.silent:
            await asyncio.sleep(0.02)

    def _run(self, work: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)
