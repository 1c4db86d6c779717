"""What the page shows of a draft's files, and what may be added to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from broadcaster.bootstrap import office
from broadcaster.contract import Capability
from broadcaster.services.drafts import drafts_of, shut_now
from broadcaster.services.file_kinds import ACCEPTED
from broadcaster.store.models import Announcement, AnnouncementFile
from broadcaster.web.access import StaffRequest

PHOTOS = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


@dataclass(frozen=True, slots=True)
class Limit:
    """How large a file a channel takes, in bytes."""

    channel: str
    largest: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """The files in their order; `limits` are those of channels that take less than the school."""

    files: Sequence[AnnouncementFile]
    editable: bool
    limits: Sequence[Limit]
    largest: int
    most: int
    accept: str = ",".join(ACCEPTED)

    @property
    def room(self) -> int:
        """How many files more there may be."""
        return max(self.most - len(self.files), 0)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


def shelf_of(request: StaffRequest, key: UUID) -> Shelf:
    """The files of an announcement that this person may see."""
    row = drafts_of(request.staff).filter(pk=key).first()
    return Shelf(
        files=list(AnnouncementFile.objects.filter(announcement=key)),
        editable=row is not None and shut_now(row) is None,
        limits=_limits(row),
        largest=office().largest_file,
        most=office().most_files,
    )


def is_photo(file: AnnouncementFile) -> bool:
    """Whether a browser shows it as a picture."""
    return file.media_type in PHOTOS


def _limits(row: Announcement | None) -> list[Limit]:
    """What the channels take that this draft is meant for; none chosen means all."""
    outlets = office().outlets.values()
    meant = [one for one in outlets if row is None or not row.channels or one.name in row.channels]
    return [
        Limit(one.name, one.traits.max_attachment)
        for one in meant
        if Capability.ATTACHMENTS in one.traits.capabilities and one.traits.max_attachment
    ]
