"""Files that come through a browser: looked into, cleaned, kept; and taken off a draft again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from broadcaster.contract import Attachment
from broadcaster.domain.filenames import cleaned_name, extension_of, renamed
from broadcaster.i18n import _
from broadcaster.rendering.characters import clean, one_line
from broadcaster.services.attaching import refuse_size
from broadcaster.services.contents import file_path
from broadcaster.services.drafts import open_draft
from broadcaster.services.file_kinds import PICTURES, NotAttached, kind_of, refuse_extension
from broadcaster.services.outlets import Office
from broadcaster.services.pictures import NoPicture, Picture, remade, small_of
from broadcaster.services.storing import keep, keep_small, small_path, tidy
from broadcaster.store.models import Announcement, AnnouncementFile, Staff

LARGEST_PICTURE = 60_000_000
"""Bytes of a picture as it comes: made anew it is much smaller."""

LONGEST_TITLE = 200
"""Characters of a picture's description; the column's width."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One file as it came: what it calls itself, its bytes and how many there are."""

    name: str
    file: BinaryIO
    size: int


@dataclass(frozen=True, slots=True)
class Kept:
    """One file in the store."""

    name: str
    media_type: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the files that came: those attached, and why others were not."""

    kept: tuple[Kept, ...]
    refused: tuple[NotAttached, ...]


def attach(
    office: Office, by: Staff, announcement: UUID, files: Sequence[Incoming], *, now: datetime
) -> Taken:
    """Attach files to a draft, each for itself: one that is refused hinders no other.

    Raises a DraftTrouble when the announcement is not this person's to change, or not now.
    """
    with transaction.atomic():
        row, _sheet = open_draft(by, announcement)
        room = office.most_files - AnnouncementFile.objects.filter(announcement=row).count()
    results = [_tried(office, one, row.channels) for one in files[: max(room, 0)]]
    results += [_too_many(office, one) for one in files[max(room, 0) :]]
    kept = [one for one in results if isinstance(one, Kept)]
    refused = [one for one in results if isinstance(one, NotAttached)]
    added, doubles = _written(office, by, announcement, kept)
    tidy(office.files, now=now)
    return Taken(tuple(added), (*refused, *doubles))


def drop(by: Staff, announcement: UUID, file: int) -> None:
    """Take a file off a draft; one that is gone already changes nothing. Raises a DraftTrouble."""
    with transaction.atomic():
        row, _sheet = open_draft(by, announcement)
        AnnouncementFile.objects.filter(announcement=row, pk=file).delete()


def describe(by: Staff, announcement: UUID, file: int, words: str) -> None:
    """Say what is on a picture, for those who cannot see it. Raises a DraftTrouble."""
    title = one_line(clean(words))[:LONGEST_TITLE].rstrip()
    with transaction.atomic():
        row, _sheet = open_draft(by, announcement)
        AnnouncementFile.objects.filter(announcement=row, pk=file).update(title=title)


def checked(office: Office, incoming: Incoming, channels: Collection[str] = ()) -> Kept:
    """Look into a file and keep what may be sent of it; raises NotAttached.

    A picture is made anew, without whatever else its file held. Any other file must be what its
    name says.
    """
    name = cleaned_name(incoming.name, otherwise=_("файл"))
    refuse_extension(name)
    if extension_of(name) in PICTURES:
        return _picture(office, name, incoming, channels)
    refuse_size(office, name, incoming.size, channels=channels)
    kind = kind_of(name, incoming.file)
    return Kept(name, kind, incoming.size, keep(office.files, incoming.file))


def cleaned(folder: Path, attachment: Attachment) -> Attachment:
    """A file of the announcement's folder as it goes into the store, a picture made anew.

    A picture that cannot be read is kept as it is: its author has the file at hand and sees it.
    """
    with attachment.path.open("rb") as file:
        if attachment.is_photo:
            try:
                made = remade(file)
            except NoPicture:
                pass
            else:
                return _stored(folder, attachment, made)
        keep(folder, file)
        return attachment


def small_file(folder: Path, digest: str) -> Path | None:
    """A small picture of a file, made now when there is none yet; None of what is no picture."""
    small = small_path(folder, digest)
    if small.exists():
        return small
    try:
        with file_path(folder, digest).open("rb") as file:
            return keep_small(folder, digest, small_of(file))
    except (OSError, NoPicture):
        return None


def row_of(file: Kept | Attachment, announcement: Announcement, position: int) -> AnnouncementFile:
    """The row, not yet written, that attaches a file of the store to an announcement."""
    return AnnouncementFile(
        announcement=announcement,
        position=position,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        digest=file.digest,
    )


def _stored(folder: Path, attachment: Attachment, made: Picture) -> Attachment:
    digest = _keep_picture(folder, made)
    return Attachment(
        name=renamed(attachment.name, _agreeing(attachment.name, made)),
        media_type=made.media_type,
        size=len(made.content),
        digest=digest,
        path=file_path(folder, digest),
        title=attachment.title,
    )


def _keep_picture(folder: Path, made: Picture) -> str:
    digest = keep(folder, BytesIO(made.content))
    keep_small(folder, digest, made.small)
    return digest


def _tried(office: Office, incoming: Incoming, channels: Collection[str]) -> Kept | NotAttached:
    try:
        return checked(office, incoming, channels)
    except NotAttached as refusal:
        return refusal


def _picture(office: Office, name: str, incoming: Incoming, channels: Collection[str]) -> Kept:
    if not 0 < incoming.size <= LARGEST_PICTURE:
        refuse_size(office, name, incoming.size, channels=channels)
    try:
        made = remade(incoming.file)
    except NoPicture as error:
        raise NotAttached(
            _("«{name}»: {why}.").format(name=name, why=error),
            _("Откройте её и сохраните заново в JPEG или PNG."),
        ) from error
    refuse_size(office, name, len(made.content), channels=channels)
    return Kept(
        name=renamed(name, _agreeing(name, made)),
        media_type=made.media_type,
        size=len(made.content),
        digest=_keep_picture(office.files, made),
    )


def _agreeing(name: str, made: Picture) -> str:
    """The extension the name has, when it is right for this picture; else the right one."""
    extension = extension_of(name)
    also = {".jpg": {".jpeg"}}.get(made.extension, set())
    return extension if extension in also else made.extension


def _too_many(office: Office, incoming: Incoming) -> NotAttached:
    words = _("«{name}» не приложен: вложений больше {most} не бывает.")
    name = cleaned_name(incoming.name, otherwise=_("файл"))
    return NotAttached(words.format(name=name, most=office.most_files))


def _written(
    office: Office, by: Staff, announcement: UUID, kept: Sequence[Kept]
) -> tuple[list[Kept], list[NotAttached]]:
    """Write the rows; what is there already, or has no room any more, is told."""
    with transaction.atomic():
        row, _sheet = open_draft(by, announcement)
        there = AnnouncementFile.objects.filter(announcement=row)
        fresh = list(_fresh(kept, set(there.values_list("digest", flat=True))))
        fresh = fresh[: max(office.most_files - there.count(), 0)]
        last = there.aggregate(last=Max("position"))["last"]
        AnnouncementFile.objects.bulk_create(
            row_of(one, row, position)
            for position, one in enumerate(fresh, 0 if last is None else last + 1)
        )
    words = _("«{name}» уже приложен.")
    left = [NotAttached(words.format(name=one.name)) for one in kept if one not in fresh]
    return fresh, left


def _fresh(kept: Sequence[Kept], there: set[str]) -> Iterator[Kept]:
    for one in kept:
        if one.digest not in there:
            there.add(one.digest)
            yield one
