"""The clock of this machine, which a person or a time server may set back.

Whatever waits has the time of its end in a row. When the clock goes back by ten minutes, a rest of
one second has become one of ten minutes and a second: nothing would be lost, and nothing sent.
Every sweep writes down what the clock shows; who finds a time to come there, and it stays the same,
knows. Durations inside a process are counted on a clock that nobody sets.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from threading import Lock

from django.db import transaction

from broadcaster.domain.clock import Sight, is_ahead, pull_back
from broadcaster.services.outlets import Office
from broadcaster.store.queries import setback
from broadcaster.store.queries.dialect import alone
from broadcaster.store.queries.heartbeats import CLOCK, beat, last_beat

log = logging.getLogger(__name__)

ERRAND = 0xC10C
"""The number under which one worker puts the rows right and keeps the others out."""


class Clock:
    """What a process remembers of the time; one for a process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sight: Sight | None = None

    def follow(self, office: Office, now: datetime, steady: float) -> bool:
        """Note the time, and put right what waits if the clock was set back; say whether it was.

        `steady` is in seconds from any beginning, on a clock that nobody sets.
        """
        with self._lock, transaction.atomic():
            last = last_beat(CLOCK)
            if last is None or not is_ahead(last, now):
                beat(CLOCK, now=now)
                return False
            seen = Sight(last, steady)
            by = pull_back(self._sight, seen, now)
            if by and alone(ERRAND) and last_beat(CLOCK) == last:  # nobody was here before us
                _mend(office, by, now)
                return True
            if self._sight is None or self._sight.at != last:
                self._sight = seen
            return False


def _mend(office: Office, by: timedelta, now: datetime) -> None:
    copies = setback.bring_forward(by, now=now)
    setback.shorten_holds(by, now=now)
    setback.shorten_calls(by, now=now)
    setback.shorten_lanes(office.lease, now=now)
    beat(CLOCK, now=now)
    told = {"seconds": round(by.total_seconds()), "copies": copies}
    log.warning("clock.set_back", extra=told)
