"""How the channels and the parts behind them are: facts, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

BY_HAND = "by_hand"
"""The reason of a channel that somebody has shut on purpose."""


class Standing(StrEnum):
    """Whether a channel sends."""

    OPEN = "open"
    HELD = "held"
    """The platform wants us to wait until a time."""
    SHUT = "shut"
    """The platform wants a person; nothing is sent before somebody opens the channel."""
    BY_HAND = "by_hand"
    """A member of staff has shut it."""
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Failures:
    """Copies that ended badly for one reason: in the last hour, in the last day."""

    reason: str
    hour: int
    day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelHealth:
    """One channel at one moment.

    `waiting` copies wait their turn, `held` ones for the morning or for their author. `oldest_due`
    is since when the oldest of those that wait could have left; None when none could.
    `no_answer_since` is since when the platform cannot be reached, or fails, for copies that still
    wait or that another channel has taken over. `lanes` are the workers that send now. `detail` is
    the platform's own words.
    """

    name: str
    on: bool
    paused_at: datetime | None = None
    hold_until: datetime | None = None
    reason: str = ""
    detail: str = ""
    last_success_at: datetime | None = None
    waiting: int = 0
    held: int = 0
    oldest_due: datetime | None = None
    no_answer_since: datetime | None = None
    sent_hour: int = 0
    sent_day: int = 0
    failures: Sequence[Failures] = ()
    lanes: int = 0

    def standing(self, now: datetime) -> Standing:
        """Whether the channel sends at `now`."""
        if not self.on:
            return Standing.OFF
        if self.paused_at:
            return Standing.BY_HAND if self.reason == BY_HAND else Standing.SHUT
        return Standing.HELD if self.hold_until and self.hold_until > now else Standing.OPEN

    @property
    def failed_hour(self) -> int:
        """Copies that ended badly in the last hour."""
        return sum(one.hour for one in self.failures)

    @property
    def failed_day(self) -> int:
        """Copies that ended badly in the last day."""
        return sum(one.day for one in self.failures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The whole installation at one moment.

    `worker_at` and `sweep_at` are when these parts last showed life, None when they never did.
    `queue_problem` says why the broker cannot be used; it is empty when it can. Disk in bytes.
    `set_aside_at` is since when a scheduled announcement waits for somebody to mend it,
    `calendar_broken_at` since when items of the calendar do. `calendar_skipped_at` is when the
    calendar last left something out of itself.
    """

    at: datetime
    channels: Sequence[ChannelHealth]
    worker_at: datetime | None
    sweep_at: datetime | None
    queue_problem: str
    disk_free: int
    disk_total: int
    set_aside_at: datetime | None = None
    calendar_broken_at: datetime | None = None
    calendar_skipped_at: datetime | None = None

    def silence(self, part: datetime | None) -> timedelta | None:
        """For how long a part has shown no life; None when it never has."""
        return None if part is None else max(self.at - part, timedelta())
