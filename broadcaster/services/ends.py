"""What other programs are told of an announcement that has come to its end; rows only, no calls.

`end_seen` and `tell` belong to the sweep. An event is told once a webhook and announcement:
announcement.finished when it is released and not one copy is under way any more;
announcement.failed when it finished without a person or a place, unless somebody cancelled it, or
when it was scheduled and could not be released.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from broadcaster.domain.calls import Event
from broadcaster.domain.states import REACHED, State
from broadcaster.store.models import Announcement, Webhook, WebhookCall
from broadcaster.store.queries import reports
from broadcaster.store.queries.finishing import Untold, finished_untold, unreleasable_untold

NOT_WANTED = "not_wanted"
"""Stands for the answer of a webhook that did not ask for an event, so that it is judged once."""

MISSED = frozenset({State.FAILED, State.EXPIRED, State.UNCONFIRMED})
"""A place has not got its copy, or nobody knows; what a rule skipped was not meant for it."""


def end_seen(now: datetime) -> set[Untold]:
    """Who is to hear that which announcement has no copy under way.

    Asked before copies that failed are made up for: what has no copy under way before and after has
    come to its end.
    """
    return finished_untold(Event.FINISHED, now)


def tell(before: set[Untold], *, now: datetime) -> None:
    """Write down what is to be told of announcements that have come to their end."""
    ended = before & finished_untold(Event.FINISHED, now) if before else set()
    stuck = unreleasable_untold(Event.FAILED, now)
    if not ended and not stuck:
        return
    accounts = _accounts({one.announcement for one in ended | stuck})
    missed = {one for one in ended if accounts[one.announcement]["failed"]}
    told = [(Event.FINISHED, ended), (Event.FAILED, missed | stuck)]
    wanted = dict(Webhook.objects.values_list("pk", "events"))
    WebhookCall.objects.bulk_create(
        [
            _row(one, event, accounts[one.announcement], wanted.get(one.webhook, ()), now)
            for event, ones in told
            for one in sorted(ones)
        ],
        ignore_conflicts=True,
    )


def payload_of(event: str, now: datetime, data: Mapping[str, Any]) -> dict[str, Any]:
    """What is told: numbers and times, never a name, an address or a text."""
    return {"type": event, "timestamp": now.isoformat(), "data": dict(data)}


def _row(
    one: Untold, event: Event, account: Mapping[str, Any], wanted: Iterable[str], now: datetime
) -> WebhookCall:
    row = WebhookCall(webhook_id=one.webhook, event=event, subject=str(one.announcement))
    if event in wanted:
        row.payload, row.due_at = payload_of(event, now, account), now
    else:
        row.payload, row.done_at, row.answer = {}, now, NOT_WANTED
    return row


def _accounts(announcements: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    rows = Announcement.objects.filter(pk__in=set(announcements))
    return {row.pk: _account(row) for row in rows}


def _account(row: Announcement) -> dict[str, Any]:
    """What became of an announcement, in numbers."""
    people = reports.reached(row.pk)
    unreached = people.get(0, 0)
    places = _places(row.pk)
    is_missed = unreached > 0 or places["reached"] < places["all"]
    return {
        "announcement": str(row.pk),
        "importance": row.importance,
        "released_at": _iso(row.released_at),
        "cancelled_at": _iso(row.cancelled_at),
        "failed": row.released_at is None or (row.cancelled_at is None and is_missed),
        "people": {"all": sum(people.values()), "reached": sum(people.values()) - unreached},
        "places": places,
    }


def _places(announcement: UUID) -> dict[str, int]:
    """The walls, chats and sections that were to get a copy, and those that have it."""
    lines = [line for line in reports.states(announcement) if not line.personal]
    reached = sum(line.count for line in lines if line.state in REACHED)
    return {
        "all": reached + sum(line.count for line in lines if line.state in MISSED),
        "reached": reached,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
