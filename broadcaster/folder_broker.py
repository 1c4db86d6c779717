"""Celery's broker in a folder, whose messages appear whole.

kombu's own transport creates a message under its name and then writes it. A worker that looks in
between takes an empty one, and ends: «Unrecoverable error: JSONDecodeError» (celery/kombu #1551).
Here a message is written beside and renamed, and so is the table of the one exchange.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import filesystem


class Channel(filesystem.Channel):
    """A folder of messages, each there as a whole or not at all."""

    # kombu's two classes below do not agree about the names of its arguments
    def _put(self, queue: str, message: Any, **_options: Any) -> None:  # type: ignore[override]
        name = f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg"
        put_whole(Path(self.data_folder_out) / name, json.dumps(message))

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


def put_whole(file: Path, text: str) -> None:
    """Write a file so that nobody ever sees a part of it; raises ChannelError."""
    draft = file.with_name(f".{uuid4().hex}")
    try:
        draft.write_text(text, encoding="utf-8")
        os.replace(draft, file)  # noqa: PTH105 - atomic on every system
    except OSError as error:
        raise ChannelError(f"cannot write {file}: {error.strerror}") from error
