"""Taking waiting copies for a lane, most urgent first; safe between any number of workers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from broadcaster.domain.states import State
from broadcaster.store.queries import former
from broadcaster.store.queries.dialect import (
    among,
    change,
    change_prepared,
    dumped,
    fetch,
    fetch_prepared,
    fetch_whole,
    is_lane,
    key,
    listed,
    loaded,
    moment,
    on_postgres,
    plain,
    rowset,
    sorts,
    uuid_of,
)
from broadcaster.store.queries.membership import THEN


class Claimed(NamedTuple):
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

GOING = """(SELECT going.paused_at IS NULL AND going.cancelled_at IS NULL
    FROM store_announcement going WHERE going.id = store_delivery.announcement_id)"""
"""Nobody has stopped the announcement; asked last, so that a stop is obeyed at once.

As a value, not as EXISTS, which PostgreSQL would turn into a join that begins at announcements.
"""

PICK = f"""
    SELECT id FROM store_delivery
    WHERE {WAITING} AND channel = %s AND due_at <= %s AND (expires_at IS NULL OR expires_at > %s)
      AND (address_id IS NOT NULL OR destination_id IS NOT NULL) AND {GOING}
    ORDER BY priority, due_at, id LIMIT %s
"""

TAKE = "UPDATE store_delivery SET state = 'sending', lane = %s, handed_at = NULL WHERE"

TAKEN = """
    priority, {due_at}, id, CAST(announcement_id AS text), guardian_id, address_id,
    (SELECT name FROM store_guardian WHERE store_guardian.id = guardian_id),
    coalesce((SELECT value FROM store_address WHERE store_address.id = address_id),
        (SELECT value FROM store_destination WHERE store_destination.id = destination_id)),
    attempts, parts
"""


def claim(channel: str, *, lane: UUID, limit: int, now: datetime) -> list[Claimed]:
    """Move up to `limit` due copies of a channel to SENDING under `lane`, in order."""
    rows = _taken(channel, key(lane), moment(now), limit)
    rows.sort(key=itemgetter(0, 1, 2))
    former.end([row[2] for row in rows], now=now)
    announcements = {raw: uuid_of(raw) for raw in {row[3] for row in rows}}
    return [
        Claimed(
            row,
            announcements[announcement],
            guardian,
            address_id,
            name or "",
            address or "",
            attempts,
            [] if parts == "[]" else loaded(parts),
        )
        for _, _, row, announcement, guardian, address_id, name, address, attempts, parts in rows
    ]


def _taken(channel: str, lane: str, now: str | None, limit: int) -> list[Sequence[Any]]:
    """The columns of what was due and is this lane's now, in any order.

    SQLite could return them from the change too, but only row by row: see `fetch_whole`.
    """
    picking = [channel, now, now, limit]
    if on_postgres():
        picked = f"id = ANY(ARRAY({PICK} FOR UPDATE SKIP LOCKED))"
        return list(fetch_prepared(f"{TAKE} {picked} RETURNING {_columns()}", [lane, *picking]))
    with transaction.atomic(savepoint=False):
        ids = listed(row for (row,) in fetch_whole("id", f"FROM ({PICK})", picking))
        change_prepared(f"{TAKE} {among('id')}", [lane, ids])
        return fetch_whole(_columns(), f"FROM store_delivery WHERE {among('id')}", [ids])


def _columns() -> str:
    return TAKEN.format(due_at=sorts("due_at"))


def hand_over(ids: Sequence[int], *, lane: UUID, now: datetime) -> set[int]:
    """Note that these copies may reach the platform from now on; returns those that may leave.

    The others are this lane's no longer, or their announcement has been stopped meanwhile.
    """
    known = [listed(ids), key(lane)]
    leaving = change_prepared(
        f"UPDATE store_delivery SET handed_at = %s WHERE {among('id')} AND {is_lane('lane')}"
        f" AND {plain('state')} = '{State.SENDING}' AND {GOING}",
        [moment(now), *known],
    )
    if leaving == len(ids):
        return set(ids)
    rows = fetch(
        f"SELECT id FROM store_delivery WHERE {among('id')} AND {is_lane('lane')}"
        " AND handed_at = %s",
        [*known, moment(now)],
    )
    return {row for (row,) in rows}


def give_back(*, lane: UUID, doubtful: Iterable[int]) -> int:
    """Queue again what this lane has claimed, but for copies that may be with the platform."""
    return change(
        f"UPDATE store_delivery SET state = '{State.QUEUED}', lane = NULL, handed_at = NULL"
        f" WHERE lane = %s AND state = '{State.SENDING}' AND NOT {among('id')}",
        [key(lane), listed(doubtful)],
    )


def children_of(guardians: Sequence[int], announcement: UUID) -> dict[int, list[str]]:
    """The names of each guardian's children whom the announcement's groups had at its release.

    Who is asked for by name hears of all her children. SQLite takes CROSS JOIN as the order to go
    in: from a few guardians, not from whole groups.
    """
    child = (
        "SELECT DISTINCT roll.guardian_id AS guardian, pupil.name AS name"
        f" FROM {rowset({'id': 'int'})} AS wanted"
        " CROSS JOIN store_guardian_pupils roll"
        " CROSS JOIN store_pupil pupil"
        " WHERE roll.guardian_id = wanted.id AND pupil.id = roll.pupil_id AND ("
        f" EXISTS ({THEN.format(only='AND member.pupil_id = roll.pupil_id')})"
        " OR EXISTS (SELECT 1 FROM store_announcement_people named"
        " WHERE named.guardian_id = wanted.id AND named.announcement_id = %s)) ORDER BY 1, 2"
    )
    rows = fetch_whole(
        "guardian, name",
        f"FROM ({child}) AS child",
        [dumped([one] for one in guardians), *[key(announcement)] * 3],
    )
    names: dict[int, list[str]] = {}
    for guardian, name in rows:
        names.setdefault(guardian, []).append(name)
    return names
