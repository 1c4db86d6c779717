"""What is sent: the content that many copies share, and the envelope of each copy."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Self
from uuid import UUID


@dataclass(frozen=True)
class Attachment:
    """A file of the announcement; `media_type` is its MIME type, `size` is in bytes, `digest` is
    SHA-256 in hex.
    """

    name: str
    media_type: str
    size: int
    digest: str
    path: Path
    title: str = ""

    @classmethod
    def of(cls, path: Path, media_type: str, *, name: str = "", title: str = "") -> Self:
        """Describe a file on disk; raises OSError when it cannot be read."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(name or path.name, media_type, path.stat().st_size, digest, path, title)

    @property
    def is_photo(self) -> bool:
        """Whether platforms show it as a picture."""
        return self.media_type in {"image/jpeg", "image/png", "image/gif", "image/webp"}

    @cached_property
    def content(self) -> bytes:
        """The bytes, read once and kept as long as this object lives."""
        return self.path.read_bytes()


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: it opens `url`, or tells us `payload` (at most 64 bytes) when
    pressed.
    """

    label: str
    url: str = ""
    payload: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """Text with named holes for one person's segments: literals at even places, names of holes at
    odd ones.

    Literals are in the channel's markup already. Segments are escaped for it by whoever fills the
    holes in.
    """

    pieces: tuple[str, ...]

    @classmethod
    def plain(cls, text: str) -> Self:
        """Wording without holes."""
        return cls((text,))

    @property
    def personal(self) -> bool:
        """Whether it differs from person to person."""
        return len(self.pieces) > 1

    def fill(self, segments: Mapping[str, str]) -> str:
        """The text for one person; raises KeyError when a segment is missing."""
        if len(self.pieces) == 1:
            return self.pieces[0]
        return "".join(
            segments[piece] if place % 2 else piece for place, piece in enumerate(self.pieces)
        )


@dataclass(frozen=True, eq=False)
class Content:
    """What many copies share: one object an announcement's revision, channel and kind of place.

    A channel may do once per `Content` what is costly, and knows it by identity. `texts` holds one
    wording per message, each within the channel's limits; with attachments, the first is within
    `max_caption`. `html` is the rich alternative of mail and site. `guid` names the announcement
    for ever; corrections keep it.
    """

    guid: str
    subject: Wording
    texts: tuple[Wording, ...]
    html: Wording | None = None
    attachments: tuple[Attachment, ...] = ()
    buttons: tuple[Button, ...] = ()
    labels: tuple[str, ...] = ()

    @cached_property
    def holes(self) -> frozenset[str]:
        """The names of the segments that its texts need."""
        wordings = (*self.texts, self.subject, *([self.html] if self.html else []))
        return frozenset(name for wording in wordings for name in wording.pieces[1::2])

    @property
    def personal(self) -> bool:
        """Whether any text differs from person to person."""
        return bool(self.holes)


@dataclass(frozen=True, slots=True)
class Part:
    """One message the platform took: `number` counts from 0, `ids` are the platform's own names for
    it.
    """

    number: int
    ids: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Envelope:
    """One copy to one place; `delivery_id` is the idempotency key, the same for every attempt.

    `segments` fill the holes of `content` and are escaped for the channel's markup. `raw_segments`
    are the same values unescaped, for subjects, plain parts and addresses of pages. `parts_done`
    were accepted earlier and are not sent again. `unsubscribe` is the https page that stops this
    person's copies, where there is one.
    """

    delivery_id: UUID
    address: str
    content: Content
    segments: Mapping[str, str] = field(default_factory=dict)
    raw_segments: Mapping[str, str] = field(default_factory=dict)
    parts_done: tuple[Part, ...] = ()
    unsubscribe: str = ""

    @property
    def subject(self) -> str:
        """The subject or title for this person, as plain text."""
        return self.content.subject.fill(self.raw_segments)

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts for this person, one per message, in the channel's markup."""
        return tuple(wording.fill(self.segments) for wording in self.content.texts)
