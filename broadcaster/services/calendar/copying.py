"""A date of a repeated announcement becomes a copy of its mould as it is that day."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from broadcaster.services.calendar.series import author_of
from broadcaster.services.drafts import copies_of_files
from broadcaster.services.scope import groups_of, guardians_of
from broadcaster.store.models import (
    Announcement,
    AnnouncementFile,
    Group,
    Guardian,
    Revision,
    Series,
)


def copy_of(number: int, *, send_at: datetime, now: datetime) -> Announcement | None:
    """A draft like the mould of this series, for those to whom its author may still write.

    None, and nothing is made, when nobody of its audience is left.
    """
    series = Series.objects.select_related("mould__written_by__staff").get(pk=number)
    mould = series.mould
    groups, people = _within_reach(mould)
    if not groups and not people:
        return None
    made = Announcement.objects.create(
        importance=mould.importance,
        data_class=mould.data_class,
        channels=mould.channels,
        author=mould.author,
        written_by_id=mould.written_by_id,
        created_at=now,
        wanted_at=send_at,
        version=1,
    )
    made.groups.set(groups)
    made.people.set(people)
    _fill(made, mould, now)
    return made


def _within_reach(mould: Announcement) -> tuple[QuerySet[Group], QuerySet[Guardian]]:
    """The mould's audience, without those whom its author has lost since.

    Whoever consents in the place of an author who has left decides about all of them.
    """
    author = author_of(mould)
    groups, people = mould.groups.all(), mould.people.all()
    if author is None:
        return groups, people
    return (
        groups.filter(pk__in=groups_of(author).values("pk")),
        people.filter(pk__in=guardians_of(author).values("pk")),
    )


def _fill(made: Announcement, mould: Announcement, now: datetime) -> None:
    text = Revision.objects.filter(announcement=mould).order_by("-number")[0]
    Revision.objects.create(
        announcement=made, title=text.title, body=text.body, more=text.more, created_at=now
    )
    files = AnnouncementFile.objects.filter(announcement=mould)
    AnnouncementFile.objects.bulk_create(copies_of_files(files, made.pk))
