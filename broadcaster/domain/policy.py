"""What importance means: how many copies, to which places, and when they may leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import IntEnum, StrEnum
from typing import assert_never
from zoneinfo import ZoneInfo

from broadcaster.domain.reasons import Hold, Why
from broadcaster.domain.states import State


class Importance(StrEnum):
    """How much a family loses by not hearing of it."""

    ROUTINE = "routine"
    IMPORTANT = "important"
    URGENT = "urgent"


def asks(importance: Importance) -> bool:
    """Whether families are asked to press «Ознакомлен(а)»: not for what is routine."""
    return importance is not Importance.ROUTINE


class Priority(IntEnum):
    """The order in which waiting copies are claimed, smallest first."""

    URGENT = 0
    IMPORTANT = 1
    ROUTINE = 2


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The part of a local day in which nobody is disturbed; may run over midnight."""

    start: time
    end: time
    zone: ZoneInfo

    def until(self, now: datetime) -> datetime | None:
        """When the quiet that holds at `now` (aware) ends, in UTC; None when `now` is not quiet."""
        if self.start == self.end:
            return None
        local = now.astimezone(self.zone)
        if not self._covers(local.time()):
            return None
        ends = local.replace(
            hour=self.end.hour, minute=self.end.minute, second=0, microsecond=0, fold=0
        )
        if ends.replace(tzinfo=None) <= local.replace(tzinfo=None):
            ends = (ends.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=self.zone)
        return ends.astimezone(ZoneInfo("UTC"))

    def _covers(self, moment: time) -> bool:
        if self.start < self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


@dataclass(frozen=True, slots=True)
class Plan:
    """The policy's answer for one announcement.

    `every_address` says whether each open address of a person gets a copy or the preferred one
    only; `school_places` whether the school's own destinations carry it beside those of the groups.
    Copies are born in `state` (QUEUED, HELD or EXPIRED) and are due at `due_at` (UTC).
    """

    every_address: bool
    school_places: bool
    priority: Priority
    personal_why: Why
    state: State
    hold: Hold | None
    due_at: datetime
    expires_at: datetime | None

    @property
    def falls_back(self) -> bool:
        """Whether a failed copy is replaced by one on the person's next channel."""
        return not self.every_address


def plan(
    importance: Importance,
    *,
    now: datetime,
    quiet: QuietHours | None,
    expires_at: datetime | None = None,
) -> Plan:
    """Apply the table of importance to one announcement released at `now` (aware)."""
    silent_until = quiet.until(now) if quiet and importance is not Importance.URGENT else None
    due_at = silent_until or now
    expired = expires_at is not None and due_at >= expires_at
    held = silent_until is not None and not expired
    match importance:
        case Importance.ROUTINE:
            every, school, priority = False, False, Priority.ROUTINE
        case Importance.IMPORTANT:
            every, school, priority = True, True, Priority.IMPORTANT
        case Importance.URGENT:
            every, school, priority = True, True, Priority.URGENT
        case _:
            assert_never(importance)
    return Plan(
        every_address=every,
        school_places=school,
        priority=priority,
        personal_why=Why.EVERY_CHANNEL if every else Why.PREFERRED,
        state=State.EXPIRED if expired else State.HELD if held else State.QUEUED,
        hold=Hold.QUIET_HOURS if held else None,
        due_at=due_at,
        expires_at=expires_at,
    )
