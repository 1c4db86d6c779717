"""What a connection asks of the event loop: bytes out in slices, and an eye on the clock."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

SLICE = 128 * 1024
"""Bytes given to the transport at once; the rest of a large message waits until they are gone."""


class Outbox:
    """Writes without filling memory; `empty` tells whether every byte was given to the system."""

    def __init__(self, transport: asyncio.WriteTransport) -> None:
        self._transport = transport
        self._waiting: deque[memoryview] = deque()
        self._paused = False
        self._descriptor = bare_descriptor(transport)

    @property
    def empty(self) -> bool:
        """Whether nothing waits here."""
        return not self._waiting

    def post(self, chunks: Sequence[bytes]) -> None:
        """Write these in order, small ones at once and together."""
        if sum(map(len, chunks)) <= SLICE and self.empty and not self._paused:
            self._send(b"".join(chunks))
            return
        for chunk in chunks:
            view = memoryview(chunk)
            self._waiting += (view[at : at + SLICE] for at in range(0, len(view), SLICE))
        self._write()

    def pause(self) -> None:
        """The transport holds enough bytes."""
        self._paused = True

    def resume(self) -> None:
        """The transport takes bytes again."""
        self._paused = False
        self._write()

    def _send(self, data: bytes) -> None:
        """Let the bytes leave, past the transport where it has nothing to do with them.

        uvloop keeps the interpreter's lock while it writes, and the thread that records copies
        would stand still meanwhile.
        """
        if self._transport.is_closing():
            return  # its number may be somebody else's by now
        if self._descriptor >= 0 and not self._transport.get_write_buffer_size():
            with suppress(OSError):  # the transport meets it too, and tells
                data = data[os.write(self._descriptor, data) :]
        if data:
            self._transport.write(data)

    def _write(self) -> None:
        while self._waiting and not self._paused:
            self._transport.write(self._waiting.popleft())


def bare_descriptor(transport: asyncio.WriteTransport) -> int:
    """The file descriptor of a connection whose bytes leave as they are, else -1.

    Encrypted ones are the transport's own affair, and others than uvloop's write well.
    """
    if not type(transport).__module__.startswith("uvloop"):
        return -1
    encrypted = transport.get_extra_info("sslcontext") is not None
    return -1 if encrypted else int(transport.get_extra_info("socket").fileno())


class Watch:
    """Calls `late` when nothing was heard for `timeout` seconds while `waiting` says we wait.

    One timer serves many questions: it looks at the clock when it fires, not at every answer.
    """

    def __init__(
        self, timeout: float, *, waiting: Callable[[], bool], late: Callable[[], None]
    ) -> None:
        self._timeout = timeout
        self._waiting = waiting
        self._late = late
        self._loop = asyncio.get_running_loop()
        self._heard = self._loop.time()
        self._timer: asyncio.TimerHandle | None = None

    def heard(self) -> None:
        """The other side shows signs of life, or has been asked something after a rest."""
        self._heard = self._loop.time()

    def start(self) -> None:
        """Watch from now on, until nothing is waited for."""
        if self._timer is None:
            self._timer = self._loop.call_later(self._timeout, self._look)

    def stop(self) -> None:
        """Watch no longer."""
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        self._timer = None
        if not self._waiting():
            return
        rest = self._heard + self._timeout - self._loop.time()
        if rest > 0:
            self._timer = self._loop.call_later(rest, self._look)
        else:
            self._late()
