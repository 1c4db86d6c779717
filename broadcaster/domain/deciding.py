"""What a person may do about copies: send them again, or say whether they arrived."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from broadcaster.domain.policy import Plan
from broadcaster.domain.states import State


class Decision(StrEnum):
    """What a person says of a copy whose answer was lost."""

    ARRIVED = "arrived"
    LOST = "lost"
    AGAIN = "again"


class Refusal(StrEnum):
    """Why nothing of an announcement can be sent again."""

    NOT_RELEASED = "not_released"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    EXPIRED = "expired"
    EXPIRES_AT_NIGHT = "expires_at_night"
    """It would be out of date when the quiet hours end."""


def refusal(
    planned: Plan,
    *,
    now: datetime,
    released_at: datetime | None,
    paused_at: datetime | None,
    cancelled_at: datetime | None,
) -> Refusal | None:
    """What keeps an announcement from being sent again at `now`; None when nothing does."""
    if released_at is None:
        return Refusal.NOT_RELEASED
    if cancelled_at is not None:
        return Refusal.CANCELLED
    if planned.expires_at is not None and planned.expires_at <= now:
        return Refusal.EXPIRED
    if planned.state is State.EXPIRED:
        return Refusal.EXPIRES_AT_NIGHT
    return Refusal.PAUSED if paused_at is not None else None
