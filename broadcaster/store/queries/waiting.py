"""What waits to be sent and what has lately left, in groups a planner can reckon with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from broadcaster.domain.reasons import Hold
from broadcaster.domain.states import State
from broadcaster.store.queries.claiming import GOING, WAITING
from broadcaster.store.queries.dialect import fetch, moment, seconds, uuid_of, when


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many copies of an announcement wait for a channel; `held` says that it is the quiet hours
    they wait for. `due_at` is when the last of them may leave.
    """

    announcement: UUID
    channel: str
    place: bool
    held: bool
    priority: int
    copies: int
    due_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Gone:
    """So many copies of an announcement left within a short time that ended at `at`."""

    announcement: UUID
    place: bool
    at: datetime
    copies: int


def waiting() -> list[Waiting]:
    """What is queued, held by the quiet hours, put off or on its way; not what somebody stopped."""
    held = f"state = '{State.HELD}' AND reason = '{Hold.QUIET_HOURS}'"
    # In this order SQLite goes through the partial indexes and not through all copies there are.
    kind = "channel, priority, announcement_id, destination_id IS NOT NULL, state"
    rows = fetch(
        " UNION ALL ".join(
            f"SELECT {kind}, count(*), max(due_at), max(expires_at) FROM store_delivery"
            f" WHERE {which} AND {GOING} GROUP BY {kind}"
            for which in (WAITING, held, f"state = '{State.SENDING}'")
        )
    )
    return [_waiting(row) for row in rows]


def _waiting(row: Sequence[Any]) -> Waiting:
    channel, priority, announcement, place, state, copies, *times = row
    due, expires = map(when, times)
    assert due is not None
    held = state == State.HELD
    return Waiting(
        uuid_of(announcement), channel, bool(place), held, priority, copies, due, expires
    )


def gone(channel: str, *, since: datetime, grain: int) -> list[Gone]:
    """What a channel has taken since a moment, by times of `grain` seconds, the oldest first."""
    time = f"{seconds('sent_at')} / {grain}"
    rows = fetch(
        f"SELECT announcement_id, destination_id IS NOT NULL, {time}, count(*)"
        " FROM store_delivery WHERE sent_at > %s AND channel = %s GROUP BY 1, 2, 3 ORDER BY 3",
        [moment(since), channel],
    )
    return [
        Gone(
            uuid_of(row[0]), bool(row[1]), datetime.fromtimestamp((row[2] + 1) * grain, UTC), row[3]
        )
        for row in rows
    ]
