"""What an announcement says on each channel, rendered once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from uuid import UUID

from broadcaster.contract import Attachment, Capability, Content, Markup
from broadcaster.domain.policy import Importance, asks
from broadcaster.rendering.characters import visible
from broadcaster.rendering.content import ChannelLook, School, Text, render
from broadcaster.rendering.context import importance_words
from broadcaster.services.outlets import Office, Outlet
from broadcaster.store.models import Announcement, AnnouncementFile, Revision
from broadcaster.store.queries.places import shown_at_places

ASKING = frozenset({Markup.MAIL, Markup.TELEGRAM})
"""Where a copy is a request of its own anyway, so that a page for each person costs nothing."""


def text_of(office: Office, announcement: UUID) -> Text:
    """The revision in force, as the renderer wants it; times are told on the school's clock."""
    revisions = Revision.objects.filter(announcement=announcement).select_related("announcement")
    revision = revisions.order_by("-number")[0]
    row = revision.announcement
    return Text(
        guid=str(announcement),
        title=revision.title,
        body=revision.body,
        importance=Importance(row.importance),
        published=(row.released_at or row.release_at or row.created_at).astimezone(
            office.school.time_zone
        ),
        more=revision.more,
        page=_page_of(office, row, revision),
    )


def _page_of(office: Office, row: Announcement, revision: Revision) -> str:
    """Where the school's site shows more, or will; "" when it will not or there is no more."""
    if not visible(revision.more) or "{{" in revision.body:
        return ""
    for outlet in office.outlets.values():
        if outlet.page_of is not None and shown_at_places(row, outlet.name, outlet.carries):
            return outlet.page_of(str(row.pk))
    return ""


def whole(text: Text) -> str:
    """All that is written for somebody to read, wherever it is shown, one below the other."""
    return f"{text.title}\n\n{text.body}\n\n{text.more}"


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
    look = look_of(
        outlet,
        personal=personal,
        public_url=office.school.public_url,
        importance=text.importance,
    )
    _sign, word = importance_words(text.importance)
    labels = [word] if word else []
    return render(text, look, school, files, templates=office.templates, labels=labels)


def look_of(
    outlet: Outlet, *, personal: bool, public_url: str, importance: Importance
) -> ChannelLook:
    """A channel as the renderer sees it.

    A page for leaving makes every copy differ, so only mail, which needs it, carries one. A page
    to acknowledge stands where a personal text costs nothing, and only where it is asked for.
    """
    reachable, markup = personal and bool(public_url), outlet.traits.markup
    return ChannelLook(
        outlet.name,
        outlet.traits,
        personal=personal,
        has_unsubscribe=reachable and markup is Markup.MAIL,
        has_acknowledge=reachable and markup in ASKING and asks(importance),
    )


def looks_of(outlets: Iterable[Outlet], *, public_url: str) -> list[ChannelLook]:
    """Every way in which these channels are looked at: by people, and by visitors of places."""
    kinds = {Capability.PEOPLE: True, Capability.DESTINATIONS: False}
    return [
        look_of(outlet, personal=personal, public_url=public_url, importance=Importance.URGENT)
        for outlet in outlets
        for capability, personal in kinds.items()
        if capability in outlet.traits.capabilities
    ]
