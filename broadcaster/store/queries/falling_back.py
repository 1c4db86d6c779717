"""Making up for routine copies that failed or lost their place, on the next open channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from broadcaster.domain.reasons import Skip, Why
from broadcaster.domain.states import State
from broadcaster.store.queries.dialect import (
    among,
    change,
    dumped,
    listed,
    moment,
    narrows,
    on_postgres,
    rowset,
)

NEWS = timedelta(days=7)
"""How long after its release an announcement is worth another try: a new address in winter is not
to bring the autumn's announcements.
"""

LIVE = f"state NOT IN ('{State.FAILED}', '{State.SKIPPED}')"

CARRIED = f"""EXISTS (
    SELECT 1 FROM store_delivery twin JOIN store_address shared ON shared.id = twin.address_id
    WHERE twin.announcement_id = {{row}}.announcement_id AND twin.{LIVE}
      AND shared.channel = {{place}}.channel AND shared.value = {{place}}.value)"""
"""Somebody's copy goes to this place, or has gone there."""

WANTED = f"""delivery.why IN ('{Why.PREFERRED}', '{Why.FALLBACK}')
      AND (delivery.expires_at IS NULL OR delivery.expires_at > %s)
      AND announcement.released_at > %s
      AND announcement.cancelled_at IS NULL AND announcement.paused_at IS NULL"""
"""The copy was the only one of its person, and the announcement is still worth another try."""

FITS = """carrier.channel = address.channel AND carrier.data_class >= announcement.data_class
      AND address.state = 'open'
      AND address.consent_on IS NOT NULL AND address.consent_withdrawn_at IS NULL"""
"""The address may be used, and its channel may carry the announcement."""

SHARERS = f"""
    JOIN store_address own ON own.id = {{copy}}.address_id
    JOIN store_address shared ON shared.channel = own.channel AND shared.value = own.value
    JOIN store_delivery sharer ON sharer.address_id = shared.id
     AND sharer.announcement_id = {{copy}}.announcement_id
     AND sharer.state = '{State.SKIPPED}' AND sharer.reason = '{Skip.DUPLICATE}'"""
"""Who reads the copy's mailbox too and counts on it."""

NEXT = f"""
missed AS (
    SELECT delivery.*
    FROM store_announcement announcement
    CROSS JOIN store_delivery delivery
    WHERE delivery.announcement_id = announcement.id
      AND delivery.state = '{State.FAILED}' AND {WANTED}
    UNION ALL
    SELECT delivery.*
    FROM store_delivery delivery
    CROSS JOIN store_announcement announcement
    WHERE {{skipped}} AND announcement.id = delivery.announcement_id AND {WANTED}
),
lost AS (
    SELECT announcement_id, guardian_id, priority, expires_at FROM missed
    UNION
    SELECT sharer.announcement_id, sharer.guardian_id, sharer.priority, sharer.expires_at
    FROM missed {SHARERS.format(copy="missed")}
),
unserved AS (
    SELECT lost.* FROM lost WHERE NOT EXISTS (
        SELECT 1 FROM store_address place
        CROSS JOIN store_delivery other
        WHERE place.guardian_id = lost.guardian_id
          AND other.address_id = place.id AND other.announcement_id = lost.announcement_id
          AND (other.{LIVE} OR other.reason = '{Skip.DUPLICATE}'
               AND {CARRIED.format(row="other", place="place")}))
),
open AS (
    SELECT unserved.*, address.id AS address_id, address.channel, address.value, row_number() OVER (
        PARTITION BY unserved.announcement_id, unserved.guardian_id
        ORDER BY address.preference, address.id) AS turn
    FROM unserved
    CROSS JOIN store_announcement announcement
    CROSS JOIN store_address address
    CROSS JOIN {{carrier}} AS carrier
    WHERE announcement.id = unserved.announcement_id
      AND address.guardian_id = unserved.guardian_id
      AND {FITS} AND {{chosen}}
      AND NOT EXISTS (
        SELECT 1 FROM store_delivery same WHERE same.announcement_id = unserved.announcement_id
          AND same.address_id = address.id)
),
copies AS (
    SELECT open.*, row_number() OVER (
        PARTITION BY announcement_id, channel, value ORDER BY address_id) > 1
        OR {CARRIED.format(row="open", place="open")} AS doubled
    FROM open WHERE turn = 1
)
"""


def fall_back(
    now: datetime, carries: Sequence[tuple[str, int]], skipped: Sequence[int] = ()
) -> int:
    """Give people whose preferred copy failed one on their next open channel; returns the number.

    `carries` lists the channels switched on and the most each may carry. `skipped` are copies that
    lost their place while they waited, to be named in the transaction that skipped them: nobody
    looks for them later. Only announcements whose policy sends one copy a person fall back, and
    never past their expiry or after a stop. A place that has the announcement already gets no
    second copy, only a row that says so.
    """
    stamp = "CAST(%s AS timestamp with time zone)" if on_postgres() else "%s"
    empty = "CAST('[]' AS jsonb)" if on_postgres() else "'[]'"
    ctes = NEXT.format(
        carrier=rowset({"channel": "text", "data_class": "int"}),
        chosen=narrows("announcement.channels", "address.channel"),
        skipped=among("delivery.id"),
    )
    wanted = [moment(now), moment(now - NEWS)]
    return change(
        "INSERT INTO store_delivery (announcement_id, guardian_id, address_id, channel, state,"
        f" reason, why, priority, due_at, expires_at, attempts, parts) WITH {ctes}"
        " SELECT announcement_id, guardian_id, address_id, channel,"
        f" CASE WHEN doubled THEN '{State.SKIPPED}' ELSE '{State.QUEUED}' END,"
        f" CASE WHEN doubled THEN '{Skip.DUPLICATE}' ELSE '' END,"
        f" '{Why.FALLBACK}', priority, {stamp}, expires_at, 0, {empty} FROM copies"
        " WHERE 1 = 1 ON CONFLICT DO NOTHING",  # another sweep may do the same at the same time
        [*wanted, listed(skipped), *wanted, dumped(carries), moment(now)],
    )
