"""Taking waiting copies for a lane, most urgent first; safe between any number of workers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from broadcaster.domain.states import State
from broadcaster.store.queries.dialect import (
    change,
    dumped,
    fetch,
    key,
    loaded,
    moment,
    on_postgres,
    rowset,
    uuid_of,
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """One copy that this lane may send now.

    `address` is the place's text; `guardian` is None for destinations. `parts` are the messages the
    platform has taken already, as stored.
    """

    id: int
    announcement: UUID
    guardian: int | None
    address_id: int | None
    name: str
    address: str
    attempts: int
    parts: list[list[Any]]


WAITING = f"state IN ('{State.QUEUED}', '{State.DEFERRED}')"

GOING = """EXISTS (SELECT 1 FROM store_announcement going
    WHERE going.id = store_delivery.announcement_id
      AND going.paused_at IS NULL AND going.cancelled_at IS NULL)"""
"""Nobody has stopped the announcement; asked last, so that a stop is obeyed at once."""

PICK = f"""
    SELECT id FROM store_delivery
    WHERE {WAITING} AND channel = %s AND due_at <= %s AND (expires_at IS NULL OR expires_at > %s)
      AND (address_id IS NOT NULL OR destination_id IS NOT NULL) AND {GOING}
    ORDER BY priority, due_at, id LIMIT %s
"""

TAKE = "UPDATE store_delivery SET state = 'sending', lane = %s, handed_at = NULL WHERE id"

PLACES = """
    SELECT delivery.id, delivery.announcement_id, delivery.guardian_id, delivery.address_id,
        guardian.name, coalesce(address.value, destination.value), delivery.attempts, delivery.parts
    FROM store_delivery delivery
    LEFT JOIN store_guardian guardian ON guardian.id = delivery.guardian_id
    LEFT JOIN store_address address ON address.id = delivery.address_id
    LEFT JOIN store_destination destination ON destination.id = delivery.destination_id
    WHERE delivery.id IN (SELECT id FROM {ids} AS wanted)
    ORDER BY delivery.priority, delivery.due_at, delivery.id
"""


def claim(channel: str, *, lane: UUID, limit: int, now: datetime) -> list[Claimed]:
    """Move up to `limit` due copies of a channel to SENDING under `lane`, in order."""
    order = [channel, moment(now), moment(now), limit]
    if on_postgres():
        sql = f"{TAKE} = ANY(ARRAY({PICK} FOR UPDATE SKIP LOCKED)) RETURNING id"
    else:
        sql = f"{TAKE} IN ({PICK}) RETURNING id"
    ids = fetch(sql, [key(lane), *order])
    if not ids:
        return []
    rows = fetch(PLACES.format(ids=rowset({"id": "int"})), [dumped(ids)])
    announcements = {raw: uuid_of(raw) for raw in {row[1] for row in rows}}
    return [
        Claimed(
            id=row[0],
            announcement=announcements[row[1]],
            guardian=row[2],
            address_id=row[3],
            name=row[4] or "",
            address=row[5] or "",
            attempts=row[6],
            parts=loaded(row[7]),
        )
        for row in rows
    ]


def hand_over(ids: Sequence[int], *, lane: UUID, now: datetime) -> set[int]:
    """Note that these copies may reach the platform from now on; returns those that may leave.

    The others are this lane's no longer, or their announcement has been stopped meanwhile.
    """
    rows = fetch(
        "UPDATE store_delivery SET handed_at = %s WHERE lane = %s AND state = 'sending'"
        f" AND id IN (SELECT id FROM {rowset({'id': 'int'})} AS handed) AND {GOING} RETURNING id",
        [moment(now), key(lane), dumped([one] for one in ids)],
    )
    return {row for (row,) in rows}


def give_back(*, lane: UUID) -> int:
    """Queue again what this lane has claimed and never handed to the platform."""
    return change(
        f"UPDATE store_delivery SET state = '{State.QUEUED}', lane = NULL"
        f" WHERE lane = %s AND state = '{State.SENDING}' AND handed_at IS NULL",
        [key(lane)],
    )


def children_of(guardians: Sequence[int], announcement: UUID) -> dict[int, list[str]]:
    """The names of each guardian's children in the announcement's groups.

    Who is asked for by name hears of all her children. SQLite takes CROSS JOIN as the order to go
    in: from a few guardians, not from whole groups.
    """
    rows = fetch(
        "SELECT DISTINCT roll.guardian_id, pupil.name"
        f" FROM {rowset({'id': 'int'})} AS wanted"
        " CROSS JOIN store_guardian_pupils roll"
        " CROSS JOIN store_pupil pupil"
        " WHERE roll.guardian_id = wanted.id AND pupil.id = roll.pupil_id AND ("
        " EXISTS (SELECT 1 FROM store_pupil_groups member"
        " JOIN store_announcement_groups chosen ON chosen.group_id = member.group_id"
        " WHERE member.pupil_id = roll.pupil_id AND chosen.announcement_id = %s)"
        " OR EXISTS (SELECT 1 FROM store_announcement_people named"
        " WHERE named.guardian_id = wanted.id AND named.announcement_id = %s)) ORDER BY 1, 2",
        [dumped([one] for one in guardians), key(announcement), key(announcement)],
    )
    names: dict[int, list[str]] = {}
    for guardian, name in rows:
        names.setdefault(guardian, []).append(name)
    return names
