"""How many requests copies will need, told before there are any."""

from __future__ import annotations

from uuid import UUID

from broadcaster.contract import Content, Envelope
from channels.vk.bundles import CALLS, PEERS
from channels.vk.drafts import Draft, drafts_of
from channels.vk.scripts import LENGTH, call_of
from channels.vk.wall import posts_of

UPLOAD = 3
"""Requests for a file: ask for a server, post it there, save it."""

HANDLE = "photo-1234567890_1234567890_1234567890abcdef"
"""About as long as what names a file."""

SEGMENT = "Константинопольская Александра"
"""About as long as what fills a hole."""


def requests_for(content: Content, copies: int, *, place: bool) -> int:
    """The requests that bring so many copies to people, or to places, files included."""
    if not copies:
        return 0
    uploads = UPLOAD * len(content.attachments)
    filled = dict.fromkeys(content.holes, SEGMENT)
    if place:
        return uploads + copies * len(
            posts_of(content, [text.fill(filled) for text in content.texts])
        )
    drafts = drafts_of(content, [HANDLE] * len(content.attachments))
    if not content.personal:
        return uploads + _rounds(copies, PEERS) * len(drafts)
    example = Envelope(UUID(int=0), "1234567890", content, filled)
    return uploads + sum(_scripts(copies, draft, example) for draft in drafts)


def _scripts(copies: int, draft: Draft, example: Envelope) -> int:
    """How many scripts carry a message that differs from person to person."""
    call = call_of(draft.values([example], draft.wording.fill(example.segments)))
    fit = min(CALLS, max(1, LENGTH // len(call)))
    bundles, rest = divmod(copies, CALLS)
    return bundles * _rounds(CALLS, fit) + _rounds(rest, fit)


def _rounds(copies: int, at_once: int) -> int:
    return -(-copies // at_once)
