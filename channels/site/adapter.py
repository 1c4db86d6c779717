"""The channel `site`: publishing is writing files, which can be repeated without doubles."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import ClassVar, Self

from broadcaster.contract import (
    Accepted,
    Capability,
    Content,
    DataClass,
    Deferred,
    Envelope,
    Health,
    Held,
    InvalidAddress,
    Markup,
    Outcome,
    Reason,
    Rejected,
    Scope,
    Traits,
    Turnstile,
    Unreachable,
    Uploads,
    held,
)
from channels.site.config import SiteConfig, is_slug
from channels.site.folder import locked, put
from channels.site.publish import publish, renew, withdraw

log = logging.getLogger(__name__)

BATCH = 500
"""Announcements that are published at once."""


class Site:
    """Announcements in a folder that a web server shows; an address is a section of the site.

    `feed` is the whole school, anything else a section such as `3b`. Everybody can read what is
    published here: nothing personal is accepted.
    """

    name: ClassVar[str] = "site"
    traits: ClassVar[Traits] = Traits(
        markup=Markup.SITE,
        data_class=DataClass.PUBLIC,
        capabilities=frozenset({Capability.ATTACHMENTS, Capability.DESTINATIONS}),
        max_attachment=100_000_000,
        repeatable=True,
        batch=BATCH,
    )
    Config: ClassVar[type[SiteConfig]] = SiteConfig

    def __init__(self, config: SiteConfig, *, turnstile: Turnstile, uploads: Uploads) -> None:
        self._config = config
        self._turnstile = turnstile
        self._uploads = uploads

    @staticmethod
    def normalise(raw: str) -> str:
        """The section's name in small letters; raises InvalidAddress."""
        slug = raw.strip().lower()
        if not is_slug(slug):
            raise InvalidAddress(
                "expected 'feed' or a section's name of Latin letters, digits and hyphens"
            )
        return slug

    async def __aenter__(self) -> Self:
        """Make feeds and pages anew; when that fails, so will `send`, which says why."""
        if not self._config.obstacle:
            try:
                await asyncio.to_thread(renew, self._config)
            except OSError as error:
                log.warning("site.not_renewed", extra={"problem": type(error).__name__})
        return self

    async def __aexit__(self, *failure: object) -> None:
        """There is nothing to close."""

    async def send(self, batch: Sequence[Envelope]) -> AsyncIterator[tuple[Envelope, Outcome]]:
        """Publish a batch; feeds and pages are made once, at its end."""
        ready = []
        for envelope in batch:
            if (answer := self._answer(envelope)) is None:
                ready.append(envelope)
            else:
                yield envelope, answer
        if not ready:
            return
        try:
            await self._turnstile(ready)
        except Held as pause:
            for envelope in ready:
                yield envelope, held(pause)
            return
        for pair in await asyncio.to_thread(publish, self._config, ready, now=datetime.now(UTC)):
            yield pair

    def _answer(self, envelope: Envelope) -> Outcome | None:
        """The outcome that needs no publishing; None when the copy is to be published."""
        content = envelope.content
        if envelope.parts_done:
            return Accepted(envelope.parts_done)
        if content.personal:
            return Rejected(Reason.POLICY, "a public site carries nothing personal")
        if any(file.size > self.traits.max_attachment for file in content.attachments):
            return Rejected(Reason.TOO_LARGE, "an attachment is over 100 MB")
        if not is_slug(envelope.address):
            return Unreachable(Reason.NOT_FOUND, "no section of the site has such a name")
        if obstacle := self._config.obstacle:
            return Deferred(Reason.NEEDS_PERSON, scope=Scope.CHANNEL, detail=obstacle)
        return None

    async def withdraw(self, guid: str) -> bool:
        """Take an announcement off the site; say whether it was there. Raises OSError."""
        return await asyncio.to_thread(withdraw, self._config, guid)

    async def check(self) -> Health:
        """Whether the folder can be written and `public_url` is fit for families."""
        problem = await asyncio.to_thread(self._trouble) or self._config.problem
        return Health(ok=not problem, account=self._config.public_url, problem=problem)

    def _trouble(self) -> str:
        """Why the folder cannot be written; empty when it can."""
        probe = self._config.folder / ".probe"
        try:
            with locked(self._config.folder):
                put(probe, b"")
                probe.unlink()
        except OSError as error:
            return f"the folder {self._config.folder} cannot be written: {error.strerror}"
        return ""


def requests_for(content: Content, copies: int, *, place: bool) -> int:
    """The passages through the turnstile for so many copies: one a batch, whatever is in it."""
    del content, place
    return -(-copies // BATCH)
