"""Which messages a copy becomes: decided from the envelope alone, so that a retry counts alike."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from broadcaster.contract import Attachment, Button, Content, Envelope

ALBUM = 10
"""The most files of one album (Bot API, sendMediaGroup)."""
REQUEST_BYTES = 50_000_000
"""The most bytes of one upload (Bot API, Sending files); an album leaves in one."""
PHOTO_BYTES = 10_000_000
"""The largest photo (Bot API, sendPhoto); larger ones travel as documents."""
_PHOTO_TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})
"""GIF is left out: sendPhoto would keep its first frame only."""
_VIDEO_TYPES = frozenset({"video/mp4"})
"""What sendVideo plays; other films travel as documents (Bot API, sendVideo)."""


class Kind(StrEnum):
    """How a file is shown; handles of one kind cannot be sent as another."""

    PHOTO = "photo"
    VIDEO = "video"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Item:
    """A file and the way it is to be shown."""

    attachment: Attachment
    kind: Kind


@dataclass(frozen=True, slots=True)
class Message:
    """One request: a text, or files with `text` for their caption; two or more are an album."""

    number: int
    text: str = ""
    items: tuple[Item, ...] = ()
    buttons: tuple[Button, ...] = ()

    @property
    def has_photo(self) -> bool:
        """Whether any file is to be shown as a photo."""
        return any(item.kind is Kind.PHOTO for item in self.items)

    def as_documents(self) -> Message:
        """The same message with every file as it is; albums do not mix documents with photos."""
        items = tuple(Item(item.attachment, Kind.DOCUMENT) for item in self.items)
        return replace(self, items=items)


def plan(envelope: Envelope) -> tuple[Message, ...]:
    """The messages of this copy in order: albums and files first, then the texts.

    The first text is the first file's caption, the buttons stand under the last message. None when
    there is neither a text nor a file.
    """
    albums = _albums(envelope.content.attachments)
    texts = [text for text in envelope.texts if text.strip()]
    buttons = envelope.content.buttons
    caption = texts.pop(0) if albums and texts else ""
    if buttons and albums and not texts and len(albums[-1]) > 1:
        # An album carries no buttons: its caption becomes a message that can.
        texts, caption = [caption or _stand_in(envelope)], ""
    bodies: list[tuple[str, tuple[Item, ...]]] = [("", items) for items in albums]
    if albums:
        bodies[0] = (caption, albums[0])
    bodies += [(text, ()) for text in texts]
    return tuple(
        Message(number, text, items, buttons if number == len(bodies) - 1 else ())
        for number, (text, items) in enumerate(bodies)
    )


def requests_for(content: Content, copies: int, *, place: bool) -> int:
    """The requests that bring so many copies to people or places: one for each message."""
    del place  # no place is written to otherwise than a person
    filled = dict.fromkeys(content.holes, "…")
    example = Envelope(UUID(int=0), "1", content, filled, filled)
    return copies * len(plan(example))


def _stand_in(envelope: Envelope) -> str:
    """A text to hang buttons on where the author wrote none."""
    return html.escape(envelope.subject.strip() or envelope.content.buttons[0].label)


def _albums(attachments: Sequence[Attachment]) -> list[tuple[Item, ...]]:
    """Photos and films together, documents apart, in the author's order."""
    items = [Item(attachment, _kind(attachment)) for attachment in attachments]
    seen = [item for item in items if item.kind is not Kind.DOCUMENT]
    read = [item for item in items if item.kind is Kind.DOCUMENT]
    return [*_requests(seen), *_requests(read)]


def _requests(items: Sequence[Item]) -> Iterator[tuple[Item, ...]]:
    """Ten to an album at most, and no more bytes than one request may bring."""
    album: list[Item] = []
    room = REQUEST_BYTES
    for item in items:
        if album and (len(album) == ALBUM or item.attachment.size > room):
            yield tuple(album)
            album, room = [], REQUEST_BYTES
        album.append(item)
        room -= item.attachment.size
    if album:
        yield tuple(album)


def _kind(attachment: Attachment) -> Kind:
    if attachment.media_type in _PHOTO_TYPES and attachment.size <= PHOTO_BYTES:
        return Kind.PHOTO
    return Kind.VIDEO if attachment.media_type in _VIDEO_TYPES else Kind.DOCUMENT
