"""What may still be changed, and who may say yes to it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum


class Shut(StrEnum):
    """Why an announcement can no longer be changed."""

    RELEASED = "released"
    CANCELLED = "cancelled"
    SCHEDULED = "scheduled"
    WAITING = "waiting"
    """Somebody else is asked for consent; what she reads must not change under her eyes."""
    REPEATS = "repeats"
    """It is copied for each of its dates: it never leaves itself, and is saved by a button only."""


def shut(
    *,
    release_at: datetime | None,
    released_at: datetime | None,
    cancelled_at: datetime | None,
    waits: bool,
) -> Shut | None:
    """Why an announcement with these traces may not be changed; None for a draft that may."""
    if released_at is not None:
        return Shut.RELEASED
    if cancelled_at is not None:
        return Shut.CANCELLED
    if release_at is not None:
        return Shut.SCHEDULED
    return Shut.WAITING if waits else None


def may_consent(who: int, *, asked_by: int | None, written_by: int | None) -> bool:
    """Whether this account may decide about a request: four eyes are those of two people."""
    return who not in {asked_by, written_by}
