"""Questions about places: whether one of a channel shows an announcement."""

from __future__ import annotations

from django.db.models import Q

from broadcaster.contract import DataClass
from broadcaster.domain.policy import Importance
from broadcaster.domain.reasons import AddressState
from broadcaster.domain.states import State
from broadcaster.store.models import Announcement, Delivery, Destination

UNSEEN = (State.SKIPPED, State.FAILED, State.EXPIRED, State.CANCELLED)
"""What becomes of a copy that no visitor of its place will see."""


def shown_at_places(announcement: Announcement, channel: str, carries: DataClass) -> bool:
    """Whether some place of a channel shows an announcement, or will when it has been released.

    Of a draft it is what the roll says now, whatever people its text may name.
    """
    if announcement.released_at is not None:
        copies = Delivery.objects.filter(announcement=announcement, channel=channel, guardian=None)
        return copies.exclude(state__in=UNSEEN).exists()
    if announcement.data_class > carries or channel not in (announcement.channels or [channel]):
        return False
    groups = list(announcement.groups.values_list("pk", flat=True))
    meant = Q(group__in=groups)
    if groups and announcement.importance != Importance.ROUTINE:
        meant |= Q(group=None)
    places = Destination.objects.filter(meant, channel=channel, state=AddressState.OPEN)
    return places.filter(data_class__gte=announcement.data_class).exists()
