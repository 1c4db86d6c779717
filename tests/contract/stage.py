"""Every channel's row, and a running platform with the channel open towards it."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from broadcaster.contract import (
    Accepted,
    Channel,
    Content,
    Envelope,
    Markup,
    Outcome,
    Part,
    Wording,
)
from broadcaster.sandbox.faults import Fault, FaultKind
from broadcaster.sandbox.phone import Platform
from tests.contract.row import Ability, Row
from tests.lent import MemoryUploads, OpenTurnstile

ROWS: list[Row] = [
    importlib.import_module(f"tests.contract.{path.stem}").row
    for path in sorted(Path(__file__).parent.glob("rows_*.py"))
]
TEXT = "Завтра утренник, приходите нарядными 🎉"


def every(rows: Iterable[Row], *abilities: Ability) -> pytest.MarkDecorator:
    able = [row for row in rows if all(row.can(ability) for ability in abilities)]
    return pytest.mark.parametrize("row", able, ids=str)


def each_trouble(rows: Iterable[Row]) -> pytest.MarkDecorator:
    pairs = [
        pytest.param(row, trouble, id=f"{row}-{trouble}")
        for row in rows
        for trouble in row.troubles
    ]
    return pytest.mark.parametrize(("row", "trouble"), pairs)


@dataclass(frozen=True)
class Stage:
    """A running platform, a channel open towards it, and what the channel was lent."""

    row: Row
    platform: Platform
    channel: Channel
    turnstile: OpenTurnstile

    def content(self, *texts: str) -> Content:
        rich = self.channel.traits.markup in {Markup.MAIL, Markup.SITE}
        return Content(
            guid=str(uuid4()),
            subject=Wording.plain("Объявление"),
            texts=tuple(Wording.plain(text) for text in texts),
            html=Wording.plain("".join(f"<p>{text}</p>" for text in texts)) if rich else None,
        )

    def envelope(
        self, *texts: str, address: str = "", parts_done: tuple[Part, ...] = ()
    ) -> Envelope:
        content = self.content(*(texts or (TEXT,)))
        return Envelope(uuid4(), address or self.row.address, content, parts_done=parts_done)

    def batch(self, count: int) -> list[Envelope]:
        content = self.content(TEXT)
        places = (self.row.address, self.row.another)
        return [Envelope(uuid4(), places[number % 2], content) for number in range(count)]

    async def send(self, *envelopes: Envelope) -> list[tuple[Envelope, Outcome]]:
        return [pair async for pair in self.channel.send(envelopes)]

    async def outcome(self, envelope: Envelope) -> Outcome:
        [(same, outcome)] = await self.send(envelope)
        assert same is envelope
        return outcome

    async def begin(self) -> None:
        """Let a first message pass: what goes wrong from now on goes wrong in the midst of work."""
        while not isinstance(await self.outcome(self.envelope()), Accepted):
            self.turnstile.forget()
        self.turnstile.forget()
        self.platform.inbox.clear()

    def arrived(self, address: str = "") -> list[str]:
        return [shown.text for shown in self.platform.inbox.of(address or self.row.address)]


LONG, SHORT = 10.0, 0.4
"""Seconds: nobody shall run out of patience because this machine has other work as well."""
TRYING = frozenset({FaultKind.SLOW, FaultKind.GARBAGE})


def patience(faults: Sequence[Fault]) -> float:
    """How long a channel waits for answers: briefly where one must not be waited for."""
    return SHORT if TRYING & {fault.kind for fault in faults} else LONG


@asynccontextmanager
async def staged(row: Row, *faults: Fault, at_work: bool = True) -> AsyncIterator[Stage]:
    """A platform with these faults; `at_work` lets a message pass before they begin."""
    turnstile, wait = OpenTurnstile(), patience(faults)
    async with (
        row.platform() as platform,
        row.channel(platform, turnstile, MemoryUploads(), wait) as channel,
    ):
        stage = Stage(row, platform, channel, turnstile)
        if at_work and row.can(Ability.CONNECTION):
            await stage.begin()
        platform.faults.add(*faults)
        yield stage
