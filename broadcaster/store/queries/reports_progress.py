"""What still waits and for what, and how fast copies were accepted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from broadcaster.domain.standing import Gate, Pending
from broadcaster.store.models import ChannelState
from broadcaster.store.queries.dialect import fetch, key, seconds, when
from broadcaster.store.queries.reports import OPEN, TAKEN

STEPS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400)
"""The lengths that a bucket of a chart may have, in seconds; longer ones are whole days."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """The copies accepted within `length` seconds from `start`."""

    start: datetime
    length: int
    count: int


def pending(announcement: UUID) -> list[Pending]:
    """The copies that are not decided, by channel, state and reason."""
    rows = fetch(
        "SELECT channel, state, reason, count(*), min(due_at) FROM store_delivery"
        f" WHERE announcement_id = %s AND state IN ({OPEN}) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        [key(announcement)],
    )
    return [
        Pending(channel, state, reason, count, when(due))  # type: ignore[arg-type]
        for channel, state, reason, count, due in rows
    ]


def gates(channels: Iterable[str]) -> dict[str, Gate]:
    """Whether each of these channels, which are switched on, may send."""
    known = {row.channel: row for row in ChannelState.objects.filter(channel__in=list(channels))}
    return {
        name: Gate(
            hold_until=known[name].hold_until,
            shut=known[name].paused_at is not None,
            reason=known[name].reason,
        )
        if name in known
        else Gate()
        for name in channels
    }


def accepted(announcement: UUID, *, most: int = 40) -> list[Bucket]:
    """The copies that platforms took, over time, in at most `most` buckets without gaps."""
    mine = f"FROM store_delivery WHERE announcement_id = %s AND state IN ({TAKEN})"
    at = seconds("sent_at")
    ((first, last),) = fetch(
        f"SELECT min({at}), max({at}) {mine} AND sent_at IS NOT NULL", [key(announcement)]
    )
    if first is None:
        return []
    length = step(int(last) - int(first), most)
    start = int(first) - int(first) % length
    rows = fetch(
        f"SELECT ({at} - {start}) / {length}, count(*) {mine} AND sent_at IS NOT NULL"
        " GROUP BY 1 ORDER BY 1",
        [key(announcement)],
    )
    counts = {int(place): int(count) for place, count in rows}
    begin = datetime.fromtimestamp(start, UTC)
    return [
        Bucket(begin + timedelta(seconds=place * length), length, counts.get(place, 0))
        for place in range(max(counts) + 1)
    ]


def step(span: int, most: int) -> int:
    """The shortest even length that covers so many seconds with at most `most` buckets."""
    for length in STEPS:
        if span // length + 2 <= most:
            return length
    return -(-span // ((most - 1) * 86400)) * 86400
