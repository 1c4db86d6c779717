"""The e-mail channel: batches over a few persistent, pipelined SMTP connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import ClassVar, Self

from broadcaster.contract import (
    Accepted,
    Capability,
    DataClass,
    Envelope,
    Health,
    Markup,
    Outcome,
    Traits,
    Turnstile,
    Uploads,
)
from channels.email.address import normalise
from channels.email.config import EmailConfig
from channels.email.connection import NotOpened, ask_leave, close_session, server_name
from channels.email.lanes import Lane, Lines
from channels.email.letters import Letters
from channels.email.sending import Sending
from channels.email.stock import GROUP


class Email:
    """Sends each copy as a mail of its own: personal unsubscribe link, personal outcome."""

    name: ClassVar[str] = "email"
    Config: ClassVar[type[EmailConfig]] = EmailConfig
    traits: ClassVar[Traits] = Traits(
        markup=Markup.MAIL,
        data_class=DataClass.PERSONAL,
        capabilities=frozenset({Capability.ATTACHMENTS, Capability.PEOPLE}),
        max_attachment=18_000_000,
        max_all_attachments=18_000_000,  # 25 MB as they travel, the most that Gmail takes
        repeatable=False,
        batch=500,
    )

    def __init__(self, config: EmailConfig, *, turnstile: Turnstile, uploads: Uploads) -> None:
        self._config = config
        self._turnstile = turnstile
        self._letters = Letters(config)
        self._lines = Lines(config)
        del uploads  # a mail carries its files itself

    @staticmethod
    def normalise(raw: str) -> str:
        """The bare address in lower-case ASCII; raises InvalidAddress."""
        return normalise(raw)

    async def __aenter__(self) -> Self:
        """Open nothing yet: the first batch opens as many connections as it can use."""
        return self

    async def __aexit__(self, *failure: object) -> None:
        """Say goodbye on all connections."""
        await self._lines.close()

    async def send(self, batch: Sequence[Envelope]) -> AsyncIterator[tuple[Envelope, Outcome]]:
        """Yield each envelope exactly once with its outcome, as soon as it is known."""
        for envelope in batch:
            if envelope.parts_done:
                yield envelope, Accepted(envelope.parts_done)
        todo = [envelope for envelope in batch if not envelope.parts_done]
        sending = Sending(
            todo, turnstile=self._turnstile, letters=self._letters, room=self._lines.room
        )
        lanes = [
            asyncio.create_task(Lane(sending, self._lines).run())
            for _ in range(min(self._config.connections, -(-len(todo) // GROUP)))
        ]
        try:
            async for settled in sending.outcomes(lanes):
                yield settled
        finally:
            sending.close()
            for lane in lanes:
                lane.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)

    async def check(self) -> Health:
        """Connect, log in, ask whether the sender may write; nothing is sent to anybody."""
        try:
            client = await self._lines.account.open()
        except NotOpened as failure:
            return Health(ok=False, problem=failure.outcome.detail)
        try:
            name = server_name(client)
            await ask_leave(client, self._config.return_path)
        except NotOpened as failure:
            return Health(ok=False, account=name, problem=failure.outcome.detail)
        finally:
            await close_session(client, self._config.timeout)
        return Health(ok=True, account=f"{self._config.sender} at {name}")
