"""When an administrator must know: one small rule for each kind of trouble."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from broadcaster.contract import Between, Reason
from broadcaster.domain.health import ChannelHealth, Health, Standing


class Trouble(StrEnum):
    """What can be wrong; each has its words in `broadcaster.alarm_words`."""

    CREDENTIALS = "credentials"
    NEEDS_PERSON = "needs_person"
    HELD_LONG = "held_long"
    NO_ANSWER = "no_answer"
    STUCK = "stuck"
    SWITCHED_OFF = "switched_off"
    FAILURES = "failures"
    WORKER = "worker"
    SWEEP = "sweep"
    QUEUE = "queue"
    DISK = "disk"
    SET_ASIDE = "set_aside"
    CALENDAR_BROKEN = "calendar_broken"
    CALENDAR_SKIPPED = "calendar_skipped"
    LOG_BROKEN = "log_broken"
    """The audit log is not whole; found by a walk of its own, not by the rules below."""


@dataclass(frozen=True, slots=True, order=True)
class Sign:
    """A trouble of one part, and since when: `part` is a channel's name, or empty."""

    trouble: Trouble
    part: str
    since: datetime


@dataclass(frozen=True, slots=True)
class AlarmPolicy:
    """When it is too much.

    `waiting` and `silent` in minutes, `disk_free` in percent; `failed` is how many copies an hour
    may end badly, whatever their share.
    """

    mail: bool = True
    mails_an_hour: Annotated[int, Between(1, 1000)] = 6
    waiting: Annotated[float, Between(1, 10_080)] = 15.0
    silent: Annotated[float, Between(1, 10_080)] = 3.0
    held: Annotated[float, Between(1, 10_080)] = 60.0
    failed: Annotated[int, Between(1, 1_000_000)] = 20
    disk_free: Annotated[float, Between(0, 100)] = 5.0


SHARE = 0.2
"""The part of an hour's copies that must have failed: some dead mailboxes are nothing unusual."""

LEAST_FREE = 200_000_000
"""Bytes of disk below which it is too little, however small the disk."""

LASTS = timedelta(seconds=20)
"""A trouble that is over before the next look is not written about."""

AFTER_A_REFUSAL = timedelta(minutes=10)
"""The rest after a letter that did not leave."""

TOLD_OF_SKIPPED = timedelta(days=2)
"""For how long it is worth a word that the calendar has left something out."""

AUDIT_EVERY = timedelta(days=1)
"""How often the whole audit log is walked."""

Rule = Callable[[ChannelHealth, AlarmPolicy, datetime], "Sign | None"]


def troubles(health: Health, policy: AlarmPolicy) -> list[Sign]:
    """Everything that an administrator must know now."""
    found = [
        sign
        for channel in health.channels
        for rule in RULES
        if (sign := rule(channel, policy, health.at))
    ]
    return sorted([*found, *_parts(health, policy)])


def _credentials(channel: ChannelHealth, _policy: AlarmPolicy, now: datetime) -> Sign | None:
    """The platform does not take our key."""
    shut = channel.standing(now) is Standing.SHUT and channel.reason == Reason.CREDENTIALS
    return Sign(Trouble.CREDENTIALS, channel.name, channel.paused_at or now) if shut else None


def _needs_person(channel: ChannelHealth, _policy: AlarmPolicy, now: datetime) -> Sign | None:
    """The platform wants something else of us."""
    shut = channel.standing(now) is Standing.SHUT and channel.reason != Reason.CREDENTIALS
    return Sign(Trouble.NEEDS_PERSON, channel.name, channel.paused_at or now) if shut else None


def _held_long(channel: ChannelHealth, policy: AlarmPolicy, now: datetime) -> Sign | None:
    """The platform makes copies wait for long: a quota is spent."""
    if channel.standing(now) is not Standing.HELD or not channel.waiting or not channel.hold_until:
        return None
    long = channel.hold_until - now > timedelta(minutes=policy.held)
    return Sign(Trouble.HELD_LONG, channel.name, now) if long else None


def _no_answer(channel: ChannelHealth, policy: AlarmPolicy, now: datetime) -> Sign | None:
    """The platform cannot be reached or fails, and for long nothing has left."""
    since = channel.no_answer_since
    tried = channel.standing(now) in {Standing.OPEN, Standing.HELD}
    if not tried or since is None or not _waits(channel, since, policy, now):
        return None
    return Sign(Trouble.NO_ANSWER, channel.name, since)


def _stuck(channel: ChannelHealth, policy: AlarmPolicy, now: datetime) -> Sign | None:
    """The channel is open, a copy is due, and for long nothing has left, who knows why."""
    due = channel.oldest_due
    if channel.standing(now) is not Standing.OPEN or due is None:
        return None
    if not _waits(channel, due, policy, now) or _no_answer(channel, policy, now):
        return None
    return Sign(Trouble.STUCK, channel.name, due)


def _waits(channel: ChannelHealth, since: datetime, policy: AlarmPolicy, now: datetime) -> bool:
    """Whether copies have waited for long, and nothing else has left meanwhile."""
    limit = timedelta(minutes=policy.waiting)
    moving = channel.last_success_at is not None and now - channel.last_success_at < limit
    return now - since >= limit and not moving


def _switched_off(channel: ChannelHealth, policy: AlarmPolicy, now: datetime) -> Sign | None:
    """Copies wait for a channel that was switched off after their release."""
    if channel.on or channel.oldest_due is None:
        return None
    late = now - channel.oldest_due >= timedelta(minutes=policy.waiting)
    return Sign(Trouble.SWITCHED_OFF, channel.name, channel.oldest_due) if late else None


def _failures(channel: ChannelHealth, policy: AlarmPolicy, now: datetime) -> Sign | None:
    """Far more copies end badly than usual."""
    failed, all_of_them = channel.failed_hour, channel.failed_hour + channel.sent_hour
    many = failed >= policy.failed and failed >= SHARE * all_of_them
    return Sign(Trouble.FAILURES, channel.name, now) if many else None


RULES: tuple[Rule, ...] = (
    _credentials,
    _needs_person,
    _held_long,
    _no_answer,
    _stuck,
    _switched_off,
    _failures,
)


def _parts(health: Health, policy: AlarmPolicy) -> Iterator[Sign]:
    """What is wrong with the installation itself."""
    limit = timedelta(minutes=policy.silent)
    worker, sweep = (health.silence(part) for part in (health.worker_at, health.sweep_at))
    if worker is None or worker > limit:
        yield Sign(Trouble.WORKER, "", health.worker_at or health.at)
    elif sweep is None or sweep > limit:
        yield Sign(Trouble.SWEEP, "", health.sweep_at or health.at)
    if health.queue_problem:
        yield Sign(Trouble.QUEUE, "", health.at)
    if health.set_aside_at:
        yield Sign(Trouble.SET_ASIDE, "", health.set_aside_at)
    if health.calendar_broken_at:
        yield Sign(Trouble.CALENDAR_BROKEN, "", health.calendar_broken_at)
    if health.calendar_skipped_at and health.at - health.calendar_skipped_at < TOLD_OF_SKIPPED:
        yield Sign(Trouble.CALENDAR_SKIPPED, "", health.calendar_skipped_at)
    share = policy.disk_free / 100 * health.disk_total
    if health.disk_free < max(share, LEAST_FREE):
        yield Sign(Trouble.DISK, "", health.at)
