"""Letters of the program itself to the staff, over the school's mail channel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from broadcaster.contract import (
    Accepted,
    Attachment,
    Content,
    Envelope,
    Markup,
    Outcome,
    Reason,
    Rejected,
    Wording,
)
from broadcaster.services.outlets import Office, Outlet

log = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds that a mail server may take."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One plain letter."""

    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)


class _Open:
    """A turnstile for one letter: the school's limits are about families."""

    async def __call__(
        self, envelopes: Sequence[Envelope], *, place: str = "", requests: int = 1
    ) -> None:
        """Let it through."""

    def hold(self, retry_after: float) -> None:
        """Nobody waits."""


class _NoUploads:
    """Letters have no files."""

    async def recall(self, attachment: Attachment, kind: str) -> str | None:
        """There is none."""

    async def keep(self, attachment: Attachment, kind: str, handle: str) -> None:
        """Nothing is kept."""

    async def forget(self, attachment: Attachment, kind: str) -> None:
        """Nothing was kept."""


def can_write(office: Office) -> bool:
    """Whether the school has a mail channel that is switched on."""
    return _mail(office) is not None


def write(office: Office, letter: Letter) -> bool:
    """Send a letter now; whether the mail server took it. Faults are logged without the address."""
    outlet = _mail(office)
    if outlet is None:
        return False
    try:
        outcome = asyncio.run(_write(outlet, letter))
    except Exception as fault:  # noqa: BLE001 - a letter never breaks what it tells of
        log.warning("letter.failed", extra={"error": type(fault).__name__})
        return False
    if not isinstance(outcome, Accepted):
        log.warning("letter.refused", extra={"outcome": type(outcome).__name__.lower()})
    return isinstance(outcome, Accepted)


def _mail(office: Office) -> Outlet | None:
    outlets = office.outlets.values()
    return next((one for one in outlets if one.traits.markup is Markup.MAIL), None)


async def _write(outlet: Outlet, letter: Letter) -> Outcome:
    content = Content(
        guid=uuid4().hex, subject=Wording.plain(letter.subject), texts=(Wording.plain(letter.text),)
    )
    envelope = Envelope(uuid4(), outlet.adapter.normalise(letter.to), content)  # type: ignore[call-arg, arg-type]
    async with asyncio.timeout(PATIENCE):
        async with outlet.adapter(
            outlet.config, turnstile=_Open(), uploads=_NoUploads()
        ) as channel:
            async for _envelope, outcome in channel.send([envelope]):
                return outcome
    return Rejected(Reason.POLICY)
