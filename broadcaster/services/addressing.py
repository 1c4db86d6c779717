"""Envelopes for claimed copies: the shared content once, the person's segments each."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from broadcaster.contract import Content, Envelope, Part
from broadcaster.domain.keys import delivery_key
from broadcaster.rendering.holes import Hole
from broadcaster.rendering.mistakes import RenderingMistake
from broadcaster.rendering.segments import segments
from broadcaster.services.acknowledging import acknowledge_token
from broadcaster.services.contents import attachments_of, content_of, text_of
from broadcaster.services.control import set_aside, unsubscribe_token
from broadcaster.services.outlets import Office, Outlet
from broadcaster.services.scribe import Scribe
from broadcaster.store.queries.claiming import Claimed, children_of

log = logging.getLogger(__name__)

BREATH = 50
"""After so many envelopes whoever waits for an answer or for his turn comes first."""
KEPT = 16
"""Contents kept ready; more announcements than that are rarely under way on one channel."""


class Addresser:
    """Addresses one channel's copies."""

    def __init__(self, office: Office, outlet: Outlet, scribe: Scribe) -> None:
        self._office = office
        self._outlet = outlet
        self._scribe = scribe
        self._site = office.school.public_url.rstrip("/")
        self._contents: OrderedDict[tuple[UUID, bool], Content] = OrderedDict()

    async def envelopes(self, copies: Sequence[Claimed]) -> list[Envelope]:
        """One envelope a copy; copies of one announcement share their content.

        What cannot be rendered any more is set aside and stops no other announcement.
        """
        made: list[Envelope] = []
        groups: dict[tuple[UUID, bool], list[Claimed]] = {}
        for copy in copies:
            groups.setdefault((copy.announcement, copy.guardian is not None), []).append(copy)
        for (announcement, personal), mine in groups.items():
            try:
                content = await self._content(announcement, personal=personal)
            except RenderingMistake as mistake:  # a template was changed after the release
                log.error("dispatch.set_aside", extra={"announcement": str(announcement)})  # noqa: TRY400 - the mistake may quote the text
                now = datetime.now(UTC)
                await self._scribe.insist(set_aside, announcement, str(mistake), now=now)
                continue
            children = await self._children(content, announcement, mine)
            for number, copy in enumerate(mine, start=1):
                made.append(self._envelope(copy, content, children.get(copy.guardian or 0, ())))
                if number % BREATH == 0:
                    await asyncio.sleep(0)
        return made

    async def _content(self, announcement: UUID, *, personal: bool) -> Content:
        key = (announcement, personal)
        if key not in self._contents:
            text = await self._scribe.insist(text_of, self._office, announcement)
            files = await self._scribe.insist(attachments_of, self._office.files, announcement)
            self._contents[key] = content_of(
                self._office, self._outlet, text, files, personal=personal
            )
            if len(self._contents) > KEPT:
                self._contents.popitem(last=False)
        return self._contents[key]

    async def _children(
        self, content: Content, announcement: UUID, copies: Iterable[Claimed]
    ) -> dict[int, list[str]]:
        if Hole.CHILDREN not in content.holes:
            return {}
        guardians = [copy.guardian for copy in copies if copy.guardian is not None]
        return await self._scribe.insist(children_of, guardians, announcement)

    def _envelope(self, copy: Claimed, content: Content, children: Sequence[str]) -> Envelope:
        key, page = delivery_key(copy.announcement, copy.id), self._unsubscribe_page(copy)
        asked = Hole.ACKNOWLEDGE in content.holes
        filled = segments(
            self._outlet.traits.markup,
            content.holes,
            name=copy.name,
            children=children,
            unsubscribe=page,
            acknowledge=self._page("a", acknowledge_token(key)) if asked else "",
        )
        return Envelope(
            delivery_id=key,
            address=copy.address,
            content=content,
            segments=filled.escaped,
            raw_segments=filled.raw,
            parts_done=tuple([Part(number, ids) for number, ids in copy.parts]),
            unsubscribe=page,
        )

    def _unsubscribe_page(self, copy: Claimed) -> str:
        if not self._site or copy.address_id is None:
            return ""
        return self._page("u", unsubscribe_token(copy.address_id, copy.address))

    def _page(self, kind: str, token: str) -> str:
        return f"{self._site}/{kind}/{token}"
