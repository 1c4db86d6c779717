"""What became of an announcement, counted by the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from broadcaster.domain.naming import folded
from broadcaster.domain.reasons import Skip
from broadcaster.domain.states import REACHED, UNDERWAY
from broadcaster.store.queries.claiming import children_of
from broadcaster.store.queries.dialect import fetch, key, loaded, matches, when
from broadcaster.store.queries.folding import pattern_of
from broadcaster.store.queries.former import HERE

TAKEN = ", ".join(f"'{state}'" for state in sorted(REACHED))
OPEN = ", ".join(f"'{state}'" for state in sorted(UNDERWAY))

MARKS = f"""
taken AS (
    SELECT delivery.channel, address.value, min(delivery.sent_at) AS sent_at
    FROM store_delivery delivery JOIN store_address address ON address.id = delivery.address_id
    WHERE delivery.announcement_id = %s AND delivery.state IN ({TAKEN})
      AND NOT EXISTS (SELECT 1 FROM store_formeraddress former WHERE {HERE})
    GROUP BY delivery.channel, address.value
    UNION ALL
    SELECT delivery.channel, former.value, delivery.sent_at
    FROM store_formeraddress former JOIN store_delivery delivery ON {HERE}
    WHERE delivery.announcement_id = %s AND delivery.state IN ({TAKEN})
),
shared AS (
    SELECT delivery.guardian_id, delivery.channel, taken.sent_at
    FROM store_delivery delivery JOIN store_address address ON address.id = delivery.address_id
    LEFT JOIN store_formeraddress former ON {HERE}
    JOIN taken ON taken.channel = delivery.channel
      AND taken.value = coalesce(former.value, address.value)
    WHERE delivery.announcement_id = %s AND delivery.state = 'skipped'
      AND delivery.reason = '{Skip.DUPLICATE}'
      AND (former.replaced_at IS NULL OR taken.sent_at < former.replaced_at)
),
marks AS (
    SELECT guardian_id, CASE WHEN state IN ({TAKEN}) THEN channel END AS channel,
        CASE WHEN state IN ({TAKEN}) THEN sent_at END AS sent_at,
        CASE WHEN state IN ({OPEN}) THEN 1 ELSE 0 END AS waiting
    FROM store_delivery WHERE announcement_id = %s AND guardian_id IS NOT NULL
    UNION ALL
    SELECT guardian_id, channel, sent_at, 0 FROM shared WHERE guardian_id IS NOT NULL
    UNION ALL
    SELECT delivery.guardian_id, NULL, NULL, 1
    FROM store_delivery delivery JOIN store_address address ON address.id = delivery.address_id
    JOIN store_address twin ON twin.channel = address.channel AND twin.value = address.value
    JOIN store_delivery other ON other.address_id = twin.id
      AND other.announcement_id = delivery.announcement_id AND other.state IN ({OPEN})
    WHERE delivery.announcement_id = %s AND delivery.state = 'skipped'
      AND delivery.reason = '{Skip.DUPLICATE}' AND delivery.guardian_id IS NOT NULL
    UNION ALL
    SELECT guardian_id, channel, at, 0 FROM store_acknowledgement WHERE announcement_id = %s
),
found AS (
    SELECT guardian_id, count(DISTINCT channel) AS channels, min(sent_at) AS since,
        max(waiting) AS waiting
    FROM marks GROUP BY guardian_id
)
"""
"""One row a person: on how many channels she was reached, since when, and whether a copy waits.

A person who shares a mailbox is reached by the one copy that went there before she got another, and
waits while it does; whoever has acknowledged was reached whatever became of the copy. What went to
a former address is added rather than joined: PostgreSQL would sort all copies, and compare each
with each. `IDS` times the announcement's id is its parameter.
"""
IDS = 6

MOST_WORDS = 6
"""Words of a search that are looked at."""


@dataclass(frozen=True, slots=True)
class StateCount:
    """Copies of one channel in one state; `reason` is empty where the state says it all."""

    channel: str
    state: str
    reason: str
    personal: bool
    count: int


@dataclass(frozen=True, slots=True)
class Unreached:
    """A person whom no copy has reached yet; `tries` are (channel, state, reason)."""

    guardian: int
    name: str
    children: tuple[str, ...]
    tries: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a copy's timeline."""

    at: datetime | None
    attempt: int
    outcome: str
    reason: str
    detail: str
    parts: list[Any]


@dataclass(frozen=True, slots=True)
class CopyLine:
    """One copy as a report lists it; `place` is the destination's title or the person's name."""

    id: int
    channel: str
    place: str
    personal: bool
    state: str
    reason: str
    why: str
    attempts: int
    sent_at: datetime | None


def states(announcement: UUID) -> list[StateCount]:
    """The announcement's copies by channel, state and reason."""
    rows = fetch(
        "SELECT channel, state, reason, destination_id IS NULL, count(*) FROM store_delivery"
        " WHERE announcement_id = %s GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3",
        [key(announcement)],
    )
    return [
        StateCount(channel, state, reason, bool(personal), count)
        for channel, state, reason, personal, count in rows
    ]


def has_copies(announcement: UUID, at_least: int) -> bool:
    """Whether an announcement has so many copies; counts no further."""
    return bool(
        fetch(
            "SELECT 1 FROM store_delivery WHERE announcement_id = %s LIMIT 1 OFFSET %s",
            [key(announcement), at_least - 1],
        )
    )


def is_underway(announcement: UUID) -> bool:
    """Whether any of its copies is not decided yet."""
    return bool(
        fetch(
            f"SELECT 1 FROM store_delivery WHERE announcement_id = %s AND state IN ({OPEN})"
            " LIMIT 1",
            [key(announcement)],
        )
    )


def reached(announcement: UUID) -> dict[int, int]:
    """How many people were reached on how many channels: channels → people."""
    rows = fetch(
        f"WITH {MARKS} SELECT channels, count(*) FROM found GROUP BY channels",
        [key(announcement)] * IDS,
    )
    return dict(rows)


def unreached(announcement: UUID) -> list[Unreached]:
    """The people whom no copy has reached, by name, with what was tried."""
    rows = fetch(
        f"WITH {MARKS} SELECT guardian_id, (SELECT name FROM store_guardian guardian"
        " WHERE guardian.id = copy.guardian_id) AS name, channel, state, reason"
        " FROM store_delivery copy WHERE announcement_id = %s AND guardian_id IS NOT NULL"
        " AND guardian_id NOT IN (SELECT guardian_id FROM marks WHERE channel IS NOT NULL)"
        " ORDER BY name, guardian_id, id",
        [key(announcement)] * (IDS + 1),
    )
    names: dict[int, str] = {}
    tries: dict[int, list[tuple[str, str, str]]] = {}
    for guardian, name, channel, state, reason in rows:
        names[guardian] = name
        tries.setdefault(guardian, []).append((channel, state, reason))
    children = children_of(list(names), announcement)
    return [
        Unreached(guardian, name, tuple(children.get(guardian, ())), tuple(tries[guardian]))
        for guardian, name in names.items()
    ]


def copies(announcement: UUID) -> list[CopyLine]:
    """Every copy of an announcement in the order in which they were made."""
    return _lines(announcement, "1 = 1")


def places(announcement: UUID) -> list[CopyLine]:
    """The copies that went to walls, chats and sites rather than to people."""
    return _lines(announcement, "delivery.destination_id IS NOT NULL")


def _lines(announcement: UUID, condition: str) -> list[CopyLine]:
    rows = fetch(
        "SELECT delivery.id, delivery.channel, coalesce(guardian.name, destination.title, ''),"
        " delivery.destination_id IS NULL, delivery.state, delivery.reason, delivery.why,"
        " delivery.attempts, delivery.sent_at FROM store_delivery delivery"
        " LEFT JOIN store_guardian guardian ON guardian.id = delivery.guardian_id"
        " LEFT JOIN store_destination destination ON destination.id = delivery.destination_id"
        f" WHERE delivery.announcement_id = %s AND {condition} ORDER BY delivery.id",
        [key(announcement)],
    )
    return [
        CopyLine(row[0], row[1], row[2], bool(row[3]), row[4], row[5], row[6], row[7], when(row[8]))
        for row in rows
    ]


def holding(column: str, words: str) -> tuple[str, list[str]]:
    """A condition and its parameters: the column holds every one of these words, in any case."""
    patterns = [pattern_of(word) for word in folded(words).split()[:MOST_WORDS]]
    return " AND ".join([matches(column)] * len(patterns)) or "1 = 1", patterns


def timeline(delivery: int) -> list[Step]:
    """What platforms answered to each try of one copy, oldest first."""
    rows = fetch(
        "SELECT at, attempt, outcome, reason, detail, parts FROM store_receipt"
        " WHERE delivery_id = %s ORDER BY id",
        [delivery],
    )
    return [
        Step(when(at), attempt, outcome, reason, detail, loaded(parts))
        for at, attempt, outcome, reason, detail, parts in rows
    ]
