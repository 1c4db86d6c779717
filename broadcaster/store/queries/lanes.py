"""Lanes, holds and pauses: what keeps workers from getting into each other's way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from broadcaster.store.models import ChannelState, Lane
from broadcaster.store.queries.dialect import change, fetch, moment, storable, when


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a channel may send: `hold_until` is the platform's wait, `paused` a person's."""

    hold_until: datetime | None = None
    paused: bool = False

    def shut_for(self, now: datetime) -> float | None:
        """Seconds until the channel opens, 0.0 when it is open, None when a person must."""
        if self.paused:
            return None
        return max(0.0, (self.hold_until - now).total_seconds()) if self.hold_until else 0.0


def take_lane(channel: str, *, slots: int, token: UUID, now: datetime, lease: timedelta) -> bool:
    """Take a free slot of the channel until `now + lease`; False when all are taken."""
    Lane.objects.bulk_create(
        [Lane(channel=channel, slot=slot, until=now) for slot in range(slots)],
        ignore_conflicts=True,
    )
    free = Lane.objects.filter(channel=channel, slot__lt=slots, until__lte=now)
    return any(
        Lane.objects.filter(pk=pk, until__lte=now).update(token=token, until=now + lease)
        for pk in free.values_list("pk", flat=True)
    )


def renew_lane(token: UUID, *, now: datetime, lease: timedelta) -> bool:
    """Keep the lane until `now + lease`; False when it has been lost to another worker."""
    return bool(Lane.objects.filter(token=token).update(until=now + lease))


def leave_lane(token: UUID, *, now: datetime) -> None:
    """Free the slot."""
    Lane.objects.filter(token=token).update(token=None, until=now)


def gate(channel: str) -> Gate:
    """The channel's hold and pause as all workers see them."""
    rows = fetch(
        "SELECT hold_until, paused_at IS NOT NULL FROM store_channelstate WHERE channel = %s",
        [channel],
    )
    return Gate(when(rows[0][0]), bool(rows[0][1])) if rows else Gate()


def hold_channel(channel: str, *, until: datetime, reason: str, detail: str) -> None:
    """Hold the whole channel back until a time; a longer hold or a pause stands."""
    ChannelState.objects.get_or_create(pk=channel)
    shorter = Q(hold_until=None) | Q(hold_until__lt=until)
    ChannelState.objects.filter(shorter, pk=channel, paused_at=None).update(
        hold_until=until, reason=reason, detail=storable(detail, 300)
    )


def pause_channel(channel: str, *, now: datetime, reason: str, detail: str) -> bool:
    """Shut the channel until a person looks; returns whether it was open before."""
    ChannelState.objects.get_or_create(pk=channel)
    return bool(
        ChannelState.objects.filter(pk=channel, paused_at=None).update(
            paused_at=now, reason=reason, detail=storable(detail, 300)
        )
    )


def open_channel(channel: str) -> None:
    """End the channel's hold and pause."""
    ChannelState.objects.filter(pk=channel).update(
        paused_at=None, hold_until=None, reason="", detail=""
    )


def note_success(channel: str, *, now: datetime) -> None:
    """Remember when the channel last took a copy."""
    if not change(
        "UPDATE store_channelstate SET last_success_at = %s WHERE channel = %s",
        [moment(now), channel],
    ):
        ChannelState.objects.get_or_create(pk=channel, defaults={"last_success_at": now})


def lost_lanes(now: datetime) -> list[UUID]:
    """Tokens of lanes whose worker fell silent."""
    lost = Lane.objects.filter(until__lt=now, token__isnull=False)
    return [token for token in lost.values_list("token", flat=True) if token]
