"""Figures for whoever watches the machine, kept for a while because all copies are many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock

from broadcaster.store.queries import health as facts

KEPT = timedelta(seconds=60)
"""How old the count of all copies may be."""

SETTLED = timedelta(seconds=30)
"""The age at which an answer is certainly committed, and so are those before it."""


class Copies:
    """All copies by channel and state, counted at most once a minute."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._at: datetime | None = None
        self._counts: list[tuple[str, str, int]] = []

    def at(self, now: datetime) -> list[tuple[str, str, int]]:
        """Channel, state, how many."""
        with self._lock:
            if self._at is None or not self._at <= now < self._at + KEPT:
                self._counts, self._at = facts.by_state(), now
            return self._counts


class Tally:
    """Answers of the platforms since the first look; each is counted once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last: int | None = None
        self._counts: Counter[tuple[str, str]] = Counter()

    def at(self, now: datetime) -> Mapping[tuple[str, str], int]:
        """(Channel, outcome) → how many."""
        with self._lock:
            if self._last is None:
                self._last = facts.newest_receipt()
            self._last, fresh = facts.answers(self._last, until=now - SETTLED)
            for channel, outcome, count in fresh:
                self._counts[channel, outcome] += count
            return Counter(self._counts)


COPIES, TALLY = Copies(), Tally()
