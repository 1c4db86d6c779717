"""What time alone changes; beat calls it every few seconds and it may be called any number of
times.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from broadcaster.services.outlets import Office
from broadcaster.services.release import release
from broadcaster.store.queries import sweeping
from broadcaster.store.queries.falling_back import fall_back
from broadcaster.store.queries.heartbeats import SWEEP, beat
from broadcaster.store.queries.lanes import lost_lanes

log = logging.getLogger(__name__)


def sweep(office: Office, now: datetime) -> list[str]:
    """Release, wake, expire and recover what is due at `now`; returns the channels to ring."""
    for announcement in sweeping.announcements_due(now):
        release(office, announcement, now=now)
    _recover(office, now)
    with transaction.atomic():
        sweeping.expire(now)
        sweeping.release_held(now)
        sweeping.skip_unusable()
    carries = [(name, int(most)) for name, most in office.carries().items()]
    fall_back(now, carries)
    beat(SWEEP, now=now)
    return [name for name in sweeping.due_channels(now) if name in office.outlets]


def _recover(office: Office, now: datetime) -> None:
    """Take the copies of silent workers back, or say that nobody knows whether they arrived."""
    repeatable = [name for name, outlet in office.outlets.items() if outlet.traits.repeatable]
    with transaction.atomic():
        lost = lost_lanes(now)
        queued, unconfirmed = sweeping.requeue_lost(lost, repeatable)
        if lost:
            sweeping.forget_lanes(lost)
    if queued or unconfirmed:
        log.warning("sweep.recovered", extra={"queued": queued, "unconfirmed": unconfirmed})
