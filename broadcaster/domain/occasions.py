"""The life of a calendar item's date: when it is drafted, decided, sent or skipped.

    born (a draft, `lead` before its time) ─┬─ consent asked ─ approved ─► sent at its time
                                            │        │ └ returned ──────► skipped
                                            │        └ unanswered ─► sent or skipped, by the rule
                                            └─ no consent needed ──────► sent at its time
    seen too late: sent once, or skipped, by the rule; the newest alone when several were missed

A date is named by the day that the rule gives. Days off, time zones and daylight saving move its
moment, never its name, so that nothing is sent twice. `now` is always an argument.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from dateutil.tz import resolve_imaginary

from broadcaster.domain.days_off import FARTHEST, SchoolDays, Shift
from broadcaster.domain.permissions import Role
from broadcaster.domain.policy import Importance
from broadcaster.domain.recurrence import Recurrence

GRACE = timedelta(hours=1)
"""By so much something may leave late without being late."""
TO_ANSWER = timedelta(days=1)
"""Whoever is asked has at least so long, even when the draft was made late."""
MARGIN = timedelta(days=FARTHEST + 1)
"""How far from its day a date's moment can be."""


class Missed(StrEnum):
    """What is done about a date that was seen too late."""

    SEND = "send"
    SKIP = "skip"


class Unanswered(StrEnum):
    """What is done when nobody answers in time."""

    SEND = "send"
    SKIP = "skip"


class Skipped(StrEnum):
    """Why nothing was sent for a date."""

    MISSED = "missed"
    """It was seen too late."""
    CAUGHT_UP = "caught_up"
    """It was missed, and so was a later one, which is sent instead."""
    COINCIDES = "coincides"
    """A day off moved it to the day of another one of the same item."""
    UNANSWERED = "unanswered"
    RETURNED = "returned"
    """Consent was refused, or the draft was taken back and not sent."""
    CHANGED = "changed"
    """The item no longer falls on this day, or is switched off."""
    BY_HAND = "by_hand"
    """A person left this one out."""
    OUT_OF_REACH = "out_of_reach"
    """Its author may no longer write to anybody of its audience."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When an item falls, and what is done when something stands in the way.

    `lead` before its time a draft is made. `consent` is who is asked, None for nobody. What is late
    by more than `patience` is not sent any more.
    """

    rule: Recurrence
    at: time
    shift: Shift = Shift.NEXT
    lead: timedelta = timedelta(days=7)
    consent: Role | None = Role.APPROVER
    unanswered: Unanswered = Unanswered.SKIP
    missed: Missed = Missed.SEND
    patience: timedelta = timedelta(days=3)

    @property
    def shape(self) -> str:
        """A digest of what decides on which days it falls, and nothing else."""
        parts = (self.rule.text, self.rule.begins.isoformat(), self.shift)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry of the calendar: what is sent, to whom, and when.

    `memo` names a text of the library; empty for an announcement that repeats itself. `to` are the
    audience's terms, `channels` empty for all of them.
    """

    name: str
    title: str
    rhythm: Rhythm
    memo: str = ""
    to: tuple[str, ...] = ()
    importance: Importance = Importance.ROUTINE
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Occasion:
    """One date: the day that names it, the moment (UTC) at which it is to leave.

    `coincides` says that another date of the item has the same moment and is sent instead.
    """

    day: date
    send_at: datetime
    coincides: bool = False


@dataclass(frozen=True, slots=True)
class Birth:
    """A date whose time to be drafted has come; `skipped` when nothing is to be sent for it."""

    occasion: Occasion
    decide_by: datetime
    skipped: Skipped | None = None


def moment(rhythm: Rhythm, day: date, *, zone: ZoneInfo, days: SchoolDays) -> datetime:
    """When the date named `day` leaves, in UTC.

    A time that the clock leaps over is taken as many minutes later, one that comes twice the first
    time.
    """
    local = datetime.combine(days.moved(day, rhythm.shift), rhythm.at, zone)
    return resolve_imaginary(local).astimezone(UTC)


def occasions(
    rhythm: Rhythm, first: date, last: date, *, zone: ZoneInfo, days: SchoolDays
) -> list[Occasion]:
    """The dates whose days are from `first` to `last`, both included, in their order."""
    around = rhythm.rule.days(first - 2 * MARGIN, last + 2 * MARGIN)
    moments = {day: moment(rhythm, day, zone=zone, days=days) for day in around}
    keeper: dict[datetime, date] = {}
    for day, at in moments.items():
        if at not in keeper or days.works(day):
            keeper[at] = day
    return [
        Occasion(day, at, coincides=keeper[at] != day)
        for day, at in moments.items()
        if first <= day <= last
    ]


def moment_of(rhythm: Rhythm, day: date, *, zone: ZoneInfo, days: SchoolDays) -> datetime | None:
    """When the date named `day` leaves, in UTC; None when the rule has no such date of its own."""
    found = occasions(rhythm, day, day, zone=zone, days=days)
    return found[0].send_at if found and not found[0].coincides else None


def births(
    rhythm: Rhythm,
    *,
    known: Collection[date],
    since: datetime,
    seen_at: datetime,
    now: datetime,
    zone: ZoneInfo,
    days: SchoolDays,
) -> list[Birth]:
    """The dates, in their order, that are to be drafted or skipped now and are not `known` yet.

    `since` is when the item was first followed, `seen_at` when it was looked at last.
    """
    first = (min(seen_at, now) - MARGIN).date()
    last = (now + rhythm.lead + MARGIN).date()
    new = [
        one
        for one in occasions(rhythm, first, last, zone=zone, days=days)
        if one.day not in known and one.send_at >= since and one.send_at - rhythm.lead <= now
    ]
    return [
        Birth(one, _decide_by(rhythm, one, now), _stillborn(rhythm, one, new, now)) for one in new
    ]


def _decide_by(rhythm: Rhythm, one: Occasion, now: datetime) -> datetime:
    if rhythm.consent is None or one.send_at - now >= TO_ANSWER:
        return one.send_at
    return max(one.send_at, now + TO_ANSWER)


def _stillborn(
    rhythm: Rhythm, one: Occasion, new: Iterable[Occasion], now: datetime
) -> Skipped | None:
    """Why nothing is sent for a date that is seen for the first time; None when it is drafted."""
    if one.coincides:
        return Skipped.COINCIDES
    if too_late(rhythm, one.send_at, now):
        return Skipped.MISSED
    if now - one.send_at > GRACE and any(
        one.send_at < other.send_at <= now and not other.coincides for other in new
    ):
        return Skipped.CAUGHT_UP
    return None


def too_late(rhythm: Rhythm, send_at: datetime, now: datetime) -> bool:
    """Whether what was to leave at `send_at` is not sent any more, by the item's rule."""
    late = now - send_at
    return late > GRACE and (rhythm.missed is Missed.SKIP or late > rhythm.patience)


class Stage(StrEnum):
    """Where the draft of a date stands before it is sent."""

    ASKED = "asked"
    """Somebody has been asked for consent and has not answered."""
    READY = "ready"
    """Nobody need be asked, or somebody has agreed."""
    OPEN = "open"
    """It came back, or was taken back: somebody is changing it."""


class Step(StrEnum):
    """What is to be done about a date's draft now."""

    WAIT = "wait"
    SEND = "send"


def next_step(
    rhythm: Rhythm,
    *,
    stage: Stage,
    send_at: datetime,
    decide_by: datetime,
    later_due: bool,
    now: datetime,
) -> Step | Skipped:
    """What is to be done about a date that has a draft; a Skipped says to drop it, and why.

    `later_due` says that a later date of the same item is to be sent by now as well.
    """
    if now < (send_at if stage is Stage.READY else decide_by):
        return Step.WAIT
    if stage is Stage.OPEN:
        return Skipped.RETURNED
    if stage is Stage.ASKED and rhythm.unanswered is Unanswered.SKIP:
        return Skipped.UNANSWERED
    leave_by = max(send_at, decide_by)
    if too_late(rhythm, leave_by, now):
        return Skipped.MISSED
    return Skipped.CAUGHT_UP if later_due and now - leave_by > GRACE else Step.SEND
