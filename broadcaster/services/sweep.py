"""What time alone changes; beat calls it every few seconds and it may be called any number of
times.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from broadcaster.rendering.mistakes import RenderingMistake
from broadcaster.services.control import set_aside
from broadcaster.services.outlets import Office
from broadcaster.services.release import AlreadyReleased, release
from broadcaster.store.queries import sweeping
from broadcaster.store.queries.falling_back import fall_back
from broadcaster.store.queries.heartbeats import SWEEP, beat
from broadcaster.store.queries.lanes import lost_lanes

log = logging.getLogger(__name__)


def sweep(office: Office, now: datetime) -> list[str]:
    """Recover, wake, expire, hush and release what is due at `now`; returns the channels to ring.

    Copies that wait come before announcements that do, so that no announcement can stop them.
    """
    _recover(office, now)
    with transaction.atomic():
        _tend(office, now)
    _release_due(office, now)
    beat(SWEEP, now=now)
    return [name for name in sweeping.due_channels(now) if name in office.outlets]


def _tend(office: Office, now: datetime) -> None:
    """Bring every copy that waits up to date."""
    sweeping.expire(now)
    sweeping.release_held(now)
    sweeping.obey_stops()
    sweeping.skip_unusable()
    fall_back(now, [(name, int(most)) for name, most in office.carries().items()])
    if office.quiet and (until := office.quiet.until(now)):
        sweeping.hush(until)


def _release_due(office: Office, now: datetime) -> None:
    """Release scheduled announcements; one that cannot be is set aside until somebody looks."""
    for announcement in sweeping.announcements_due(now):
        told = {"announcement": str(announcement)}
        try:
            release(office, announcement, now=now)
        except AlreadyReleased:
            log.info("sweep.released_elsewhere", extra=told)
        except RenderingMistake as mistake:
            log.error("sweep.set_aside", extra=told)  # noqa: TRY400 - the mistake may quote the text
            set_aside(announcement, str(mistake), now=now)


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
