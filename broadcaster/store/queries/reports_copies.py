"""The copies of an announcement: listed, filtered, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from broadcaster.store.queries.dialect import fetch, key, loaded, when
from broadcaster.store.queries.reports import CopyLine, holding

FROM = """
    FROM store_delivery delivery
    LEFT JOIN store_guardian guardian ON guardian.id = delivery.guardian_id
    LEFT JOIN store_destination destination ON destination.id = delivery.destination_id
    WHERE delivery.announcement_id = %s
"""
WALKED = FROM.replace(
    "delivery.announcement_id = %s",
    "CASE WHEN TRUE THEN delivery.announcement_id END = %s"
    " AND delivery.id > %s AND delivery.id <= %s",
)
"""The same, along the copies there are from one number to another: no other index is thought of."""
IN_ORDER = "ORDER BY delivery.id + 0"
"""As they were made. The sum keeps PostgreSQL from walking along all copies there are until a page
is full, which it takes for cheaper than sorting those of one announcement.
"""
NAME = "coalesce(guardian.name, destination.title, '')"
LINE = (
    f"delivery.id, delivery.channel, {NAME}, delivery.destination_id IS NULL, delivery.state,"
    " delivery.reason, delivery.why, delivery.attempts, delivery.sent_at"
)


@dataclass(frozen=True, slots=True)
class Copies:
    """A list of an announcement's copies; what is empty narrows nothing.

    `words` is a part of the name of the person or place, in any case.
    """

    announcement: UUID
    channel: str | None = None
    states: Sequence[str] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One copy with all that is known of it; `parts` are the platform's ids, one per message."""

    line: CopyLine
    due_at: datetime
    handed_at: datetime | None
    parts: list[Any]


def how_many(what: Copies) -> int:
    """How long a list of copies is."""
    condition, parameters = _condition(what)
    ((count,),) = fetch(f"SELECT count(*) {FROM}{condition}", parameters)
    return int(count)


def listed(what: Copies, *, limit: int, offset: int = 0) -> list[CopyLine]:
    """A part of a list of copies, in the order in which they were made."""
    condition, parameters = _condition(what)
    rows = fetch(
        f"SELECT {LINE} {FROM}{condition} {IN_ORDER} LIMIT %s OFFSET %s",
        [*parameters, limit, offset],
    )
    return [_line(row) for row in rows]


def every(announcement: UUID, *, at_once: int = 5000) -> Iterator[Sequence[Any]]:
    """Every copy in the order in which they were made, fetched so many at once.

    Plain rows of a line's columns and the parts, as the database gives them: there may be a
    million. They are walked along by number, for there is one order that needs no sorting; a
    reader that is slow or goes away holds no cursor and no transaction.
    """
    ((first, last, copies),) = fetch(
        "SELECT min(id), max(id), count(*) FROM store_delivery WHERE announcement_id = %s",
        [key(announcement)],
    )
    if copies <= at_once:  # between the first and the last may be a million of others
        yield from fetch(f"SELECT {LINE}, delivery.parts {FROM} {IN_ORDER}", [key(announcement)])
        return
    sql = f"SELECT {LINE}, delivery.parts {WALKED} ORDER BY delivery.id LIMIT %s"
    after = first - 1
    while after < last:
        rows = fetch(sql, [key(announcement), after, last, at_once])
        yield from rows
        after = rows[-1][0] if len(rows) == at_once else last


def one(announcement: UUID, copy: int) -> CopyRow | None:
    """One copy; None when the announcement has none with this number."""
    for row in _rows(announcement, "delivery.id = %s", [copy], 1):
        return row
    return None


def _rows(announcement: UUID, condition: str, values: list[Any], limit: int) -> list[CopyRow]:
    rows = fetch(
        f"SELECT {LINE}, delivery.due_at, delivery.handed_at, delivery.parts {FROM}"
        f" AND {condition} {IN_ORDER} LIMIT %s",
        [key(announcement), *values, limit],
    )
    return [
        CopyRow(_line(row), when(row[9]), when(row[10]), loaded(row[11]))  # type: ignore[arg-type]
        for row in rows
    ]


def _line(row: Sequence[Any]) -> CopyLine:
    number, channel, place, personal, state, reason, why, attempts, sent_at = row[:9]
    return CopyLine(
        number, channel, place, bool(personal), state, reason, why, attempts, when(sent_at)
    )


def _condition(what: Copies) -> tuple[str, list[Any]]:
    sql, parameters = "", [key(what.announcement)]
    if what.channel is not None:
        sql += " AND delivery.channel = %s"
        parameters.append(what.channel)
    if what.states:
        sql += f" AND delivery.state IN ({', '.join(['%s'] * len(what.states))})"
        parameters.extend(what.states)
    condition, patterns = holding(NAME, what.words)
    return f"{sql} AND {condition}", [*parameters, *patterns]
