"""What an announcement says on each channel, rendered once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from broadcaster.contract import Attachment, Content
from broadcaster.domain.policy import Importance
from broadcaster.rendering.content import ChannelLook, School, Text, render
from broadcaster.services.outlets import Office, Outlet
from broadcaster.store.models import Announcement, AnnouncementFile, Revision


def text_of(announcement: UUID) -> Text:
    """The revision in force, as the renderer wants it."""
    revision = Revision.objects.filter(announcement=announcement).order_by("-number")[0]
    row = Announcement.objects.get(pk=announcement)
    return Text(
        guid=str(announcement),
        title=revision.title,
        body=revision.body,
        importance=Importance(row.importance),
        published=row.released_at or row.release_at or row.created_at,
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
        )
        for file in files
    )


def file_path(folder: Path, digest: str) -> Path:
    """Where the bytes with this digest lie."""
    return folder / digest[:2] / digest


def content_of(office: Office, outlet: Outlet, text: Text, files: Sequence[Attachment]) -> Content:
    """The announcement for one channel; raises RenderingMistake."""
    school = School(
        name=office.school.name,
        signature=office.school.signature,
        site_url=office.school.public_url,
    )
    look = ChannelLook(outlet.name, outlet.traits)
    return render(office.templates, text, look, school, files)
