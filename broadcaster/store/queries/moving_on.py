"""Routine copies that wait for a channel out of order, and whose people another channel reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from broadcaster.domain.alarms import Trouble
from broadcaster.domain.reasons import Skip
from broadcaster.domain.states import State
from broadcaster.store.models import Alarm
from broadcaster.store.queries.claiming import WAITING
from broadcaster.store.queries.dialect import (
    among,
    at_rest,
    dumped,
    fetch,
    listed,
    moment,
    narrows,
    rowset,
)
from broadcaster.store.queries.falling_back import FITS, NEWS, SHARERS, WANTED

OUT_OF_ORDER = (Trouble.NO_ANSWER, Trouble.CREDENTIALS, Trouble.NEEDS_PERSON)
"""What keeps a channel from sending until somebody has mended it, nobody knows when."""

MOST = 20_000
"""Copies that are moved at once; the next look moves more."""

COULD_LEAVE = f"""
    SELECT delivery.id FROM store_delivery delivery
    CROSS JOIN store_announcement announcement
    WHERE delivery.{WAITING} AND delivery.channel IN (SELECT name FROM {{away}} AS away)
      AND announcement.id = delivery.announcement_id AND {WANTED}
      AND EXISTS (
        SELECT 1 FROM store_address address CROSS JOIN {{carrier}} AS carrier
        WHERE address.guardian_id = delivery.guardian_id AND {FITS} AND {{chosen}}
          AND NOT EXISTS (
            SELECT 1 FROM store_delivery same
            WHERE same.announcement_id = delivery.announcement_id AND same.address_id = address.id))
      AND NOT EXISTS (
        SELECT 1 FROM store_delivery awaited {SHARERS.format(copy="awaited")}
        WHERE awaited.id = delivery.id)
"""
"""Copies of one person each who has another place; whoever shares the mailbox might have none."""


@dataclass(frozen=True, slots=True)
class Move:
    """From the channels that are `away` to others, of which `carries` lists the most each may
    carry.
    """

    away: Sequence[str]
    carries: Sequence[tuple[str, int]]

    def possible(self, now: datetime) -> list[int]:
        """Copies that wait for a channel away and could be made up for on another one."""
        query, values = self._able(now)
        return [row for (row,) in fetch(f"{query} LIMIT {MOST}", values)]

    def leave(self, copies: Sequence[int], now: datetime) -> list[int]:
        """Skip those of these copies that still can leave; returns them.

        They are to be made up for in the same transaction.
        """
        query, values = self._able(now)
        still = f"id IN ({query} AND {among('delivery.id')})"
        rows = fetch(
            f"UPDATE store_delivery SET state = '{State.SKIPPED}', reason = '{Skip.CHANNEL_AWAY}'"
            f" WHERE {at_rest(f'{WAITING} AND {still}')} RETURNING id",
            [*values, listed(copies)],
        )
        return [row for (row,) in rows]

    def _able(self, now: datetime) -> tuple[str, list[object]]:
        query = COULD_LEAVE.format(
            away=rowset({"name": "text"}),
            carrier=rowset({"channel": "text", "data_class": "int"}),
            chosen=narrows("announcement.channels", "address.channel"),
        )
        since = moment(now - NEWS)
        return query, [
            dumped([name] for name in self.away),
            moment(now),
            since,
            dumped(self.carries),
        ]


def out_of_order(since: datetime) -> list[str]:
    """The channels that have been out of order since then at the latest."""
    alarms = Alarm.objects.filter(kind__in=OUT_OF_ORDER, until=None, since__lte=since)
    return sorted(set(alarms.values_list("part", flat=True)))
