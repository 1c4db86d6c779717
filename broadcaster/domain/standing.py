"""Where an announcement stands as a whole, and what its copies wait for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from broadcaster.domain.reasons import Hold
from broadcaster.domain.states import State


class Stage(StrEnum):
    """Where an announcement stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SET_ASIDE = "set_aside"
    """It was to be released by itself and could not be."""
    UNDERWAY = "underway"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


class Wait(StrEnum):
    """What keeps copies from leaving."""

    PAUSED = "paused"
    QUIET_HOURS = "quiet_hours"
    CHANNEL_OFF = "channel_off"
    CHANNEL_SHUT = "channel_shut"
    CHANNEL_HELD = "channel_held"
    RETRY = "retry"
    WORKER_ASLEEP = "worker_asleep"


@dataclass(frozen=True, slots=True)
class Pending:
    """Copies of one channel that are not decided, alike in state and reason.

    `due_at` is the earliest of them.
    """

    channel: str
    state: str
    reason: str
    count: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a channel may send: `hold_until` is the platform's wait, `shut` waits for a person.

    `reason` is the platform's.
    """

    on: bool = True
    hold_until: datetime | None = None
    shut: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Delay:
    """Why so many copies wait: on one channel, or anywhere with an empty `channel`.

    `until` is None where nobody knows.
    """

    wait: Wait
    channel: str = ""
    count: int = 0
    until: datetime | None = None
    reason: str = ""


def stage(
    *,
    release_at: datetime | None,
    released_at: datetime | None,
    paused_at: datetime | None,
    cancelled_at: datetime | None,
    underway: int,
) -> Stage:
    """Where an announcement stands with so many copies not decided yet."""
    if released_at is None:
        return _before(release_at, paused_at, cancelled_at)
    if underway == 0:
        return Stage.CANCELLED if cancelled_at else Stage.DONE
    if cancelled_at:
        return Stage.CANCELLED
    return Stage.PAUSED if paused_at else Stage.UNDERWAY


def _before(
    release_at: datetime | None, paused_at: datetime | None, cancelled_at: datetime | None
) -> Stage:
    if cancelled_at:
        return Stage.CANCELLED
    if release_at is None:
        return Stage.DRAFT
    return Stage.SET_ASIDE if paused_at else Stage.SCHEDULED


def delays(
    pending: Sequence[Pending],
    gates: Mapping[str, Gate],
    *,
    now: datetime,
    awake: bool,
) -> list[Delay]:
    """What keeps undecided copies from leaving at `now`, most general first.

    `gates` holds every channel that is switched on. A copy that merely waits its turn is no delay.
    """
    told = [
        Delay(why.wait, one.channel, one.count, why.until, why.reason)
        for one in pending
        if (why := _why(one, gates.get(one.channel, Gate(on=False)), now)) is not None
    ]
    if pending and not awake:
        return [Delay(Wait.WORKER_ASLEEP, count=sum(one.count for one in pending)), *told]
    return told


def _why(one: Pending, gate: Gate, now: datetime) -> Delay | None:
    """Why copies of one kind wait; None when they are on their way or next in turn."""
    if one.state == State.SENDING:
        return None
    if one.state == State.HELD:
        paused = one.reason == Hold.PAUSED
        return Delay(Wait.PAUSED) if paused else Delay(Wait.QUIET_HOURS, until=one.due_at)
    if shut := _shut(gate, now):
        return shut
    if one.state == State.DEFERRED and one.due_at > now:
        return Delay(Wait.RETRY, until=one.due_at, reason=one.reason)
    return None


def _shut(gate: Gate, now: datetime) -> Delay | None:
    """What keeps a whole channel from sending; None when nothing does."""
    if not gate.on:
        return Delay(Wait.CHANNEL_OFF)
    if gate.shut:
        return Delay(Wait.CHANNEL_SHUT, reason=gate.reason)
    if gate.hold_until is not None and gate.hold_until > now:
        return Delay(Wait.CHANNEL_HELD, until=gate.hold_until, reason=gate.reason)
    return None
