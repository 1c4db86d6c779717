"""An SMTP server that says what a test tells it to, also what no good server would say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Self

Answer = Callable[[str], str | None]
"""From a command line, or "." for the end of a message, to the reply; None cuts the connection."""


class ScriptedServer:
    """Listens on 127.0.0.1; `lines` is all it has heard, `connections` how often it was called.

    It serves at most `most` connections and turns `refused` away.
    """

    def __init__(self, answer: Answer, *, most: int = 100) -> None:
        self.lines: list[str] = []
        self.connections = 0
        self._answer = answer
        self.refused = 0
        self._most = most
        self._talks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *failure: object) -> None:
        assert self._server is not None
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        self.connections += 1
        if self.connections > self._most:
            self.refused += 1
            writer.write(b"421 4.7.0 Too many connections\r\n")
            writer.close()
            return
        try:
            await self._converse(reader, writer)
        finally:
            writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reply: str | None = "220 x"
        in_message = False
        while reply is not None:
            writer.write(f"{reply}\r\n".encode())
            in_message = reply.startswith("354")
            line = await self._message(reader) if in_message else await self._line(reader)
            if not line:
                return
            self.lines.append(line)
            reply = self._reply(line)

    async def _line(self, reader: asyncio.StreamReader) -> str:
        return (await reader.readline()).decode().rstrip("\r\n")

    async def _message(self, reader: asyncio.StreamReader) -> str:
        while line := await self._line(reader):
            if line == ".":
                return "."
        return await self._message(reader) if not reader.at_eof() else ""

    def _reply(self, line: str) -> str | None:
        if line.startswith("EHLO"):
            return "250-x\r\n250-PIPELINING\r\n250 HELP"
        return "221 bye" if line == "QUIT" else self._answer(line)


def obliging(line: str) -> str:
    """The reply of a server that takes everything."""
    return "354 go on" if line == "DATA" else "250 2.0.0 Ok: queued"
