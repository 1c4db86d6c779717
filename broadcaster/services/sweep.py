"""What time alone changes; beat calls it every few seconds and it may be called any number of
times.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import DatabaseError, transaction

from broadcaster.i18n import _
from broadcaster.rendering.mistakes import RenderingMistake
from broadcaster.services.control import set_aside
from broadcaster.services.ends import end_seen, tell
from broadcaster.services.flights import LeftBehind, clear, left_behind
from broadcaster.services.outlets import Office
from broadcaster.services.release import AlreadyReleased, NotThisOne, release
from broadcaster.services.tending import ERRAND, tend
from broadcaster.store.queries import sweeping
from broadcaster.store.queries.dialect import alone
from broadcaster.store.queries.heartbeats import SWEEP, beat
from broadcaster.store.queries.lanes import lost_lanes
from broadcaster.store.queries.recording import record, taken

log = logging.getLogger(__name__)


def sweep(office: Office, now: datetime) -> list[str]:
    """Recover, wake, expire, hush and release what is due at `now`; returns the channels to ring.

    Copies that wait come before announcements that do, so that no announcement can stop them.
    """
    ended = end_seen(now)
    with left_behind(office.flights) as dead, transaction.atomic():
        if alone(ERRAND):
            _recover(office, dead, now)
    tend(office, now)
    _release_due(office, now)
    tell(ended, now=now)
    beat(SWEEP, now=now)
    return [name for name in sweeping.due_channels(now) if name in office.outlets]


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


def _recover(office: Office, dead: Sequence[LeftBehind], now: datetime) -> None:
    """Take the copies of ended and of silent workers back, or say that nobody knows whether they
    arrived.

    Whose process is gone nothing more leaves, and what it remembered of its copies is true. A
    worker that is only silent may come back: of its copies all that are on record are in doubt.
    """
    repeatable = [name for name, outlet in office.outlets.items() if outlet.traits.repeatable]
    lost = [*lost_lanes(now), *(one.lane for one in dead)]
    sent = sum(record(taken(one.taken, lane=one.lane), lane=one.lane) for one in dead)
    known = {one.lane: one.doubtful for one in dead}
    queued, unconfirmed = sweeping.requeue_lost(lost, repeatable, known)
    if lost:
        sweeping.forget_lanes(lost, now)
    transaction.on_commit(partial(clear, office.flights, known))
    if sent or queued or unconfirmed:
        told = {"sent": sent, "queued": queued, "unconfirmed": unconfirmed}
        transaction.on_commit(partial(log.warning, "sweep.recovered", extra=told))
