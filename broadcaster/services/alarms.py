"""Alarms: noticed once, told once by mail, and told once more when they are over.

Anybody may look: the worker's schedule and the web's watchman both do, so that either notices when
the other has fallen silent. One look at a time counts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from broadcaster.alarm_words import Words, alarm_words
from broadcaster.domain.alarms import (
    AFTER_A_REFUSAL,
    AUDIT_EVERY,
    LASTS,
    AlarmPolicy,
    Sign,
    Trouble,
    troubles,
)
from broadcaster.domain.health import Health, Standing
from broadcaster.domain.permissions import Role
from broadcaster.services.alarm_letters import letter
from broadcaster.services.audit_check import verify
from broadcaster.services.health import look
from broadcaster.services.outlets import Office
from broadcaster.store.models import Alarm
from broadcaster.store.queries.dialect import alone
from broadcaster.store.queries.heartbeats import (
    AUDIT_WALKED,
    LETTER_REFUSED,
    WATCH,
    WORKER,
    beat,
    last_beat,
)

log = logging.getLogger(__name__)

ERRAND = 0xA1A2
"""The number under which one look keeps the others out."""

LOOK_EVERY = 30.0
"""Seconds between looks of the worker, and of the web."""

Mail = Callable[[Sequence[str], str, str], None]
"""Sends a letter to these addresses: subject, text; raises OSError or ValueError."""


@dataclass(frozen=True, slots=True)
class Post:
    """How letters leave: `send` through the channel of this name."""

    channel: str
    send: Mail


@dataclass(frozen=True, slots=True)
class Told:
    """An alarm with its words."""

    alarm: Alarm
    words: Words


def watch(office: Office, post: Post | None, now: datetime, *, worker: bool = False) -> None:
    """Look at everything, write down what began and what ended, and write to the administrators.

    `worker` says that a worker looks, which is itself a sign of life. A look that comes too soon
    after another one does nothing else.
    """
    if worker:
        beat(WORKER, now=now)
    if not _my_turn(now):
        return
    health = look(office, now)
    with transaction.atomic():
        _write_down(troubles(health, office.alarms), now)
    if _due(AUDIT_WALKED, AUDIT_EVERY, now):
        _walk_the_log(now)
    if post and office.alarms.mail and _is_open(health, post.channel):
        tell(office, post, now)


def _my_turn(now: datetime) -> bool:
    """Whether nobody has looked just now."""
    with transaction.atomic():
        if not alone(ERRAND) or not _due(WATCH, timedelta(seconds=LOOK_EVERY / 2), now):
            return False
        beat(WATCH, now=now)
        return True


def _due(part: str, every: timedelta, now: datetime) -> bool:
    before = last_beat(part)
    return before is None or not timedelta() <= now - before < every


def _write_down(signs: Sequence[Sign], now: datetime) -> None:
    """Open what is new, close what is over; the log's alarm is not ours to close."""
    here = {(sign.trouble, sign.part) for sign in signs}
    there = set()
    for alarm in Alarm.objects.filter(until=None).exclude(kind=Trouble.LOG_BROKEN):
        there.add((alarm.kind, alarm.part))
        if (alarm.kind, alarm.part) not in here:
            Alarm.objects.filter(pk=alarm.pk, until=None).update(until=now)
    _open((sign for sign in signs if (sign.trouble, sign.part) not in there), now)


def _open(signs: Iterable[Sign], now: datetime) -> None:
    rows = [
        Alarm(kind=sign.trouble, part=sign.part, since=sign.since, noticed_at=now) for sign in signs
    ]
    Alarm.objects.bulk_create(rows, ignore_conflicts=True)
    for row in rows:
        log.warning("alarm.opened", extra={"kind": row.kind, "part": row.part})


def _walk_the_log(now: datetime) -> None:
    """Once a day: is the audit log as it was written?"""
    whole = verify().whole
    with transaction.atomic():
        beat(AUDIT_WALKED, now=now)
        broken = Alarm.objects.filter(kind=Trouble.LOG_BROKEN, until=None)
        if whole:
            broken.update(until=now)
        elif not broken.exists():
            _open([Sign(Trouble.LOG_BROKEN, "", now)], now)


def _is_open(health: Health, channel: str) -> bool:
    """Whether letters can leave: a broken mail channel cannot tell of itself."""
    return any(
        one.name == channel and one.standing(health.at) is Standing.OPEN for one in health.channels
    )


def tell(office: Office, post: Post, now: datetime) -> None:
    """Write one letter of all that has not been told, unless too many have left this hour.

    What is told is marked before the letter leaves, so that no alarm is told twice, and unmarked
    when it is refused; the next try comes some minutes later.
    """
    recipients = administrators()
    if not recipients or not _due(LETTER_REFUSED, AFTER_A_REFUSAL, now):
        return
    begun, ended = _claim(office.alarms, now)
    if not begun and not ended:
        return
    try:
        post.send(recipients, *letter(office.school, begun, ended, now=now))
    except (OSError, ValueError) as error:
        log.warning("alarm.letter_refused", extra={"fault": type(error).__name__})
        with transaction.atomic():
            Alarm.objects.filter(pk__in=[one.pk for one in begun]).update(told_at=None)
            Alarm.objects.filter(pk__in=[one.pk for one in ended]).update(end_told_at=None)
            beat(LETTER_REFUSED, now=now)


def _claim(policy: AlarmPolicy, now: datetime) -> tuple[list[Alarm], list[Alarm]]:
    """The alarms whose beginning and whose end this letter tells, marked as told."""
    with transaction.atomic():
        if not alone(ERRAND) or _letters(now) >= policy.mails_an_hour:
            return [], []
        lasting = Alarm.objects.filter(until=None, told_at=None, noticed_at__lte=now - LASTS)
        over = Alarm.objects.filter(until__isnull=False, told_at__isnull=False, end_told_at=None)
        begun, ended = list(lasting.order_by("since")), list(over.order_by("until"))
        Alarm.objects.filter(pk__in=[one.pk for one in begun]).update(told_at=now)
        Alarm.objects.filter(pk__in=[one.pk for one in ended]).update(end_told_at=now)
        return begun, ended


def _letters(now: datetime) -> int:
    """How many letters have left in the last hour: each marks what it tells with one time."""
    hour = now - timedelta(hours=1)
    told = Alarm.objects.filter(Q(told_at__gt=hour) | Q(end_told_at__gt=hour))
    times = {at for row in told.values_list("told_at", "end_told_at") for at in row}
    return sum(at is not None and at > hour for at in times)


def administrators() -> list[str]:
    """The addresses to which alarms go."""
    found = User.objects.filter(is_active=True, staff__role=Role.ADMINISTRATOR).exclude(email="")
    return list(found.order_by("email").values_list("email", flat=True).distinct())


def open_alarms(office: Office, now: datetime) -> list[Told]:
    """What an administrator must know now, with its words, the oldest first; one query."""
    return [
        _told(office, alarm, now) for alarm in Alarm.objects.filter(until=None).order_by("since")
    ]


def past_alarms(office: Office, now: datetime, *, most: int) -> list[Told]:
    """The last alarms that are over, the newest first."""
    over = Alarm.objects.filter(until__isnull=False).order_by("-until", "-pk")
    return [_told(office, alarm, now) for alarm in over[:most]]


def _told(office: Office, alarm: Alarm, now: datetime) -> Told:
    zone = office.school.time_zone
    return Told(alarm, alarm_words(alarm.kind, alarm.part, alarm.since, now=now, zone=zone))
