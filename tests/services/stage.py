"""A tiny real channel in memory, scripted per address, and an office around it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, Storage

from broadcaster.config import School
from broadcaster.config_values import Colour
from broadcaster.contract import (
    Accepted,
    Capability,
    Crew,
    DataClass,
    Envelope,
    Health,
    Held,
    Markup,
    Outcome,
    Part,
    Traits,
    Turnstile,
    Uploads,
    held,
)
from broadcaster.domain.policy import QuietHours
from broadcaster.domain.verdict import RetryPolicy
from broadcaster.rendering.templates import Templates
from broadcaster.services.dispatch import drain
from broadcaster.services.outlets import Office, Outlet

MOSCOW = ZoneInfo("Europe/Moscow")
LEASE = timedelta(seconds=45)
RETRIES = RetryPolicy(tries=3, first_wait=10, factor=2, longest_wait=60)

Answer = Outcome | Exception | Callable[[], Outcome]
"""What the platform does with one request: says so, breaks, or does something first."""


@dataclass
class Platform:
    """What one platform has got, and its script: address → answers in order, then Accepted.

    `arrived` are the requests that left, in order. `openings` counts the channels opened. `pause`
    is how long a request takes, in seconds.
    """

    script: dict[str, list[Answer]] = field(default_factory=dict)
    concurrency: int = 4
    pause: float = 0.0
    arrived: list[Envelope] = field(default_factory=list)
    openings: int = 0
    ids: Any = field(default_factory=lambda: count(1))

    def take(self, envelope: Envelope) -> Outcome:
        """Store one request and answer it; raises what the script says."""
        self.arrived.append(envelope)
        left = self.script.get(envelope.address)
        answer = left.pop(0) if left else Accepted((Part(0, {"id": next(self.ids)}),))
        if isinstance(answer, Exception):
            raise answer
        return answer() if callable(answer) else answer

    def addresses(self) -> list[str]:
        """Where requests went, sorted."""
        return sorted(envelope.address for envelope in self.arrived)

    def deliveries(self) -> list[UUID]:
        """The deliveries that arrived, once for every request."""
        return [envelope.delivery_id for envelope in self.arrived]


class Single:
    """One request a copy, some at once, like Telegram."""

    name: ClassVar[str] = "alpha"
    traits: ClassVar[Traits] = Traits(
        markup=Markup.PLAIN,
        data_class=DataClass.PERSONAL,
        capabilities=frozenset(Capability),
        batch=20,
    )
    Config: ClassVar[type[Any]] = Platform

    def __init__(self, config: Platform, *, turnstile: Turnstile, uploads: Uploads) -> None:
        self._platform = config
        self._turnstile = turnstile
        self._crew = Crew(self._deliver, concurrency=config.concurrency)

    @staticmethod
    def normalise(raw: str) -> str:
        return raw

    async def __aenter__(self) -> Self:
        self._platform.openings += 1
        return self

    async def __aexit__(self, *failure: object) -> None:
        pass

    def send(self, batch: Sequence[Envelope]) -> AsyncIterator[tuple[Envelope, Outcome]]:
        return self._crew.each(batch)

    async def check(self) -> Health:
        return Health(ok=True, account="@school")

    async def _deliver(self, envelope: Envelope) -> Outcome:
        await self._turnstile([envelope])
        await asyncio.sleep(self._platform.pause)
        return self._platform.take(envelope)


class Bulk(Single):
    """One request a batch, like VK."""

    async def send(  # type: ignore[override]
        self, batch: Sequence[Envelope]
    ) -> AsyncIterator[tuple[Envelope, Outcome]]:
        try:
            await self._turnstile(batch)
        except Held as pause:
            for envelope in batch:
                yield envelope, held(pause, envelope.parts_done)
            return
        for envelope in batch:
            yield envelope, self._platform.take(envelope)


def traits(**also: Any) -> Traits:
    """The tiny channel's traits with some of them different."""
    return replace(Single.traits, **also)


def outlet(
    platform: Platform,
    name: str = "alpha",
    *,
    kind: type[Single] = Single,
    limits: Sequence[str] = (),
    place_limits: Sequence[str] = (),
    lanes: int = 1,
    carries: DataClass = DataClass.PERSONAL,
    **different: Any,
) -> Outlet:
    """The platform as a channel that is switched on; `different` are its traits."""
    adapter = type(kind.__name__, (kind,), {"name": name, "traits": traits(**different)})
    return Outlet(
        name=name,
        adapter=adapter,
        config=platform,
        carries=carries,
        limits=parsed(limits),
        place_limits=parsed(place_limits),
        lanes=lanes,
    )


def parsed(limits: Sequence[str]) -> tuple[RateLimitItem, ...]:
    return tuple(map(parse, limits))


def office(
    *outlets: Outlet | Platform,
    quiet: QuietHours | None = None,
    lease: timedelta = LEASE,
    public_url: str = "",
    storage: Storage | None = None,
    files: Path = Path("/nonexistent"),
    templates: Path | None = None,
    flights: Path | None = None,
) -> Office:
    """An office with these channels; a bare platform is channel «alpha»."""
    made = [one if isinstance(one, Outlet) else outlet(one) for one in outlets]
    return Office(
        school=School("Школа № 1", MOSCOW, "", public_url, Colour("#1f5fa8")),
        quiet=quiet,
        retries=RETRIES,
        lease=lease,
        outlets={one.name: one for one in made},
        limits_storage=storage or MemoryStorage(),
        templates=Templates(templates),
        files=files,
        largest_file=1000,
        most_files=3,
        flights=flights,
    )


def drained(of: Office, channel: str = "alpha") -> int:
    """Send what is due and return how many copies got an answer."""
    return asyncio.run(drain(of, channel))
