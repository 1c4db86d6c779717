"""Files for announcements of the school's other programs."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Max

from broadcaster.domain.writing import Shut
from broadcaster.i18n import _
from broadcaster.services.drafts import DraftShut, shut_now
from broadcaster.services.file_kinds import NotAttached
from broadcaster.services.outlets import Office
from broadcaster.services.submitting import NotAPrograms
from broadcaster.services.uploads import Incoming, Kept, checked
from broadcaster.store.models import Announcement, AnnouncementFile


def look_into(office: Office, announcement: UUID, incoming: Incoming) -> Kept:
    """Check a file and keep its bytes; raises NotAttached, NotAPrograms and DraftShut."""
    return checked(office, incoming, _open_draft(announcement).channels)


def add_file(office: Office, announcement: UUID, kept: Kept) -> AnnouncementFile:
    """Attach what has been looked into, once; raises NotAttached, NotAPrograms and DraftShut."""
    with transaction.atomic():
        row = _open_draft(announcement)
        there = AnnouncementFile.objects.filter(announcement=row)
        if same := there.filter(digest=kept.digest).first():
            return same
        if there.count() >= office.most_files:
            words = _("Вложений больше {most} не бывает.")
            raise NotAttached(words.format(most=office.most_files))
        last = there.aggregate(last=Max("position"))["last"]
        return AnnouncementFile.objects.create(
            announcement=row,
            position=0 if last is None else last + 1,
            name=kept.name,
            media_type=kept.media_type,
            size=kept.size,
            digest=kept.digest,
        )


def _open_draft(announcement: UUID) -> Announcement:
    row = Announcement.objects.filter(pk=announcement, made_with__isnull=False).first()
    if row is None:
        raise NotAPrograms(str(announcement))
    why: Shut | None = shut_now(row)
    if why is not None:
        raise DraftShut(why)
    return row
