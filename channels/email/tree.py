"""The mail of a content as the standard library builds it: texts, photos in them, files below."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

from broadcaster.contract import Attachment, Content, Wording
from channels.email.config import EmailConfig
from channels.email.headers import one_line

PLACE_OF_PHOTOS = '<div class="photos"></div>'
"""What a template writes where it wants the photos that its text does not place itself."""
MEDIA_TYPE = re.compile(r"(application|audio|font|image|model|text|video)/([\w.+-]+)", re.ASCII)


def tree(content: Content, config: EmailConfig, text: str, html: str = "") -> EmailMessage:
    """The whole message with the two given payloads in place of the texts' base64."""
    message = EmailMessage(policy=SMTP)
    for name, value in common_fields(config):
        message[name] = value
    message.set_content("", cte="base64")
    message.set_payload(text)
    if html:
        message.add_alternative("", subtype="html", cte="base64")
        *_, rich = message.iter_parts()
        assert isinstance(rich, EmailMessage)
        rich.set_payload(html)
        for photo in photos(content):
            attach(rich, photo, inline=True)
    inline = photos(content) if html else ()
    for file in content.attachments:
        if file not in inline:
            attach(message, file, inline=False)
    return message


def common_fields(config: EmailConfig) -> Iterator[tuple[str, str | Address]]:
    """The fields that every mail of the account has."""
    yield "From", Address(one_line(config.sender_name), addr_spec=config.sender)
    if config.reply_to:
        yield "Reply-To", Address(addr_spec=config.reply_to)
    if config.list_id:
        yield "List-Id", one_line(config.list_id)
    yield "Auto-Submitted", "auto-generated"
    yield "Precedence", "bulk"


def attach(message: EmailMessage, file: Attachment, *, inline: bool) -> None:
    """Add a file: inside the rich text where it can be shown, else below the message."""
    known = MEDIA_TYPE.fullmatch(file.media_type.lower())
    kind, subkind = known.groups() if known else ("application", "octet-stream")
    name = one_line(file.name).replace("/", "_") or "file"
    if inline:
        message.add_related(
            file.content,
            kind,
            subkind,
            cid=f"<{photo_id(file)}>",
            filename=name,
            disposition="inline",
        )
    else:
        message.add_attachment(file.content, kind, subkind, filename=name)


def photos(content: Content) -> tuple[Attachment, ...]:
    """The attachments shown inside the rich text."""
    return tuple(file for file in content.attachments if file.is_photo)


def photo_id(photo: Attachment) -> str:
    """What a template writes after `cid:` to place the photo itself."""
    return f"{photo.digest[:32]}@photo"


def rich_text(html: Wording, files: tuple[Attachment, ...]) -> Wording:
    """The rich text with the photos it does not place itself, at the place kept or at its end."""
    written = "".join(html.pieces[::2])
    images = "".join(
        f'<p><img src="cid:{photo_id(file)}" alt="{escape(file.title)}" style="max-width:100%"></p>'
        for file in files
        if file.is_photo and f"cid:{photo_id(file)}" not in written
    )
    pieces = list(html.pieces)
    if PLACE_OF_PHOTOS not in written:
        body, closing, rest = pieces[-1].rpartition("</body>")
        end = closing + rest if closing else ""
        pieces[-1] = (body if closing else rest) + PLACE_OF_PHOTOS + end
    pieces[::2] = [literal.replace(PLACE_OF_PHOTOS, images) for literal in pieces[::2]]
    return Wording(tuple(pieces))


def joined(texts: tuple[Wording, ...]) -> Wording:
    """All the texts one below the other: a mail is one message."""
    pieces = [""]
    for number, text in enumerate(texts):
        pieces[-1] += ("\n" if number else "") + text.pieces[0]
        pieces += text.pieces[1:]
    return Wording(tuple(pieces))
