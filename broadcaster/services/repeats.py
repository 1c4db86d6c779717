"""Has the same been sent already: a second press of Enter must not write to every family again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from broadcaster.store.models import Revision

WITHIN = timedelta(days=1)
"""What was released longer ago is meant to be sent again."""


@dataclass(frozen=True, slots=True)
class Twin:
    """An earlier announcement of the same text, and when it was or will be released."""

    announcement: UUID
    at: datetime


def twin_of(announcement: UUID, *, now: datetime, going_on: bool = False) -> Twin | None:
    """The newest other announcement with the same text to some of the same, None without.

    Those are looked at that were released within a day or are scheduled, and not cancelled; those
    that are `going_on` to repeat themselves as well, when this one is to be repeated.
    """
    revisions = Revision.objects.filter(announcement=announcement).select_related("announcement")
    text = revisions.order_by("-number")[0]
    row = text.announcement
    same = Q(announcement__groups__in=row.groups.values("pk"))
    same |= Q(announcement__people__in=row.people.values("pk"))
    sent = Q(announcement__released_at__gte=now - WITHIN)
    scheduled = Q(announcement__released_at=None, announcement__release_at__isnull=False)
    repeated = Q(announcement__series__started_at__isnull=False)
    which = sent | scheduled | repeated if going_on else sent | scheduled
    found = (
        Revision.objects.filter(which, title=text.title, body=text.body, more=text.more)
        .filter(same, announcement__cancelled_at=None)
        .exclude(announcement=announcement)
        .order_by("-announcement__created_at")
        .values_list(
            "announcement",
            "announcement__released_at",
            "announcement__release_at",
            "announcement__series__started_at",
        )
        .first()
    )
    if found is None:
        return None
    key, released_at, release_at, started_at = found
    return Twin(key, released_at or release_at or started_at or now)
