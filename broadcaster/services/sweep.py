"""What time alone changes; beat calls it every few seconds and it may be called any number of
times.
"""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial

from django.db import DatabaseError, transaction

from broadcaster.i18n import _
from broadcaster.rendering.mistakes import RenderingMistake
from broadcaster.services.control import set_aside
from broadcaster.services.ends import end_seen, tell
from broadcaster.services.outlets import Office
from broadcaster.services.release import AlreadyReleased, NotThisOne, release
from broadcaster.store.queries import sweeping
from broadcaster.store.queries.dialect import alone
from broadcaster.store.queries.falling_back import fall_back
from broadcaster.store.queries.heartbeats import SWEEP, beat
from broadcaster.store.queries.lanes import lost_lanes

log = logging.getLogger(__name__)

ERRAND = 0x5EE9
"""The number under which one sweep keeps the others out."""


def sweep(office: Office, now: datetime) -> list[str]:
    """Recover, wake, expire, hush and release what is due at `now`; returns the channels to ring.

    Copies that wait come before announcements that do, so that no announcement can stop them.
    """
    ended = end_seen(now)
    for work in (_recover, _tend):
        with transaction.atomic():
            if alone(ERRAND):
                work(office, now)
    _release_due(office, now)
    tell(ended, now=now)
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
            release(office, announcement, now=now, due=True)
        except AlreadyReleased:
            log.info("sweep.released_elsewhere", extra=told)
        except NotThisOne:
            log.info("sweep.taken_back", extra=told)
        except DatabaseError:
            raise
        except RenderingMistake as mistake:
            log.error("sweep.set_aside", extra=told)  # noqa: TRY400 - the mistake may quote the text
            set_aside(announcement, str(mistake), now=now)
        except Exception:
            log.exception("sweep.set_aside", extra=told)
            problem = _("внутренняя ошибка; подробности в журнале обработчика")
            set_aside(announcement, problem, now=now)


def _recover(office: Office, now: datetime) -> None:
    """Take the copies of silent workers back, or say that nobody knows whether they arrived."""
    repeatable = [name for name, outlet in office.outlets.items() if outlet.traits.repeatable]
    lost = lost_lanes(now)
    queued, unconfirmed = sweeping.requeue_lost(lost, repeatable)
    if lost:
        sweeping.forget_lanes(lost)
    if queued or unconfirmed:
        told = {"queued": queued, "unconfirmed": unconfirmed}
        transaction.on_commit(partial(log.warning, "sweep.recovered", extra=told))
