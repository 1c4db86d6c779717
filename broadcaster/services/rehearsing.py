"""Into the sandbox and out of it: what waits on one side must not leave on the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from broadcaster.domain.states import UNDERWAY, State
from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.calendar.series import running
from broadcaster.services.calendar.series_keeping import stop_every_series
from broadcaster.services.steering import cancel
from broadcaster.store.models import (
    Announcement,
    Delivery,
    Destination,
    Group,
    Guardian,
    Pupil,
)
from broadcaster.store.queries.uploads import forget_uploads


class StillSending(Exception):
    """A worker is sending at this moment; what it gives back could leave later."""


@dataclass(frozen=True, slots=True)
class CalledOff:
    """How many announcements were cancelled, and the titles of the series that were stopped."""

    announcements: int
    series: list[str]


def unsent() -> int:
    """How many announcements are on their way, wait for their time or repeat themselves."""
    return _unfinished().count() + running().count()


def call_off(*, by: Actor, now: datetime) -> CalledOff:
    """Stop every series; cancel everything that is on its way or waits for its time.

    A trial announcement must not reach real families when the sandbox is left, nor must a file be
    looked for on real platforms under the name that it had on trial ones. Raises StillSending
    while a worker has copies in its hands.
    """
    series = stop_every_series(by=by, now=now)
    announcements = list(_unfinished().values_list("pk", flat=True))
    for announcement in announcements:
        cancel(announcement, by=by, now=now)
    if Delivery.objects.filter(state=State.SENDING).exists():
        raise StillSending
    forget_uploads()
    return CalledOff(len(announcements), series)


def sweep_out(*, by: Actor, now: datetime) -> None:
    """Delete every announcement, family, group and place: the trial's traces, before real work.

    The staff and the audit log stay.
    """
    with transaction.atomic():
        for kind in (Announcement, Guardian, Pupil, Destination, Group):
            kind.objects.all().delete()
        record(by, Action.SETTINGS_CHANGED, now=now, kind="settings", keys=["sandbox"], swept=True)


def is_roll_empty() -> bool:
    """Whether nobody has been entered yet."""
    return not (Guardian.objects.exists() or Pupil.objects.exists() or Group.objects.exists())


def _unfinished() -> QuerySet[Announcement]:
    underway = Delivery.objects.filter(state__in=UNDERWAY).values("announcement")
    scheduled = Q(release_at__isnull=False, released_at=None)
    return Announcement.objects.filter(scheduled | Q(pk__in=underway), cancelled_at=None)
