"""Mails written and on record as leaving, ahead of the connections that will carry them.

A connection that had to wait for the disk would idle, and the disk for the connections. So some
mails are always ready that no connection has yet: enough for the time that a transaction takes,
and no more, because nobody can tell after a power cut whether they have left.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from broadcaster.contract import Envelope
from channels.email.mime import Mail

GROUP = 8
"""Copies put on record at once; what is asked for together is one transaction anyway."""
AHEAD = 14
"""Mails ready for each connection at most, of a server as fast as a disk."""


class Room:
    """What the batches of a channel share: how many mails may be ready without a connection.

    It begins small and grows while connections find nothing there, so that a distant server has few
    mails waiting. It is filled when half of it is free, so that one transaction carries many; and
    by one batch at a time, so that the next begins when nothing is left of the one before.
    """

    def __init__(self, connections: int) -> None:
        self.turn = asyncio.Lock()
        self._most = AHEAD * connections
        self._size = min(2 * GROUP, self._most)
        self._taken = 0
        self._lacking = False
        self._open = asyncio.Event()
        self._open.set()

    async def groups(self) -> int:
        """How many groups there is room for; returns when it is worth while."""
        await self._open.wait()
        if self._lacking:
            self._lacking = False
            self._size = min(2 * self._size, self._most)
        return (self._size - self._taken) // GROUP

    def take(self, copies: int) -> None:
        """These are going to be on record."""
        self._taken += copies
        self._look()

    def leave(self, copies: int) -> None:
        """These have found connections, or will not leave."""
        self._taken -= copies
        self._look()

    def lack(self) -> None:
        """A connection has found nothing."""
        self._lacking = True

    def _look(self) -> None:
        if self._size - self._taken >= max(GROUP, self._size // 2):
            self._open.set()
        else:
            self._open.clear()


class Stock:
    """One batch, made ready group by group while there is room.

    `prepare` writes a group's mails and puts them on record; of copies that it returns no mail for
    it has disposed itself. `changed` is called when there is something again, or nothing will be.
    """

    def __init__(
        self,
        batch: Iterable[Envelope],
        *,
        room: Room,
        prepare: Callable[[list[Envelope]], Awaitable[list[Mail]]],
        changed: Callable[[], None],
    ) -> None:
        self._source = iter(batch)
        self._room = room
        self._prepare = prepare
        self._tell = changed
        self._ready: deque[Mail] = deque()
        self._preparing: set[asyncio.Task[int]] = set()
        self._failure: BaseException | None = None
        self._change = asyncio.Event()
        self._filling = asyncio.create_task(self._fill())
        self._filling.add_done_callback(lambda _: self._changed())

    @property
    def over(self) -> bool:
        """Whether there is nothing left and will be nothing more."""
        return not self._ready and self._filling.done() and not self._preparing

    async def filled(self) -> bool:
        """Whether there is a mail to take, as soon as that is known.

        Raises at once what preparing has raised.
        """
        while self._failure is None and not self._ready and not self.over:
            self._change.clear()
            await self._change.wait()
        if self._failure is not None:
            raise self._failure
        return not self.over

    async def prepared(self) -> None:
        """Return when all that was begun is ready or disposed of."""
        await asyncio.gather(*self._preparing, return_exceptions=True)

    def take(self) -> Mail | None:
        """The next mail; None when none is ready."""
        if not self._ready:
            if not self._filling.done():
                self._room.lack()
            return None
        self._room.leave(1)
        return self._ready.popleft()

    def rest(self) -> list[Envelope]:
        """All that nobody has taken; nothing of it will be made ready or taken any more."""
        ready = [mail.envelope for mail in self._ready]
        self._room.leave(len(ready))
        self._ready.clear()
        return [*ready, *self._source]

    def close(self) -> None:
        """Prepare nothing more: nobody listens any longer."""
        for task in (self._filling, *self._preparing):
            task.cancel()
        self.rest()

    async def _fill(self) -> None:
        async with self._room.turn:
            while True:
                for _ in range(await self._room.groups()):
                    group = list(itertools.islice(self._source, GROUP))
                    if not group:
                        return
                    self._room.take(len(group))
                    task = asyncio.create_task(self._put(group))
                    self._preparing.add(task)
                    task.add_done_callback(partial(self._is_put, len(group)))

    async def _put(self, group: list[Envelope]) -> int:
        """Make a group ready; returns how many mails came of it."""
        mails = await self._prepare(group)
        is_awaited = not self._ready
        self._ready += mails
        if is_awaited:
            self._changed()
        return len(mails)

    def _is_put(self, copies: int, task: asyncio.Task[int]) -> None:
        """A group's task has ended, perhaps before it began; what has no mail needs no room."""
        self._preparing.discard(task)
        failure = None if task.cancelled() else task.exception()
        self._failure = self._failure or failure
        self._room.leave(copies if task.cancelled() or failure else copies - task.result())
        if self.over or failure:
            self._changed()

    def _changed(self) -> None:
        self._change.set()
        self._tell()
