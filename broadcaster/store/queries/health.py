"""What waits, what left and what failed on each channel: one statement each, over partial indexes.

Values that the indexes name stand in the statements, not in parameters: SQLite would not see that
an index fits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from broadcaster.contract import Reason
from broadcaster.domain.health import Failures
from broadcaster.domain.reasons import Skip
from broadcaster.domain.states import State
from broadcaster.store.models import Announcement, ChannelState, Lane, Receipt
from broadcaster.store.queries.claiming import WAITING
from broadcaster.store.queries.dialect import by_id, fetch, moment, when

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BAD = f"state IN ('{State.FAILED}', '{State.UNCONFIRMED}')"
NO_ANSWER = f"('{Reason.CONNECTION}', '{Reason.SERVER_ERROR}')"
"""Why copies are put off that a platform in order would have taken."""
WAITS = (
    f"(copy.state = '{State.DEFERRED}'"
    f" AND (copy.reason IN {NO_ANSWER} OR copy.reason = '{Reason.HELD_BACK}')"
    f" OR copy.state = '{State.SKIPPED}' AND copy.reason = '{Skip.CHANNEL_AWAY}'"
    " AND NOT EXISTS (SELECT 1 FROM store_channelstate gate WHERE gate.channel = copy.channel"
    " AND gate.last_success_at > refusal.at))"
    f" AND (refusal.reason IN {NO_ANSWER} OR refusal.outcome = 'unconfirmed')"
)
"""A receipt of a platform's silence whose copy still waits, by itself or behind one that tells; or
has left by another channel, and nothing has left by this one since.
"""

Facts = Mapping[str, Mapping[str, Any]]
"""Channel → fields of a ChannelHealth."""


def gates() -> Facts:
    """What is written down of each channel: its hold, its pause, its last success."""
    fields = ("paused_at", "hold_until", "reason", "detail", "last_success_at")
    rows = ChannelState.objects.values("channel", *fields)
    return {row.pop("channel"): row for row in rows}


def queues(now: datetime) -> Facts:
    """How many copies wait their turn, and since when the oldest of them could have left."""
    rows = fetch(
        "SELECT channel, count(*), min(due_at) FROM store_delivery"
        f" WHERE {WAITING} GROUP BY channel"
    )
    return {
        channel: {"waiting": count, "oldest_due": due if due and due <= now else None}
        for channel, count, due in ((name, count, when(first)) for name, count, first in rows)
    }


def held() -> Facts:
    """How many copies wait for the morning or for their author."""
    rows = fetch(
        f"SELECT channel, count(*) FROM store_delivery WHERE state = '{State.HELD}'"
        " GROUP BY channel"
    )
    return {channel: {"held": count} for channel, count in rows}


def sent(now: datetime) -> Facts:
    """How many copies left in the last hour and in the last day."""
    rows = fetch(
        "SELECT channel, sum(CASE WHEN sent_at > %s THEN 1 ELSE 0 END), count(*)"
        " FROM store_delivery WHERE sent_at > %s GROUP BY channel",
        [moment(now - HOUR), moment(now - DAY)],
    )
    return {channel: {"sent_hour": hour, "sent_day": day} for channel, hour, day in rows}


def failed(now: datetime) -> Facts:
    """Copies that ended badly after an answer of the last day, by reason, the most frequent first;
    and since when the platform gives no answer to others, which still wait for it.

    A copy whose worker died leaves no answer and is not counted here.
    """
    rows = fetch(
        f"SELECT copy.channel, copy.reason, CASE WHEN {WAITS} THEN 1 ELSE 0 END,"
        " count(DISTINCT CASE WHEN refusal.at > %s THEN copy.id END), count(DISTINCT copy.id),"
        f" min(refusal.at) FROM store_receipt refusal JOIN store_delivery copy {by_id()}"
        " ON copy.id = refusal.delivery_id"
        " WHERE NOT (refusal.outcome = 'accepted') AND refusal.at > %s"
        f" AND (copy.{BAD} OR {WAITS})"
        " GROUP BY 1, 2, 3 ORDER BY 5 DESC, 2",
        [moment(now - HOUR), moment(now - DAY)],
    )
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for channel, reason, waiting, hour, day, since in rows:
        facts = found[channel]
        if waiting:
            before = facts.get("no_answer_since")
            facts["no_answer_since"] = min(filter(None, (before, when(since))))
        else:
            facts["failures"] = (*facts.get("failures", ()), Failures(reason, hour, day))
    return found


def lanes(now: datetime) -> Facts:
    """How many workers send on each channel."""
    found: dict[str, int] = defaultdict(int)
    for channel in Lane.objects.filter(token__isnull=False, until__gt=now).values_list(
        "channel", flat=True
    ):
        found[channel] += 1
    return {channel: {"lanes": count} for channel, count in found.items()}


def set_aside() -> datetime | None:
    """Since when the first of the scheduled announcements that cannot be released waits."""
    stopped = Announcement.objects.filter(released_at=None, cancelled_at=None).exclude(problem="")
    return stopped.order_by("paused_at").values_list("paused_at", flat=True).first()


def by_state() -> list[tuple[str, str, int]]:
    """All copies there are: channel, state, how many."""
    rows = fetch("SELECT channel, state, count(*) FROM store_delivery GROUP BY channel, state")
    return [(channel, state, count) for channel, state, count in rows]


def newest_receipt() -> int:
    """The number of the last answer; 0 when there is none."""
    return Receipt.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def answers(after: int, *, until: datetime) -> tuple[int, list[tuple[str, str, int]]]:
    """The answers after number `after` and before the first one younger than `until`.

    Returns the last number seen, and channel, outcome, how many. The young ones wait: one with a
    lower number may be in a transaction that has not ended yet.
    """
    ((last,),) = fetch(
        "SELECT coalesce((SELECT min(id) - 1 FROM store_receipt WHERE id > %s AND at > %s),"
        " (SELECT max(id) FROM store_receipt), %s)",
        [after, moment(until), after],
    )
    rows = fetch(
        "SELECT copy.channel, receipt.outcome, count(*)"
        f" FROM store_receipt receipt JOIN store_delivery copy {by_id()}"
        " ON copy.id = receipt.delivery_id WHERE receipt.id > %s AND receipt.id <= %s"
        " GROUP BY copy.channel, receipt.outcome",
        [after, last],
    )
    return max(last, after), [(channel, outcome, count) for channel, outcome, count in rows]
