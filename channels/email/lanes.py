"""The connections of the channel, and the work of one lane of a sending."""

from __future__ import annotations

import asyncio

from channels.email.config import EmailConfig
from channels.email.connection import Account, NotOpened
from channels.email.errors import UNUSABLE
from channels.email.line import Line
from channels.email.sending import Sending
from channels.email.stock import Room

MOST_FRUITLESS = 2
"""Connections in a row that took no message before a lane gives up."""


class Lines:
    """The persistent connections: those idle between batches, and the right to open more.

    `room` is what may be on record ahead of them.
    """

    def __init__(self, config: EmailConfig) -> None:
        self.permits = asyncio.Semaphore(config.connections)
        self.room = Room(config.connections)
        self.account = Account(config)
        self._config = config
        self._idle: list[Line] = []
        self._door = asyncio.Lock()

    async def take(self, sending: Sending) -> Line:
        """An idle line or a new one; raises NotOpened.

        One is opened at a time, so that a wrong password is tried once and not by every lane.
        """
        while self._idle:
            line = self._idle.pop()
            if line.usable:
                line.settle = sending.settle
                return line
            await line.close()
        async with self._door:
            if sending.stopped is not None:
                raise NotOpened(sending.stopped)
            client = await self.account.open()
        return Line(client, self._config, sending.settle)

    async def put(self, line: Line) -> None:
        """Keep a line for the next batch, or close it."""
        if line.usable and line.idle:
            self._idle.append(line)
        else:
            await line.close()

    async def close(self) -> None:
        """Say goodbye on all idle lines."""
        await asyncio.gather(*(line.close() for line in self._idle))
        self._idle.clear()


class Lane:
    """One connection's share of a sending; a spent or lost connection is replaced."""

    def __init__(self, sending: Sending, lines: Lines) -> None:
        self._sending = sending
        self._lines = lines
        self._line: Line | None = None
        self._fruitless = 0

    async def run(self) -> None:
        """Carry mails until there are none, or until no connection can be had."""
        async with self._lines.permits:
            try:
                while await self._sending.supplied():
                    await self._carry(self._line or await self._open())
            except NotOpened as failure:
                self._sending.lane_failed(failure.outcome)
            finally:
                await self._leave()

    async def _open(self) -> Line:
        self._line = await self._lines.take(self._sending)
        self._sending.lines.add(self._line)
        return self._line

    async def _carry(self, line: Line) -> None:
        unsent = await line.carry(self._sending)
        if line.usable:
            return
        await self._leave()
        self._sending.give_back(unsent)
        self._fruitless = 0 if line.fruitful else self._fruitless + 1
        if self._fruitless >= MOST_FRUITLESS and not self._sending.over:
            raise NotOpened(UNUSABLE)

    async def _leave(self) -> None:
        if self._line is not None:
            line, self._line = self._line, None
            self._sending.lines.discard(line)
            await self._lines.put(line)
