"""What arrived at a sandbox platform, in the form in which a parent would see it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, Self

from broadcaster.sandbox.faults import FaultScript


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file under a message; `content` is its bytes as they arrived."""

    name: str
    media_type: str
    content: bytes

    @property
    def is_photo(self) -> bool:
        """Whether it shows as a picture."""
        return self.media_type.startswith("image/")


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as it arrived: `html` is safe to show, `text` is what the plain reader sees,
    `raw` the mail's bytes.

    `address` is the chat, peer or mailbox; `ids` are the platform's names of the message; `album`
    groups the items of one album.
    """

    platform: str
    address: str
    at: datetime
    ids: Mapping[str, str | int]
    text: str = ""
    html: str = ""
    subject: str = ""
    files: tuple[ShownFile, ...] = ()
    buttons: tuple[str, ...] = ()
    album: str = ""
    raw: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Inbox:
    """All that has arrived at one platform, in order; safe between threads."""

    def __init__(self) -> None:
        self._shown: list[Shown] = []
        self._lock = threading.Lock()

    def add(self, shown: Shown) -> None:
        """Store a message that has arrived."""
        with self._lock:
            self._shown.append(shown)

    def all(self) -> tuple[Shown, ...]:
        """Everything so far."""
        with self._lock:
            return tuple(self._shown)

    def of(self, address: str) -> tuple[Shown, ...]:
        """What one chat, peer or mailbox has received."""
        return tuple(shown for shown in self.all() if shown.address == address)

    def change(self, ids: Mapping[str, str | int], **fields: object) -> Shown | None:
        """Edit a message in place; None when there is no such message."""
        with self._lock:
            for place, shown in enumerate(self._shown):
                if dict(shown.ids) == dict(ids):
                    self._shown[place] = replace(shown, **fields)  # type: ignore[arg-type]
                    return self._shown[place]
        return None

    def remove(self, ids: Mapping[str, str | int]) -> Shown | None:
        """Take a recalled message away; None when there is no such message."""
        with self._lock:
            for place, shown in enumerate(self._shown):
                if dict(shown.ids) == dict(ids):
                    return self._shown.pop(place)
        return None

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._shown.clear()


class Platform(Protocol):
    """A local stand-in for one platform. Listens on 127.0.0.1 only; `port` 0 takes a free one.

    `base_url` is what the channel's configuration wants (or `host:port` for mail). `calls` counts
    requests by method. `async with platform:` starts and stops it.
    """

    name: str
    base_url: str
    faults: FaultScript
    inbox: Inbox
    calls: dict[str, int]

    async def __aenter__(self) -> Self:
        """Listen."""

    async def __aexit__(self, *failure: object) -> None:
        """Stop listening and end open connections."""
