"""Celery's broker in a folder, whose messages appear whole.

kombu's own transport creates a message under its name and then writes it. A worker that looks in
between takes an empty one, and ends: «Unrecoverable error: JSONDecodeError» (celery/kombu #1551).
Here a message is written beside and renamed, and so is the table of the one exchange.

kombu's own transport looks for messages ten times a second, which costs a tenth of a second for
each and wakes an idle machine. Here a worker sleeps beside a pipe into which whoever leaves a
message writes a byte; it looks by itself only once a second, or as often as kombu where a system
has no such pipes.
"""

from __future__ import annotations

import json
import os
import select
import time
from contextlib import suppress
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import filesystem

LOOK_EVERY = 1.0
"""Seconds that a worker with a bell sleeps at most."""

GULP = 65536
"""Bytes that are taken out of a pipe at once: all it holds."""


class Bell:
    """A pipe in the file system: one end sleeps beside it, any number of others ring."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._end: int | None = None

    def listen(self) -> bool:
        """Be there for those who ring from now on; returns False where that cannot be."""
        if self._end is None:
            with suppress(OSError, AttributeError):  # no such pipes in this folder, or system
                with suppress(FileExistsError):
                    os.mkfifo(self._file, 0o600)
                # Both ends, so that the pipe is never at its end when the last ringer leaves.
                self._end = os.open(self._file, os.O_RDWR | os.O_NONBLOCK)
        return self._end is not None

    def wait(self, seconds: float) -> None:
        """Return when somebody has rung, or after so many seconds; raises OSError, never early."""
        if self._end is None:
            time.sleep(seconds)
            return
        waiting = select.poll()
        waiting.register(self._end, select.POLLIN)
        if waiting.poll(seconds * 1000):
            with suppress(BlockingIOError):
                os.read(self._end, GULP)

    def ring(self) -> None:
        """Wake whoever listens; when nobody does, nothing happens."""
        with suppress(OSError):  # nobody is there, or the pipe is full: they will look anyway
            end = os.open(self._file, os.O_WRONLY | os.O_NONBLOCK)
            try:
                os.write(end, b"!")
            finally:
                os.close(end)

    def leave(self) -> None:
        """Listen no more."""
        end, self._end = self._end, None
        if end is not None:
            os.close(end)


class Channel(filesystem.Channel):
    """A folder of messages, each there as a whole or not at all."""

    # kombu's two classes below do not agree about the names of its arguments
    def _put(self, queue: str, message: Any, **_options: Any) -> None:  # type: ignore[override]
        name = f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg"
        put_whole(Path(self.data_folder_out) / name, json.dumps(message))
        bell_of(self.control_folder).ring()

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        """Write the table only when it lacks the queue: all who bind here bind the same ones."""
        file: Path = self._exchange_file(exchange)  # type: ignore[no-untyped-call]
        bound = [list(one) for one in self.get_table(exchange)]  # type: ignore[no-untyped-call]
        wanted = [routing_key or "", pattern or "", queue or ""]
        if wanted not in bound:
            self.control_folder.mkdir(exist_ok=True)
            put_whole(file, json.dumps([wanted, *bound]))


class Transport(filesystem.Transport):
    """kombu's transport with our channel; Celery knows it by `broker_transport`."""

    Channel = Channel

    def __init__(self, client: Any, **options: Any) -> None:
        super().__init__(client, **options)  # type: ignore[no-untyped-call]
        self._bell = bell_of(Path(client.transport_options["control_folder"]))

    def drain_events(
        self,
        connection: Any,  # noqa: ARG002 - kombu's signature
        timeout: float | None = None,
        **_also: Any,
    ) -> None:
        """Deliver one message; raises TimeoutError when none has come in so many seconds."""
        deadline = None if timeout is None else monotonic() + timeout
        rest = LOOK_EVERY if self._bell.listen() else self.polling_interval
        while True:
            try:
                self.cycle.get(self._deliver, timeout=timeout)  # type: ignore[union-attr]
            except Empty:
                left = rest if deadline is None else deadline - monotonic()
                if left <= 0:
                    raise TimeoutError from None
                self._bell.wait(min(rest, left))
            else:
                return

    def close_connection(self, connection: Any) -> None:
        """Leave the folder."""
        self._bell.leave()
        super().close_connection(connection)  # type: ignore[no-untyped-call]


def bell_of(control: Path) -> Bell:
    """The bell of a broker, by its folder for control."""
    return Bell(control / "bell")


def put_whole(file: Path, text: str) -> None:
    """Write a file so that nobody ever sees a part of it; raises ChannelError."""
    draft = file.with_name(f".{uuid4().hex}")
    try:
        draft.write_text(text, encoding="utf-8")
        os.replace(draft, file)  # noqa: PTH105 - atomic on every system
    except OSError as error:
        raise ChannelError(f"cannot write {file}: {error.strerror}") from error
