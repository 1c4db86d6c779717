"""What an announcement says on each channel, rendered once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from broadcaster.contract import Attachment, Capability, Content, Markup
from broadcaster.domain.policy import Importance
from broadcaster.rendering.content import ChannelLook, School, Text, render
from broadcaster.rendering.context import importance_words
from broadcaster.services.outlets import Office, Outlet
from broadcaster.store.models import AnnouncementFile, Revision


def text_of(announcement: UUID, zone: ZoneInfo) -> Text:
    """The revision in force, as the renderer wants it; times are told in `zone`."""
    revisions = Revision.objects.filter(announcement=announcement).select_related("announcement")
    revision = revisions.order_by("-number")[0]
    row = revision.announcement
    return Text(
        guid=str(announcement),
        title=revision.title,
        body=revision.body,
        importance=Importance(row.importance),
        published=(row.released_at or row.release_at or row.created_at).astimezone(zone),
    )


def attachments_of(folder: Path, announcement: UUID) -> tuple[Attachment, ...]:
    """The announcement's files in their order."""
    files = AnnouncementFile.objects.filter(announcement=announcement)
    return tuple(
        Attachment(
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            digest=file.digest,
            path=file_path(folder, file.digest),
            title=file.title,
        )
        for file in files
    )


def file_path(folder: Path, digest: str) -> Path:
    """Where the bytes with this digest lie."""
    return folder / digest[:2] / digest


def content_of(
    office: Office, outlet: Outlet, text: Text, files: Sequence[Attachment], *, personal: bool
) -> Content:
    """The announcement for people or for places of one channel; raises RenderingMistake."""
    school = School(
        name=office.school.name,
        contact=office.school.signature,
        site=office.school.public_url,
    )
    look = look_of(outlet, personal=personal, public_url=office.school.public_url)
    _sign, word = importance_words(text.importance)
    labels = [word] if word else []
    return render(text, look, school, files, templates=office.templates, labels=labels)


def look_of(outlet: Outlet, *, personal: bool, public_url: str) -> ChannelLook:
    """A channel as the renderer sees it.

    A page for leaving makes every copy differ, so only mail, which needs it, carries one.
    """
    leaves = personal and bool(public_url) and outlet.traits.markup is Markup.MAIL
    return ChannelLook(outlet.name, outlet.traits, personal=personal, has_unsubscribe=leaves)


def looks_of(outlets: Iterable[Outlet], *, public_url: str) -> list[ChannelLook]:
    """Every way in which these channels are looked at: by people, and by visitors of places."""
    kinds = {Capability.PEOPLE: True, Capability.DESTINATIONS: False}
    return [
        look_of(outlet, personal=personal, public_url=public_url)
        for outlet in outlets
        for capability, personal in kinds.items()
        if capability in outlet.traits.capabilities
    ]
