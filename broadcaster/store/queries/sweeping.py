"""What time alone changes: mornings, expiry, lost leases, fallbacks, and who has something due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from broadcaster.domain.reasons import End, Hold, Skip, Why
from broadcaster.domain.states import State
from broadcaster.store.models import Announcement
from broadcaster.store.queries.dialect import (
    change,
    dumped,
    fetch,
    key,
    moment,
    on_postgres,
    rowset,
)

FREE = "NOT EXISTS (SELECT 1 FROM store_lane lane WHERE lane.token = store_delivery.lane)"


def due_channels(now: datetime) -> list[str]:
    """Channels that have a copy due and are neither held back nor paused."""
    at = moment(now)
    rows = fetch(
        "SELECT DISTINCT delivery.channel FROM store_delivery delivery"
        " LEFT JOIN store_channelstate gate ON gate.channel = delivery.channel"
        f" WHERE delivery.state IN ('{State.QUEUED}', '{State.DEFERRED}') AND delivery.due_at <= %s"
        " AND gate.paused_at IS NULL AND (gate.hold_until IS NULL OR gate.hold_until <= %s)",
        [at, at],
    )
    return [channel for (channel,) in rows]


def release_held(now: datetime) -> int:
    """Queue the copies whose quiet hours are over."""
    return change(
        f"UPDATE store_delivery SET state = '{State.QUEUED}', reason = ''"
        f" WHERE state = '{State.HELD}' AND reason = '{Hold.QUIET_HOURS}' AND due_at <= %s",
        [moment(now)],
    )


def expire(now: datetime) -> int:
    """End the copies that nobody needs any more."""
    return change(
        f"UPDATE store_delivery SET state = '{State.EXPIRED}', reason = '{End.TOO_LATE}'"
        " WHERE expires_at IS NOT NULL AND expires_at <= %s"
        " AND state IN ('queued', 'held', 'deferred')",
        [moment(now)],
    )


def skip_closed(now: datetime) -> int:
    """Skip what is due to addresses that were closed or withdrawn since it was queued."""
    return change(
        f"UPDATE store_delivery SET state = '{State.SKIPPED}', reason = '{Skip.ADDRESS_CLOSED}'"
        f" WHERE state IN ('{State.QUEUED}', '{State.DEFERRED}') AND due_at <= %s"
        " AND address_id IN (SELECT id FROM store_address"
        "  WHERE state <> 'open' OR consent_withdrawn_at IS NOT NULL)",
        [moment(now)],
    )


def requeue_lost(lanes: Sequence[UUID], repeatable: Sequence[str]) -> tuple[int, int]:
    """Decide the copies of silent lanes: (queued again, left unconfirmed).

    Queued again is what provably never reached the platform, and what a repeatable channel will not
    deliver twice. Copies of lanes that no longer exist are decided too.
    """
    mine = f"state = '{State.SENDING}' AND ({FREE} OR lane IN (SELECT token FROM"
    mine += f" {rowset({'token': 'uuid'})} AS lost))"
    tokens = dumped([key(lane)] for lane in lanes)
    names = dumped([name] for name in repeatable)
    safe = (
        f"(handed_at IS NULL OR channel IN (SELECT name FROM {rowset({'name': 'text'})} AS safe))"
    )
    queued = change(
        f"UPDATE store_delivery SET state = '{State.QUEUED}', lane = NULL, handed_at = NULL"
        f" WHERE {mine} AND {safe}",
        [tokens, names],
    )
    unconfirmed = change(
        f"UPDATE store_delivery SET state = '{State.UNCONFIRMED}', reason = '{End.LEASE_LOST}',"
        f" lane = NULL WHERE {mine}",
        [tokens],
    )
    return queued, unconfirmed


def forget_lanes(lanes: Sequence[UUID]) -> None:
    """Take the slots away from silent workers."""
    change(
        "UPDATE store_lane SET token = NULL WHERE token IN"
        f" (SELECT token FROM {rowset({'token': 'uuid'})} AS lost)",
        [dumped([key(lane)] for lane in lanes)],
    )


def fall_back(now: datetime, carries: Sequence[tuple[str, int]]) -> int:
    """Give people whose preferred copy failed one on their next open channel; returns the number.

    `carries` lists the channels switched on and the most each may carry. Only announcements whose
    policy sends one copy a person fall back, and never past their expiry.
    """
    at = moment(now)
    stamp = "CAST(%s AS timestamp with time zone)" if on_postgres() else "%s"
    empty = "CAST('[]' AS jsonb)" if on_postgres() else "'[]'"
    return change(
        "INSERT INTO store_delivery (announcement_id, guardian_id, address_id, channel, state,"
        " reason, why, priority, due_at, expires_at, attempts, parts)"
        " SELECT announcement_id, guardian_id, address_id, channel,"
        f" '{State.QUEUED}', '', '{Why.FALLBACK}', priority, {stamp}, expires_at, 0, {empty} FROM ("
        "  SELECT failed.announcement_id, failed.guardian_id, address.id AS address_id,"
        "   address.channel, failed.priority, failed.expires_at, row_number() OVER ("
        "    PARTITION BY failed.announcement_id, failed.guardian_id"
        "    ORDER BY address.preference, address.id) AS turn"
        "  FROM store_delivery failed"
        "  JOIN store_announcement announcement ON announcement.id = failed.announcement_id"
        "  JOIN store_address address ON address.guardian_id = failed.guardian_id"
        f" JOIN {rowset({'channel': 'text', 'data_class': 'int'})} AS carrier"
        "   ON carrier.channel = address.channel AND carrier.data_class >= announcement.data_class"
        f" WHERE failed.state = '{State.FAILED}'"
        f"  AND failed.why IN ('{Why.PREFERRED}', '{Why.FALLBACK}')"
        "  AND (failed.expires_at IS NULL OR failed.expires_at > %s)"
        "  AND announcement.cancelled_at IS NULL"
        "  AND address.state = 'open' AND address.consent_on IS NOT NULL"
        "  AND address.consent_withdrawn_at IS NULL"
        "  AND NOT EXISTS (SELECT 1 FROM store_delivery other"
        "   WHERE other.announcement_id = failed.announcement_id"
        f"   AND other.guardian_id = failed.guardian_id AND other.state <> '{State.FAILED}'"
        f"   AND other.state <> '{State.SKIPPED}')"
        "  AND NOT EXISTS (SELECT 1 FROM store_delivery same"
        "   WHERE same.announcement_id = failed.announcement_id AND same.address_id = address.id)"
        ") AS next WHERE turn = 1",
        [at, dumped(carries), at],
    )


def announcements_due(now: datetime) -> list[UUID]:
    """Scheduled announcements whose time has come."""
    due = Announcement.objects.filter(release_at__lte=now, released_at=None, cancelled_at=None)
    return list(due.values_list("pk", flat=True))
