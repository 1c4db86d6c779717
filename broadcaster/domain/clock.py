"""What it means that the last look at the clock lies in a time to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

STEP = timedelta(minutes=1)
"""Smaller steps are waited out."""

PATIENCE = 15.0
"""Seconds for which a look may come from another machine, whose clock is ahead of ours."""


@dataclass(frozen=True, slots=True)
class Sight:
    """The last look on record, `at`, as a process has seen it `since` on a clock nobody sets."""

    at: datetime
    since: float


def is_ahead(last: datetime | None, now: datetime) -> bool:
    """Whether the last look lies in a time to come."""
    return last is not None and last - now >= STEP


def pull_back(before: Sight | None, seen: Sight, now: datetime) -> timedelta:
    """By how much the clock has been set back, once that is sure; nothing before.

    It is sure when nobody has looked for long in that time to come: then nobody lives there.
    """
    if not is_ahead(seen.at, now) or before is None or before.at != seen.at:
        return timedelta()
    return seen.at - now if seen.since - before.since >= PATIENCE else timedelta()
