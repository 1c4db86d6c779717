"""Channels, announcements and folders of templates for the tests of rendering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from broadcaster.contract import Attachment, Capability, Content, DataClass, Markup, Traits
from broadcaster.rendering.content import ChannelLook, School, Templates, Text, render

EVERYTHING = frozenset(Capability)
MAIL_CAN = frozenset({Capability.PEOPLE, Capability.ATTACHMENTS})
SITE_CAN = frozenset({Capability.DESTINATIONS, Capability.ATTACHMENTS})

TELEGRAM = ChannelLook(
    "telegram",
    Traits(Markup.TELEGRAM, DataClass.CLOSED, EVERYTHING, 4096, 1024, utf16=True),
)
VK = ChannelLook("vk", Traits(Markup.PLAIN, DataClass.PERSONAL, EVERYTHING, 9000, 9000, utf16=True))
MAIL = ChannelLook("email", Traits(Markup.MAIL, DataClass.PERSONAL, MAIL_CAN))
SITE = ChannelLook("site", Traits(Markup.SITE, DataClass.PUBLIC, SITE_CAN), personal=False)
LOOKS = (TELEGRAM, VK, MAIL, SITE)

SCHOOL = School("Лицей № 5")
SHIPPED = Templates()
PERSON = {
    "name": "Анна",
    "children": "Маша",
    "unsubscribe": "https://school.example/u/1",
    "acknowledge": "https://school.example/a/1",
}

TEXT = Text(
    guid="0b5c",
    title="Завтра карантин",
    body="Приходите в *четверг*.",
    published=datetime(2026, 11, 21, 14, 5, tzinfo=UTC),
)


def rendered(
    look: ChannelLook,
    body: str = TEXT.body,
    *,
    text: Text = TEXT,
    templates: Templates = SHIPPED,
    files: Sequence[Attachment] = (),
) -> Content:
    """The sample announcement with this body on this channel."""
    return render(replace(text, body=body), look, SCHOOL, files, templates=templates)


def shown(look: ChannelLook, body: str, *, text: Text = TEXT) -> str:
    """All that the channel would carry of it for one person, rich alternative included."""
    content = rendered(look, body, text=text)
    wordings = (content.subject, *content.texts, *([content.html] if content.html else []))
    return "\n".join(wording.fill(PERSON) for wording in wordings)


def school_templates(folder: Path, name: str, source: str) -> Templates:
    """The templates of a school that has this one of its own."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source, "utf-8")
    return Templates(folder)


def attachment(name: str = "план.pdf", *, size: int = 1000, digest: str = "d1") -> Attachment:
    """A file that nobody reads."""
    return Attachment(name, "application/pdf", size, digest, Path(name))
