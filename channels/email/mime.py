"""Mail as bytes: one tree per content by the standard library, then only what is personal.

`EmailMessage` builds the tree once, with marks where the two texts belong; it costs some 3 ms.
The bytes between the marks are the same for everybody and are kept. A copy is those bytes, the
person's header fields before them and the person's texts, in base64, between them. No line of such
a message begins with a dot, so that nothing needs stuffing on the wire.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from broadcaster.contract import Content, Envelope, Wording
from channels.email.body import Body, encoded
from channels.email.config import EmailConfig
from channels.email.headers import field, link, one_line
from channels.email.tree import joined, rich_text, tree

JOINED = 64 * 1024
"""Messages up to so many bytes are one piece; larger ones share their attachments."""
COMMAND_SAFE = re.compile(r"[!#-;=?-~]+")
"""Printable ASCII but for spaces, quotes and angle brackets."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One copy ready for the wire: `chunks` joined are the message, each line ending in CRLF."""

    envelope: Envelope
    message_id: str
    chunks: tuple[bytes, ...]

    @property
    def size(self) -> int:
        """In bytes."""
        return sum(map(len, self.chunks))


class Letter:
    """The mail of one content: everything that is the same for all its copies."""

    def __init__(self, content: Content, config: EmailConfig) -> None:
        self._domain = config.domain
        self._subject = content.subject
        self._common_subject = b"" if content.subject.personal else subject_field(content.subject)
        self._text, self._html, self._frames = skeleton(content, config)

    def write(self, envelope: Envelope, date: bytes) -> Mail:
        """The copy for one person; `date` is the whole Date field.

        Raises KeyError for a missing segment, ValueError for an address unfit for a command line.
        """
        if not COMMAND_SAFE.fullmatch(envelope.address):
            raise ValueError("the address could end the command it stands in")
        message_id = f"<{envelope.delivery_id}@{self._domain}>"
        chunks = [self._header(envelope, message_id, date), self._frames[0]]
        raw = in_bytes(envelope.raw_segments)
        if self._text is not None:
            chunks += (self._text.fill(raw), self._frames[1])
        if self._html is not None:
            same = envelope.segments is envelope.raw_segments  # most names need no escaping
            words = raw if same else in_bytes(envelope.segments)
            chunks += (self._html.fill(words), self._frames[-1])
        if sum(map(len, chunks)) <= JOINED:
            chunks = [b"".join(chunks)]
        return Mail(envelope, message_id, tuple(chunks))

    def _header(self, envelope: Envelope, message_id: str, date: bytes) -> bytes:
        subject = self._common_subject or subject_field(self._subject, envelope.raw_segments)
        head = f"To: {envelope.address}\r\nMessage-ID: {message_id}\r\n"
        head += unsubscribe_fields(envelope.unsubscribe)
        return b"".join((head.encode("ascii"), date, subject))


def in_bytes(segments: Mapping[str, str]) -> dict[str, bytes]:
    """Somebody's segments as the bodies have them."""
    return {name: encoded(value) for name, value in segments.items()}


def subject_field(subject: Wording, segments: Mapping[str, str] | None = None) -> bytes:
    """The Subject field for one person."""
    return field("Subject", one_line(subject.fill(segments or {})))


def unsubscribe_fields(url: str) -> str:
    """The two fields of one-click unsubscription (RFC 8058), nothing without a page."""
    if not url:
        return ""
    one_click = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    return f"List-Unsubscribe: <{link(url)}>\r\n{one_click}"


def skeleton(content: Content, config: EmailConfig) -> tuple[Body | None, Body | None, list[bytes]]:
    """The personal bodies, None where a text is the same for all, and the bytes around them."""
    text, html = Body(joined(content.texts)), None
    marks = {text: uuid4().hex}
    if content.html is not None:
        html = Body(rich_text(content.html, content.attachments))
        marks[html] = uuid4().hex
    frame = tree(content, config, *marks.values()).as_bytes() + b"\r\n"
    frames = []
    for body, mark in marks.items():
        before, found, frame = frame.partition(mark.encode("ascii"))
        assert found, "the tree has lost a mark"
        if body.personal:
            frames.append(before)
        else:
            frame = before + body.fill({}) + frame
    frames.append(frame)
    return text if text.personal else None, html if html and html.personal else None, frames
