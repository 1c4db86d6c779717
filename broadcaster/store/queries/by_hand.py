"""The moves that a person makes: guarded writes whose sources are `BY_HAND`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from broadcaster.contract import DataClass
from broadcaster.domain.reasons import End, Why
from broadcaster.domain.states import State, by_hand
from broadcaster.store.queries.dialect import at_rest, change, fetch, key, moment, on_postgres

USABLE = """(
    EXISTS (SELECT 1 FROM store_address place WHERE place.id = store_delivery.address_id
        AND place.state = 'open' AND place.consent_on IS NOT NULL
        AND place.consent_withdrawn_at IS NULL)
    OR EXISTS (SELECT 1 FROM store_destination spot WHERE spot.id = store_delivery.destination_id
        AND spot.state = 'open' AND spot.data_class >= {data_class}))"""
"""The place is open, may still be written to and has not been erased."""

SERVED = f"""(why IN ('{Why.PREFERRED}', '{Why.FALLBACK}') AND guardian_id IN (
    SELECT other.guardian_id FROM store_delivery other
    WHERE other.announcement_id = %s AND other.guardian_id IS NOT NULL
      AND other.state NOT IN ({{ended}})))"""
"""One copy was meant for this person, and another channel has made up for it or is about to."""

ONCE = f"CASE WHEN why IN ('{Why.PREFERRED}', '{Why.FALLBACK}') THEN guardian_id ELSE -id END"
"""What is said once: a routine announcement to its person, who may have more than one copy that
failed, for each was to make up for the one before.
"""

ENDED = frozenset({State.FAILED, State.SKIPPED, State.EXPIRED, State.CANCELLED})


@dataclass(frozen=True, slots=True)
class Choice:
    """Copies of one announcement: of some channels, of some reasons, or some by number.

    What is empty narrows nothing. `carriers` are the channels that are switched on and may carry
    the text. What was answered after `seen_at` is left alone: who pressed has not seen it.
    """

    announcement: UUID
    carriers: Sequence[str] = ()
    data_class: DataClass = DataClass.PUBLIC
    channels: Sequence[str] = ()
    reasons: Sequence[str] = ()
    copies: Sequence[int] = ()
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Failures:
    """Copies of one channel that failed for one reason.

    `ready` of them may be sent again; `served` need not, their people have another copy; the rest
    have nowhere to go. `first` of those that are ready would leave if all were sent again.
    """

    channel: str
    reason: str
    count: int
    ready: int
    served: int
    first: int

    @property
    def closed(self) -> int:
        """Copies whose place is closed, was left or erased, or whose channel is off."""
        return self.count - self.ready - self.served


def failures(choice: Choice) -> list[Failures]:
    """What failed, by channel and reason, and how much of it may be sent again."""
    usable, parameters = _usable(choice)
    mine = key(choice.announcement)
    rows = fetch(
        "WITH failed AS (SELECT channel, reason,"
        f" CASE WHEN {_served(State.FAILED)} THEN 1 ELSE 0 END AS served,"
        f" CASE WHEN {usable} THEN 1 ELSE 0 END AS usable, {ONCE} AS once, id FROM store_delivery"
        f" WHERE announcement_id = %s AND state = '{State.FAILED}'), counted AS ("
        "SELECT failed.*, CASE WHEN served = 0 THEN usable ELSE 0 END AS ready FROM failed),"
        " turns AS (SELECT counted.*,"
        " row_number() OVER (PARTITION BY once, ready ORDER BY id) AS turn FROM counted)"
        " SELECT channel, reason, count(*), sum(served), sum(ready),"
        " sum(CASE WHEN turn = 1 THEN ready ELSE 0 END)"
        " FROM turns GROUP BY channel, reason ORDER BY channel, reason",
        [mine, *parameters, mine],
    )
    return [
        Failures(channel, reason, count, ready=int(ready), served=int(served), first=int(first))
        for channel, reason, count, served, ready, first in rows
    ]


def queue_again(
    choice: Choice, source: State, *, target: State, reason: str, due_at: datetime
) -> int:
    """Let copies that failed, or that nobody knows of, wait again as if they were new.

    Messages that the platform has taken of a copy that it never finished are not repeated. Returns
    how many; none of them was taken as a whole, is closed or has been made up for. Of a person's
    routine copies the first goes.
    """
    usable, parameters = _usable(choice)
    which, values = _which(choice, source, target)
    chosen = f"{which} AND NOT {_served(source)} AND {usable}"
    asked = [*values, key(choice.announcement), *parameters]
    firsts = f"SELECT min(id) FROM store_delivery WHERE {chosen} GROUP BY {ONCE}"
    empty = "CAST('[]' AS jsonb)" if on_postgres() else "'[]'"
    return change(
        f"UPDATE store_delivery SET state = '{target}', reason = %s, due_at = %s, attempts = 0,"
        f" lane = NULL, handed_at = NULL, sent_at = NULL,"
        f" parts = CASE WHEN sent_at IS NULL THEN parts ELSE {empty} END"
        f" WHERE {at_rest(f'{chosen} AND id IN ({firsts})')}",
        [reason, moment(due_at), *asked, *asked],
    )


def settle(choice: Choice, target: State, *, now: datetime) -> int:
    """Say whether unconfirmed copies arrived: SENT or FAILED, by a person's word; how many."""
    which, values = _which(choice, State.UNCONFIRMED, target)
    stamp = "CAST(%s AS timestamptz)" if on_postgres() else "%s"
    arrived = target is State.SENT
    sent = f"coalesce(handed_at, {stamp})" if arrived else "NULL"
    return change(
        f"UPDATE store_delivery SET state = '{target}', reason = '{End.BY_HAND}',"
        f" sent_at = {sent}, lane = NULL, handed_at = NULL WHERE {at_rest(which)}",
        [*([moment(now)] if arrived else []), *values],
    )


def _served(source: State) -> str:
    """`SERVED` for copies in this state; the announcement's id is its parameter."""
    return SERVED.format(ended=", ".join(f"'{state}'" for state in sorted(ENDED | {source})))


def _usable(choice: Choice) -> tuple[str, list[Any]]:
    carriers = list(choice.carriers) or [""]
    marks = ", ".join(["%s"] * len(carriers))
    place = USABLE.format(data_class=int(choice.data_class))
    return f"channel IN ({marks}) AND {place}", carriers


def _which(choice: Choice, source: State, target: State) -> tuple[str, list[Any]]:
    """The copies chosen, as long as they stand in a state from which a person may move them."""
    if source not in by_hand(target):
        raise ValueError(f"nobody moves {source} to {target}")
    sql = f"announcement_id = %s AND state = '{source}'"
    parameters: list[Any] = [key(choice.announcement)]
    chosen: dict[str, Sequence[Any]] = {
        "channel": choice.channels,
        "reason": choice.reasons,
        "id": choice.copies,
    }
    for column, values in chosen.items():
        if values:
            sql += f" AND {column} IN ({', '.join(['%s'] * len(values))})"
            parameters.extend(values)
    if choice.seen_at is not None:
        sql += (
            " AND NOT EXISTS (SELECT 1 FROM store_receipt later"
            " WHERE later.delivery_id = store_delivery.id AND later.at > %s)"
        )
        parameters.append(moment(choice.seen_at))
    return sql, parameters
