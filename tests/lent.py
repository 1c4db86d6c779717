"""What the core lends a channel, in memory: a turnstile that keeps a record, and uploads."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from broadcaster.contract import Attachment, Envelope, Held


@dataclass(frozen=True, slots=True)
class Passage:
    """One call of the turnstile that was let through."""

    envelopes: tuple[Envelope, ...]
    place: str
    requests: int


class OpenTurnstile:
    """Lets everything through and keeps a record, until `hold` shuts it for good.

    `passages` are the calls let through, `holds` the waits asked for, `refused` counts calls
    turned away, `left` are the deliveries said to leave.
    """

    def __init__(self) -> None:
        self.left: list[UUID] = []
        self.passages: list[Passage] = []
        self.holds: list[float] = []
        self.refused = 0

    async def __call__(
        self,
        envelopes: Sequence[Envelope],
        *,
        place: str = "",
        requests: int = 1,
        ahead: bool = False,
    ) -> None:
        if self.holds:
            self.refused += 1
            raise Held(max(self.holds))
        self.passages.append(Passage(tuple(envelopes), place, requests))
        if not ahead:
            self.leaves(envelopes)

    def leaves(self, envelopes: Iterable[Envelope]) -> None:
        """Keep a record of what leaves."""
        self.left += (envelope.delivery_id for envelope in envelopes)

    @asynccontextmanager
    async def passing(
        self, envelopes: Sequence[Envelope], *, place: str = "", requests: int = 1
    ) -> AsyncIterator[None]:
        await self(envelopes, place=place, requests=requests)
        yield

    def hold(self, retry_after: float) -> None:
        """Make every later call raise Held."""
        self.holds.append(retry_after)

    def forget(self) -> None:
        """Open again, with an empty record."""
        for record in (self.left, self.passages, self.holds):
            record.clear()
        self.refused = 0

    @property
    def recorded(self) -> list[UUID]:
        """The deliveries on record as leaving, in order, once for every time they were named."""
        return [envelope.delivery_id for passage in self.passages for envelope in passage.envelopes]


class MemoryUploads:
    """Handles of uploaded files, by digest and kind."""

    def __init__(self) -> None:
        self.handles: dict[tuple[str, str], str] = {}

    async def recall(self, attachment: Attachment, kind: str) -> str | None:
        """The handle kept for this file, None when there is none."""
        return self.handles.get((attachment.digest, kind))

    async def keep(self, attachment: Attachment, kind: str, handle: str) -> None:
        """Remember a handle."""
        self.handles[attachment.digest, kind] = handle

    async def forget(self, attachment: Attachment, kind: str) -> None:
        """Drop a handle."""
        self.handles.pop((attachment.digest, kind), None)
