"""Putting right what waits, after the clock was set back."""

from __future__ import annotations

from datetime import datetime, timedelta

from broadcaster.domain.reasons import Hold
from broadcaster.domain.states import State
from broadcaster.store.models import Lane
from broadcaster.store.queries.dialect import at_rest, change, moment, on_postgres


def bring_forward(by: timedelta, *, now: datetime) -> int:
    """Let copies that are put off for some time wait no longer than that; returns how many.

    What was due by the clock as it was is due now, also what comes back from a worker or a pause.
    Times of day (the quiet hours, a planned release) are of the new clock and stay.
    """
    due = (
        f"state = '{State.DEFERRED}' AND due_at > %s OR"
        f" (state IN ('{State.QUEUED}', '{State.SENDING}')"
        f" OR state = '{State.HELD}' AND reason = '{Hold.PAUSED}')"
        " AND due_at > %s AND due_at <= %s"
    )
    return change(
        f"UPDATE store_delivery SET due_at = {_earlier('due_at')} WHERE {at_rest(due)}",
        [_amount(by), moment(now), moment(now), moment(now + by)],
    )


def shorten_holds(by: timedelta, *, now: datetime) -> None:
    """Let channels be held for as long as their platform has asked, and no longer."""
    change(
        f"UPDATE store_channelstate SET hold_until = {_earlier('hold_until')}"
        " WHERE hold_until > %s",
        [_amount(by), moment(now)],
    )


def shorten_calls(by: timedelta, *, now: datetime) -> None:
    """Let calls of other programs wait as long as they were to."""
    change(
        f"UPDATE store_webhookcall SET due_at = {_earlier('due_at')} WHERE due_at > %s",
        [_amount(by), moment(now)],
    )


def shorten_lanes(lease: timedelta, *, now: datetime) -> None:
    """Let no lane be kept for longer than a lease: its worker may be dead."""
    Lane.objects.filter(until__gt=now + lease).update(until=now + lease)


def _earlier(column: str) -> str:
    """A column's time, earlier by the next parameter."""
    if on_postgres():
        return f"{column} - make_interval(secs => %s)"
    return f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', {column}, %s)"


def _amount(by: timedelta) -> object:
    return by.total_seconds() if on_postgres() else f"-{by.total_seconds():.3f} seconds"
