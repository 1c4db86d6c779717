"""Celery's schedule, which goes on when the clock is set back.

Celery asks the wall clock alone: what ran at 12:10 is due at 12:10:02, and when the clock is set
back to 12:00 nothing is swept for ten minutes. Here what ran in a time to come is due at once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery.beat import PersistentScheduler, ScheduleEntry


class Scheduler(PersistentScheduler):  # type: ignore[misc]  # Celery has no types
    """Celery's scheduler; the worker knows it by `beat_scheduler`."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; returns how many seconds to rest."""
        early = [entry for entry in self.schedule.values() if _ran_in_a_time_to_come(entry)]
        for entry in early:
            rest = getattr(entry.schedule, "run_every", timedelta())
            entry.last_run_at = entry.default_now() - rest
        if early:
            self._heap = None  # made anew: its times are of the other clock
        return float(super().tick(*args, **kwargs))


def _ran_in_a_time_to_come(entry: ScheduleEntry) -> bool:
    schedule = entry.schedule
    return bool(schedule.maybe_make_aware(entry.last_run_at) > entry.default_now())
