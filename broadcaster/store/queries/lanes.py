"""Lanes, holds and pauses: what keeps workers from getting into each other's way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from broadcaster.store.models import ChannelState, Lane
from broadcaster.store.queries.claiming import WAITING
from broadcaster.store.queries.dialect import (
    change,
    dumped,
    fetch,
    moment,
    rowset,
    storable,
    when,
)


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
    lanes = Lane.objects.filter(channel=channel, slot__lt=slots)
    if lanes.count() < slots:
        Lane.objects.bulk_create(
            [Lane(channel=channel, slot=slot, until=now) for slot in range(slots)],
            ignore_conflicts=True,
        )
    return any(
        Lane.objects.filter(pk=pk, until__lte=now).update(token=token, until=now + lease)
        for pk in lanes.filter(until__lte=now).values_list("pk", flat=True)
    )


def free_lanes(slots: Mapping[str, int], *, now: datetime) -> dict[str, int]:
    """How many of so many slots of each channel nobody holds."""
    held = Lane.objects.filter(channel__in=list(slots), until__gt=now)
    taken = Counter(
        channel for channel, slot in held.values_list("channel", "slot") if slot < slots[channel]
    )
    return {channel: most - taken[channel] for channel, most in slots.items()}


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


def ready(channels: Iterable[str], *, now: datetime) -> list[str]:
    """Those of these channels that have a copy due and are neither held back nor paused.

    One look into the index for each, however many copies wait.
    """
    at = moment(now)
    rows = fetch(
        f"SELECT name FROM {rowset({'name': 'text'})} AS wanted"
        " WHERE EXISTS (SELECT 1 FROM store_delivery WHERE channel = wanted.name"
        f" AND {WAITING} AND due_at <= %s)"
        " AND NOT EXISTS (SELECT 1 FROM store_channelstate gate WHERE gate.channel = wanted.name"
        " AND (gate.paused_at IS NOT NULL OR gate.hold_until > %s)) ORDER BY name",
        [dumped([name] for name in channels), at, at],
    )
    return [name for (name,) in rows]


def due(channel: str, *, most: int, now: datetime) -> int:
    """How many copies of a channel are due, counted up to `most`."""
    ((count,),) = fetch(
        "SELECT count(*) FROM (SELECT 1 FROM store_delivery WHERE channel = %s"
        f" AND {WAITING} AND due_at <= %s LIMIT %s) AS due",
        [channel, moment(now), most],
    )
    return int(count)


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
