"""Signs of life of the parts that nobody looks at."""

from __future__ import annotations

from datetime import datetime

from broadcaster.store.models import Heartbeat

SWEEP, WORKER, WATCH = "sweep", "worker", "watch"
ASKING_REFUSED = "asking_refused"
AUDIT_WALKED, LETTER_REFUSED = "audit_walked", "letter_refused"
PLANNED = "planned"
CLOCK = "clock"
"""What the clock showed when it was last looked at."""
CALENDAR_BROKEN, CALENDAR_SKIPPED = "calendar_broken", "calendar_skipped"
"""Since when items of the calendar cannot be followed, and when one was last left out unasked."""


def beat(part: str, *, now: datetime) -> None:
    """Note that a part works."""
    Heartbeat.objects.update_or_create(pk=part, defaults={"at": now})


def mark(part: str, *, now: datetime, lasts: bool) -> None:
    """Note since when something lasts, and forget it when it does not last any more."""
    if lasts:
        Heartbeat.objects.get_or_create(pk=part, defaults={"at": now})
    else:
        Heartbeat.objects.filter(pk=part).delete()


def last_beat(part: str) -> datetime | None:
    """When a part last worked; None when it never did."""
    return Heartbeat.objects.filter(pk=part).values_list("at", flat=True).first()


def beats() -> dict[str, datetime]:
    """When every part last worked."""
    return dict(Heartbeat.objects.values_list("part", "at"))
