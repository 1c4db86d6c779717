"""Counts of announcements so large that counting takes seconds, kept for a while with their time.

What a school sends is counted anew for every look. A million copies are not: whoever looks is shown
what was counted last, and when; if that is old, somebody is sent to count again meanwhile. Before
anything was counted, whoever looks is told so and looks again.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock, Thread
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection

log = logging.getLogger(__name__)

LARGE = 20_000
"""Copies from which on an announcement is large: so many are counted in a tenth of a second."""

SHARE = 20
"""A count is old after so many times as long as counting took: a twentieth of a core at most."""

SHORTEST = 5.0
"""Seconds for which no count is old."""

LONGEST = 600.0
"""Seconds for which an old count may still be shown: a person in it may have been erased."""

MOST = 64
"""Counts that are kept; the one that was asked for longest ago goes first."""

T = TypeVar("T")


@dataclass(slots=True)
class Count:
    """What was counted, when, and the moment on the steady clock from which it is old."""

    value: Any
    at: datetime
    old_at: float
    again: bool = False


@dataclass(slots=True)
class Errand:
    """Somebody has been sent to count what nobody has counted yet."""

    over: bool = False
    failed: bool = False


class KeptCounts:
    """The counts of one process; `send` sends somebody to count."""

    def __init__(self, send: Callable[[Callable[[], None]], None] | None = None) -> None:
        self._send = send or _in_a_thread
        self._counts: OrderedDict[tuple[UUID, str], Count] = OrderedDict()
        self._errands: dict[UUID, Errand] = {}
        self._lock = Lock()
        self._forgotten = 0

    def look(
        self, announcement: UUID, what: str, count: Callable[[], T], *, large: Callable[[T], bool]
    ) -> tuple[T, datetime]:
        """What `count` tells now or, of something large, told lately; and when."""
        key = (announcement, what)
        if kept := self._kept(key):
            self._renew(key, kept, count)
            return kept.value, kept.at
        before = self._forgotten
        found = _counted(count)
        if large(found.value):
            self._keep(key, found, before)
        return found.value, found.at

    def has(self, announcement: UUID, kinds: Iterable[str]) -> bool:
        """Whether all of these were counted lately."""
        return all(self._kept((announcement, kind)) for kind in kinds)

    def ready(self, announcement: UUID, kinds: Iterable[str], count: Callable[[], object]) -> bool:
        """Whether all of these are kept; else somebody has been sent to `count`, which keeps them.

        Where he has failed the answer is yes: whoever asks may count and meet the failure.
        """
        with self._lock:
            errand = self._errands.get(announcement)
            is_new = errand is None
            errand = self._errands.setdefault(announcement, Errand())
        if is_new:
            self._send(lambda: _run(errand, count))
        if not errand.over:
            return False
        with self._lock:
            if self._errands.get(announcement) is errand:
                del self._errands[announcement]
        return errand.failed or self.has(announcement, kinds)

    def forget(self, announcement: UUID) -> None:
        """Count anew for the next look: somebody changes what is counted."""
        with self._lock:
            self._forgotten += 1
            for key in [key for key in self._counts if key[0] == announcement]:
                del self._counts[key]

    def _keep(self, key: tuple[UUID, str], found: Count, before: int) -> None:
        with self._lock:
            if self._forgotten != before:  # somebody may have changed what was being counted
                return
            self._counts[key] = found
            while len(self._counts) > MOST:
                self._counts.popitem(last=False)

    def _kept(self, key: tuple[UUID, str]) -> Count | None:
        with self._lock:
            kept = self._counts.get(key)
            if kept is None:
                return None
            if time.monotonic() > kept.old_at + LONGEST:
                del self._counts[key]
                return None
            self._counts.move_to_end(key)
            return kept

    def _renew(self, key: tuple[UUID, str], kept: Count, count: Callable[[], Any]) -> None:
        """Send one to count again when what is kept is old."""
        with self._lock:
            if kept.again or time.monotonic() < kept.old_at:
                return
            kept.again = True

        def work() -> None:
            try:
                found = _counted(count)
            except Exception:
                log.exception("counts.fault")
                kept.again = False
                return
            with self._lock:
                if self._counts.get(key) is kept:  # nobody has forgotten it meanwhile
                    self._counts[key] = found

        self._send(work)


def _counted(count: Callable[[], Any]) -> Count:
    at, began = datetime.now(UTC), time.monotonic()
    value = count()
    ended = time.monotonic()
    return Count(value, at, ended + max((ended - began) * SHARE, SHORTEST))


def _run(errand: Errand, count: Callable[[], object]) -> None:
    try:
        count()
    except Exception:
        log.exception("counts.fault")
        errand.failed = True
    finally:
        errand.over = True


def _in_a_thread(work: Callable[[], None]) -> None:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    Thread(target=run, name="counts", daemon=True).start()


COUNTS = KeptCounts()
"""Those of this process."""
