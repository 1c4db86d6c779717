"""Keeping a draft: from what its author wrote to rows and files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from broadcaster.services.drafting import Draft
from broadcaster.services.drafts import wish
from broadcaster.services.outlets import Office
from broadcaster.services.uploads import cleaned, row_of
from broadcaster.store.models import Announcement, AnnouncementFile, Revision
from broadcaster.store.queries.roll import all_group_names, group_ids


class UnknownGroup(Exception):
    """The draft names groups that are not on the roll; `names` are those, `known` all others."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = tuple(names)
        self.known = tuple(all_group_names())


def save_draft(office: Office, draft: Draft, *, now: datetime) -> UUID:
    """Store a draft with its files and return its id; raises UnknownGroup, nothing stored."""
    groups, missing = group_ids(draft.groups)
    if missing:
        raise UnknownGroup(missing)
    files = [cleaned(office.files, file) for file in draft.attachments]
    with transaction.atomic():
        announcement = Announcement.objects.create(
            importance=draft.importance,
            data_class=draft.data_class,
            channels=list(draft.channels),
            author=draft.author,
            created_at=now,
            release_at=draft.at,
            expires_at=draft.expires,
        )
        announcement.groups.set(groups.values())
        Revision.objects.create(
            announcement=announcement,
            title=draft.title,
            body=draft.body,
            more=draft.more,
            created_at=now,
        )
        if draft.repeats is not None:
            wish(announcement, draft.repeats)
        AnnouncementFile.objects.bulk_create(
            row_of(file, announcement, position) for position, file in enumerate(files)
        )
    return announcement.pk


def forget_draft(announcement: UUID) -> None:
    """Drop a draft that was only tried out; released announcements stay."""
    Announcement.objects.filter(pk=announcement, released_at=None).delete()
