"""When the last copy will leave: a channel's queue played through ahead of time.

Request by request, in the order in which copies are claimed, under the limits as the turnstile
keeps them. Moments inside are seconds since the start of the play.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import inf

from broadcaster.domain.policy import Priority, QuietHours

LONG = 3600.0
"""A limit over so many seconds or more is a quota: people know it by the day or by the hour."""

BRIEF = 1.0
"""Waiting for less than so many seconds is no waiting."""


class Bound(StrEnum):
    """What keeps the last copy from leaving earlier."""

    NOTHING = "nothing"
    LIMIT = "limit"
    QUOTA = "quota"
    PLACE = "place"
    SPEED = "speed"
    QUEUE = "queue"
    HOLD = "hold"
    QUIET = "quiet"
    TIME = "time"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Window:
    """At most `amount` requests in any `seconds`: it moves with the clock and knows no midnight."""

    amount: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Copies of one announcement that wait for a channel, and the requests they need.

    `busiest` is how many of the requests go into one place. `waits_for` says why it is not due
    before `due_at`; after `expires_at` nothing of it leaves.
    """

    name: str
    copies: int
    requests: int
    priority: int
    due_at: datetime
    expires_at: datetime | None = None
    busiest: int = 0
    waits_for: Bound = Bound.TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """What a channel lets through.

    `slack` is by how much the even steps under a limit of a second are longer than need be.
    `cost` is the work of one copy, in seconds of one lane. A wait for a limit of more than
    `patience` seconds holds the channel; then it is looked at every `sweep` seconds. `past` are
    moments and the numbers of requests that left then, the oldest first.
    """

    windows: Sequence[Window] = ()
    place_windows: Sequence[Window] = ()
    lanes: int = 1
    slack: float = 1.0
    cost: float = 0.0
    patience: float = inf
    sweep: float = 0.0
    hold_until: datetime | None = None
    paused: bool = False
    quiet: QuietHours | None = None
    past: Sequence[tuple[datetime, int]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """How a load leaves: `last` is when its last request does, None when nothing of it ever does.

    `binds` is what it waits for longest; PAUSED waits for a person. `late` copies expire before
    their turn.
    """

    load: Load
    last: datetime | None
    binds: Bound
    late: int = 0


def play(road: Road, loads: Sequence[Load], *, now: datetime) -> list[Leaving]:
    """How each load leaves when all of them wait for one channel from `now` (aware) on."""
    if road.paused:
        return [Leaving(load=load, last=None, binds=Bound.PAUSED) for load in loads]
    going = [_Going(load, now, road.hold_until) for load in loads]
    _run(_Gate(road, now), [one for one in going if one.left], _Night(road.quiet, now))
    return [one.leaving(road, now) for one in going]


def last_of(leavings: Iterable[Leaving]) -> datetime | None:
    """When the last of them all leaves; None when nothing does or one waits for a person."""
    every = list(leavings)
    if any(one.binds is Bound.PAUSED for one in every):
        return None
    return max((one.last for one in every if one.last is not None), default=None)


def _run(gate: _Gate, going: list[_Going], night: _Night) -> None:
    """Let request after request through until none is left."""
    at = 0.0
    while going:
        ready = [one for one in going if one.due <= at]
        if not ready:
            at = min(one.due for one in going)
            continue
        first = min(ready, key=_turn)
        others = (one.due for one in going if one.due > at)
        at = _let_through(gate, first, at, until=min(others, default=inf), night=night)
        if not first.left:
            going.remove(first)


def _turn(one: _Going) -> tuple[int, datetime]:
    return one.load.priority, one.load.due_at


def _let_through(gate: _Gate, one: _Going, at: float, *, until: float, night: _Night) -> float:
    """Let requests of a load through until another one may come first; returns the moment then."""
    quiet = one.load.priority != Priority.URGENT
    while one.left:
        leaves, bound = gate.next(at, one.share)
        if leaves >= until:
            return until
        if quiet and (morning := night.over(leaves)) is not None:
            one.sleep(morning)
            break
        if leaves >= one.expires:
            one.give_up()
            break
        one.take(leaves, bound, gate.free_since)
        gate.passed(leaves)
        at = leaves
    return at


class _Going:
    """A load on its way; its waiting is told apart by reason, up to `seen`."""

    def __init__(self, load: Load, now: datetime, hold_until: datetime | None) -> None:
        due = max(0.0, (load.due_at - now).total_seconds())
        held = max(due, (hold_until - now).total_seconds() if hold_until else 0.0)
        self.load = load
        self.left = load.requests
        self.share = load.copies / load.requests if load.requests else 0.0
        self.expires = (load.expires_at - now).total_seconds() if load.expires_at else inf
        self.late = 0
        self.due = self.seen = held
        self.first: float | None = None
        self.last = 0.0
        self.waited: dict[Bound, float] = {load.waits_for: due, Bound.HOLD: held - due}

    def take(self, at: float, bound: Bound, free_since: float) -> None:
        """One request leaves; what came before the channel was free was the queue."""
        free = max(self.seen, min(free_since, at))
        self._wait(Bound.QUEUE, free - self.seen)
        self._wait(bound, at - free)
        self.seen = self.last = at
        self.first = at if self.first is None else self.first
        self.left -= 1

    def sleep(self, morning: float) -> None:
        """Nothing more leaves before the morning."""
        self._wait(Bound.QUIET, morning - self.seen)
        self.due = self.seen = morning

    def give_up(self) -> None:
        """What is left expires."""
        self.late, self.left = round(self.left * self.share), 0

    def _wait(self, bound: Bound, seconds: float) -> None:
        self.waited[bound] = self.waited.get(bound, 0.0) + seconds

    def leaving(self, road: Road, now: datetime) -> Leaving:
        """The answer, the limits of one place included."""
        last = None if self.first is None else self._crowded(road, self.first)
        bound, longest = max(self.waited.items(), key=lambda item: item[1])
        return Leaving(
            load=self.load,
            last=None if last is None else now + timedelta(seconds=last),
            binds=bound if longest >= BRIEF else Bound.NOTHING,
            late=self.late,
        )

    def _crowded(self, road: Road, first: float) -> float:
        """When the last request leaves, if one place must take many of them."""
        last = max(self.last, first + _alone(road.place_windows, self.load.busiest))
        self._wait(Bound.PLACE, last - self.last)
        return last


class _Gate:
    """The limits of a channel as its turnstile keeps them."""

    def __init__(self, road: Road, now: datetime) -> None:
        seconds = [window.amount for window in road.windows if window.seconds == 1]
        self._even = road.slack / min(seconds) / road.lanes if seconds else 0.0
        self._road = road
        self._windows = [
            (_bound_of(window), window.seconds, _remembered(window, road.past, now))
            for window in road.windows
        ]
        self._step: tuple[float, Bound] = (-inf, Bound.NOTHING)
        self._next_step: tuple[float, Bound] = (0.0, Bound.NOTHING)
        self.free_since = 0.0

    def next(self, at: float, share: float) -> tuple[float, Bound]:
        """When a request of `share` copies may leave, not before `at`, and what it waits for."""
        work = share * self._road.cost / self._road.lanes
        self._next_step = (work, Bound.SPEED) if work > self._even else (self._even, Bound.LIMIT)
        leaves, bound = self._step if self._step[0] > at else (at, Bound.NOTHING)
        for limit, seconds, left_at in self._windows:
            if len(left_at) == left_at.maxlen and left_at[0] + seconds > leaves:
                leaves, bound = left_at[0] + seconds, limit
        if leaves - at > self._road.patience and bound is not Bound.SPEED:
            leaves += self._road.sweep / 2
        return leaves, bound

    def passed(self, at: float) -> None:
        """A request has left."""
        for _, _, left_at in self._windows:
            left_at.append(at)
        step, bound = self._next_step
        self._step = at + step, bound
        self.free_since = at


def _bound_of(window: Window) -> Bound:
    return Bound.QUOTA if window.seconds >= LONG else Bound.LIMIT


def _remembered(
    window: Window, past: Sequence[tuple[datetime, int]], now: datetime
) -> deque[float]:
    """When the last requests left, as many as the window counts."""
    left_at: deque[float] = deque(maxlen=window.amount)
    for moment, count in past:
        left_at.extend([(moment - now).total_seconds()] * min(count, window.amount))
    return left_at


def _alone(windows: Iterable[Window], requests: int) -> float:
    """Seconds from the first of so many requests to the last under these windows."""
    waits = ((requests - 1) // window.amount * window.seconds for window in windows)
    return max(waits, default=0.0) if requests else 0.0


class _Night:
    """The quiet hours from a start on."""

    def __init__(self, quiet: QuietHours | None, now: datetime) -> None:
        self._quiet = quiet
        self._now = now
        self._loud_until = inf if quiet is None else -inf

    def over(self, at: float) -> float | None:
        """When the quiet that holds at a moment ends; None when it is not quiet then."""
        if at < self._loud_until or self._quiet is None:
            return None
        moment = self._now + timedelta(seconds=at)
        if ends := self._quiet.until(moment):
            return (ends - self._now).total_seconds()
        self._loud_until = (_begins(self._quiet, moment) - self._now).total_seconds()
        return None


def _begins(quiet: QuietHours, moment: datetime) -> datetime:
    """When it becomes quiet after a moment that is not."""
    if quiet.start == quiet.end:
        return moment + timedelta(days=1)
    local = moment.astimezone(quiet.zone)
    begins = datetime.combine(local.date(), quiet.start, quiet.zone)
    if begins <= local:
        begins = datetime.combine(local.date() + timedelta(days=1), quiet.start, quiet.zone)
    return begins
