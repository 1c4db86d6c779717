"""What has been sent to one person, over all announcements."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from broadcaster.store.models import Announcement, Delivery, Revision, ToldInPerson
from broadcaster.store.queries.former import with_place


def newest_title(announcement: str) -> Subquery:
    """The title of an announcement's revision in force; `announcement` names the outer column."""
    revisions = Revision.objects.filter(announcement=OuterRef(announcement)).order_by("-number")
    return Subquery(revisions.values("title")[:1])


def copies_of(guardian: int, seen: QuerySet[Announcement] | None = None) -> QuerySet[Any]:
    """A person's copies, newest first, with `title` and `place`; of announcements in `seen`."""
    rows = Delivery.objects.filter(guardian=guardian)
    if seen is not None:
        rows = rows.filter(announcement__in=seen.values("pk"))
    titled = rows.annotate(title=newest_title("announcement"))
    return with_place(titled).order_by("-pk")


def told_to(guardian: int, seen: QuerySet[Announcement] | None = None) -> QuerySet[Any]:
    """Who has told this person what by telephone or face to face, newest first."""
    rows = ToldInPerson.objects.filter(guardian=guardian)
    if seen is not None:
        rows = rows.filter(announcement__in=seen.values("pk"))
    return rows.annotate(title=newest_title("announcement")).order_by("-at", "-pk")
