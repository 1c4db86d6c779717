"""A message as its reader sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape

import nh3

from broadcaster.sandbox.phone import Shown, ShownFile

ATTRIBUTES: Mapping[str, set[str]] = {
    **nh3.ALLOWED_ATTRIBUTES,
    "*": {"align", "bgcolor", "dir", "height", "lang", "style", "width"},
}
TAGS = nh3.ALLOWED_TAGS - {"img"} | {"main", "section"}
"""Pictures of a message are among its files; others would tell their owner who looked."""
UNSEEN = {"script", "style", "title"}
"""What goes with everything in it."""


def read(raw: bytes, address: str, at: datetime, queue: str) -> Shown:
    """What came to `address`; pictures shown inside the text are among the files."""
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    headers = {name: str(value) for name, value in message.items()}
    rich = content(message, "html")
    return Shown(
        platform="email",
        address=address,
        at=at,
        ids={"message_id": headers.get("Message-ID", ""), "queue": queue},
        text=content(message, "plain") or _bare(rich),
        html=nh3.clean(rich, tags=TAGS, clean_content_tags=UNSEEN, attributes=ATTRIBUTES),
        subject=headers.get("Subject", ""),
        files=tuple(files(message)),
        raw=raw,
        headers=headers,
    )


def _bare(html: str) -> str:
    return unescape(nh3.clean(html, tags=set(), clean_content_tags=UNSEEN))


def content(message: EmailMessage, kind: str) -> str:
    """The plain or rich text, nothing when there is none; line ends as Python has them."""
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n")


def files(message: EmailMessage) -> Iterator[ShownFile]:
    """Everything that is no text of the message, in order."""
    texts = {id(message.get_body((kind,))) for kind in ("plain", "html")}
    for part in message.walk():
        if part.is_multipart() or id(part) in texts:
            continue
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        yield ShownFile(part.get_filename() or "", part.get_content_type(), data)
