"""What time alone changes: mornings, expiry, stops, lost leases, and who has something due."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from broadcaster.contract import DataClass
from broadcaster.domain.policy import Priority
from broadcaster.domain.reasons import End, Hold, Skip
from broadcaster.domain.states import State
from broadcaster.store.models import Announcement
from broadcaster.store.queries.claiming import WAITING
from broadcaster.store.queries.dialect import (
    allow_large_sets,
    at_rest,
    change,
    dumped,
    fetch,
    key,
    moment,
    rowset,
)

NOT_AGREED = (
    "SELECT id FROM store_address WHERE consent_on IS NULL OR consent_withdrawn_at IS NOT NULL"
)
CLOSED = "SELECT id FROM {} WHERE state <> 'open'"
CONCERNED = f"""
news AS (
    SELECT id, data_class FROM store_announcement
    WHERE id IN (SELECT announcement_id FROM store_delivery WHERE {WAITING})
)"""
"""The announcements of which something waits its turn."""

TOO_OPEN = f"""(channel, announcement_id) IN (
    SELECT carrier.channel, news.id FROM carrier JOIN news ON news.data_class > carrier.data_class
) OR destination_id IS NOT NULL AND ({
    " OR ".join(
        f"destination_id IN (SELECT id FROM store_destination WHERE data_class <= {most})"
        f" AND announcement_id IN (SELECT id FROM news WHERE data_class > {most})"
        for most in range(max(DataClass))
    )
})"""
"""The channel or the place may no longer carry what the announcement tells.

In sets: subqueries that PostgreSQL would expect to run for each copy cost a tenth of a second to
compile.
"""

STOPPED = "SELECT id FROM store_announcement WHERE {} IS NOT NULL"
FREE = "NOT EXISTS (SELECT 1 FROM store_lane lane WHERE lane.token = store_delivery.lane)"


def due_channels(now: datetime) -> list[str]:
    """Channels that have a copy due and are neither held back nor paused."""
    at = moment(now)
    rows = fetch(
        "SELECT DISTINCT delivery.channel FROM store_delivery delivery"
        " LEFT JOIN store_channelstate gate ON gate.channel = delivery.channel"
        f" WHERE delivery.{WAITING} AND delivery.due_at <= %s"
        " AND gate.paused_at IS NULL AND (gate.hold_until IS NULL OR gate.hold_until <= %s)",
        [at, at],
    )
    return [channel for (channel,) in rows]


def release_held(now: datetime) -> int:
    """Queue the copies whose quiet hours are over, and what no stop holds any more.

    A stop may be lifted while a sweep obeys it: what the sweep holds the other one does not see.
    """
    ready = (
        f"state = '{State.HELD}' AND due_at <= %s AND (reason = '{Hold.QUIET_HOURS}'"
        f" OR reason = '{Hold.PAUSED}' AND announcement_id NOT IN"
        f" ({STOPPED.format('paused_at')} AND cancelled_at IS NULL))"
    )
    return change(
        f"UPDATE store_delivery SET state = '{State.QUEUED}', reason = '' WHERE {at_rest(ready)}",
        [moment(now)],
    )


def hush(until: datetime) -> int:
    """Hold what would leave before the quiet hours end; urgent copies disturb at any hour."""
    loud = f"{WAITING} AND priority <> {int(Priority.URGENT)} AND due_at <= %s"
    return change(
        f"UPDATE store_delivery SET state = '{State.HELD}', reason = '{Hold.QUIET_HOURS}',"
        f" due_at = %s WHERE {at_rest(loud)}",
        [moment(until), moment(until)],
    )


def wake(now: datetime) -> int:
    """Let what is held for quiet hours be due: they are over sooner than it was told."""
    asleep = f"state = '{State.HELD}' AND reason = '{Hold.QUIET_HOURS}' AND due_at > %s"
    return change(
        f"UPDATE store_delivery SET due_at = %s WHERE {at_rest(asleep)}",
        [moment(now), moment(now)],
    )


def expire(now: datetime) -> int:
    """End the copies that nobody needs any more."""
    late = "expires_at IS NOT NULL AND expires_at <= %s AND state IN ('queued', 'held', 'deferred')"
    return change(
        f"UPDATE store_delivery SET state = '{State.EXPIRED}', reason = '{End.TOO_LATE}'"
        f" WHERE {at_rest(late)}",
        [moment(now)],
    )


def obey_stops() -> int:
    """Hold or cancel what has come back from a worker after its announcement was stopped."""
    cancelled = f"announcement_id IN ({STOPPED.format('cancelled_at')})"
    stopped = f"({cancelled} OR announcement_id IN ({STOPPED.format('paused_at')}))"
    return change(
        "UPDATE store_delivery SET"
        f" state = CASE WHEN {cancelled} THEN '{State.CANCELLED}' ELSE '{State.HELD}' END,"
        f" reason = CASE WHEN {cancelled} THEN '{End.WITHDRAWN}' ELSE '{Hold.PAUSED}' END"
        f" WHERE {at_rest(f'{WAITING} AND {stopped}')}"
    )


def skip_unusable(carries: Sequence[tuple[str, int]]) -> list[int]:
    """Skip what waits its turn for places that were closed, left or erased since it was made, that
    nobody has agreed to or that may no longer carry it.

    `carries` lists the channels switched on and the most each may carry. Returns the copies, which
    may have to be made up for.
    """
    why = (
        f"CASE WHEN address_id IS NULL AND destination_id IS NULL THEN '{Skip.NO_ADDRESS}'"
        f" WHEN address_id IN ({NOT_AGREED}) THEN '{Skip.NO_CONSENT}'"
        f" WHEN {TOO_OPEN} THEN '{Skip.DATA_CLASS}'"
        f" WHEN address_id IN ({CLOSED.format('store_address')})"
        f" OR destination_id IN ({CLOSED.format('store_destination')})"
        f" THEN '{Skip.ADDRESS_CLOSED}' END"
    )
    allow_large_sets()
    rows = fetch(
        f"WITH carrier AS {rowset({'channel': 'text', 'data_class': 'int'})}, {CONCERNED}"
        f" UPDATE store_delivery SET state = '{State.SKIPPED}', reason = {why}"
        f" WHERE {at_rest(f'{WAITING} AND {why} IS NOT NULL')} RETURNING id",
        [dumped(carries)],
    )
    return [row for (row,) in rows]


def requeue_lost(
    lanes: Sequence[UUID],
    repeatable: Sequence[str],
    doubtful: Mapping[UUID, Collection[int]] = MappingProxyType({}),
) -> tuple[int, int]:
    """Decide the copies of silent and of ended lanes: (queued again, left unconfirmed).

    Queued again is what provably never reached the platform, and what a repeatable channel will not
    deliver twice. The others keep their lane: should its worker live, its answer still counts.
    Copies of lanes that no longer exist are decided too. Of lanes that are surely at their end
    `doubtful` names the copies that may have reached the platform; all others have not.
    """
    mine = f"state = '{State.SENDING}' AND ({FREE} OR lane IN (SELECT token FROM"
    mine += f" {rowset({'token': 'uuid'})} AS lost))"
    safe = (
        f"(handed_at IS NULL OR channel IN (SELECT name FROM {rowset({'name': 'text'})} AS safe)"
        f" OR lane IN (SELECT token FROM {rowset({'token': 'uuid'})} AS ended)"
        f" AND id NOT IN (SELECT id FROM {rowset({'id': 'int'})} AS doubtful))"
    )
    known = [
        dumped([key(lane)] for lane in lanes),
        dumped([name] for name in repeatable),
        dumped([key(lane)] for lane in doubtful),
        dumped([row] for rows in doubtful.values() for row in rows),
    ]
    queued = change(
        f"UPDATE store_delivery SET state = '{State.QUEUED}', lane = NULL, handed_at = NULL"
        f" WHERE {at_rest(f'{mine} AND {safe}')}",
        known,
    )
    unconfirmed = change(
        f"UPDATE store_delivery SET state = '{State.UNCONFIRMED}', reason = '{End.LEASE_LOST}'"
        f" WHERE {at_rest(f'{mine} AND NOT {safe}')}",
        known,
    )
    return queued, unconfirmed


def forget_lanes(lanes: Sequence[UUID], now: datetime) -> None:
    """Take the slots away from silent and from ended workers; who comes may have them."""
    change(
        "UPDATE store_lane SET token = NULL, until = %s WHERE token IN"
        f" (SELECT token FROM {rowset({'token': 'uuid'})} AS lost)",
        [moment(now), dumped([key(lane)] for lane in lanes)],
    )


def announcements_due(now: datetime) -> list[UUID]:
    """Scheduled announcements whose time has come; those of the calendar follow its own rules."""
    due = Announcement.objects.filter(
        release_at__lte=now, released_at=None, cancelled_at=None, paused_at=None, occasion=None
    )
    return list(due.values_list("pk", flat=True))
