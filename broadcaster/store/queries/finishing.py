"""Which announcements have come to an end that somebody wants to hear of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from broadcaster.domain.states import UNDERWAY
from broadcaster.store.models import Announcement, Delivery, Webhook, WebhookCall

LOOKED_BACK = timedelta(days=60)
"""What ends later than so long after its release is told to nobody."""


class Untold(NamedTuple):
    """An announcement's event that a webhook has not been told of."""

    webhook: int
    announcement: UUID


def finished_untold(event: str, now: datetime) -> set[Untold]:
    """Announcements without a copy under way, by the working webhooks not told of it yet."""
    released = Announcement.objects.filter(released_at__gt=now - LOOKED_BACK)
    untold = _untold(released, "released_at", event)
    under_way = Delivery.objects.filter(announcement=OuterRef("pk"), state__in=sorted(UNDERWAY))
    open_ones = Announcement.objects.filter(Exists(under_way), pk__in=_announcements(untold))
    still_open = set(open_ones.values_list("pk", flat=True)) if untold else set()
    return {one for one in untold if one.announcement not in still_open}


def unreleasable_untold(event: str, now: datetime) -> set[Untold]:
    """Scheduled announcements that could not be released, by the webhooks not told of it yet."""
    aside = Announcement.objects.filter(
        ~Q(problem=""), released_at=None, cancelled_at=None, paused_at__gt=now - LOOKED_BACK
    )
    return _untold(aside, "paused_at", event)


def _untold(ended: QuerySet[Announcement], at: str, event: str) -> set[Untold]:
    """Who is to hear of these; what ended before a webhook was made is not its business."""
    webhooks = dict(Webhook.objects.filter(stopped_at=None).values_list("pk", "made_at"))
    if not webhooks:
        return set()
    ends = dict(ended.filter(**{f"{at}__gte": min(webhooks.values())}).values_list("pk", at))
    told = WebhookCall.objects.filter(event=event, subject__in=list(map(str, ends)))
    known = set(told.values_list("webhook", "subject")) if ends else set()
    return {
        Untold(webhook, key)
        for webhook, made_at in webhooks.items()
        for key, moment in ends.items()
        if moment >= made_at and (webhook, str(key)) not in known
    }


def _announcements(untold: Iterable[Untold]) -> set[UUID]:
    return {one.announcement for one in untold}
