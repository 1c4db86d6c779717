"""One announcement at one look: where it stands, what it waits for, who was reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from broadcaster.domain.deciding import Refusal
from broadcaster.domain.standing import Delay, Pending, Stage, delays, stage
from broadcaster.domain.states import REACHED, UNDERWAY, State
from broadcaster.services import resending
from broadcaster.services.checkup import WORKER_SILENT_AFTER
from broadcaster.services.follow import Progress
from broadcaster.services.kept_counts import COUNTS, LARGE
from broadcaster.services.outlets import Office
from broadcaster.services.person_lines import PersonLine, person_lines
from broadcaster.store.models import Announcement, Revision
from broadcaster.store.queries import reports, reports_people, reports_progress
from broadcaster.store.queries.by_hand import Failures
from broadcaster.store.queries.heartbeats import SWEEP, last_beat
from broadcaster.store.queries.reports import StateCount
from broadcaster.store.queries.reports_people import People, Pupils, Tally, Who
from broadcaster.store.queries.reports_progress import Bucket

FIRST = 10
"""People to call who are shown with the report itself."""

COUNTED = ("standing", "people", "accepted", "failures")
"""What is counted for an overview."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Standing:
    """An announcement's copies by what became of them, and those that wait by what for."""

    states: Sequence[StateCount]
    pending: Sequence[Pending]

    @property
    def large(self) -> bool:
        """Whether there are so many copies that they are not counted for every look."""
        return sum(row.count for row in self.states) >= LARGE


@dataclass(frozen=True, slots=True)
class Headway:
    """How far a sending has come, channel by channel, and what keeps the rest."""

    stage: Stage
    channels: Sequence[Progress]
    delays: Sequence[Delay]

    @property
    def total(self) -> int:
        """Copies that were meant to be sent."""
        return sum(one.total for one in self.channels)

    @property
    def decided(self) -> int:
        """Copies of which it is known, or will never be, what became of them."""
        return sum(one.decided for one in self.channels)

    @property
    def sent(self) -> int:
        """Copies that platforms took."""
        return sum(one.sent for one in self.channels)

    @property
    def moving(self) -> bool:
        """Whether something still happens by itself."""
        waits = self.stage in {Stage.UNDERWAY, Stage.PAUSED, Stage.CANCELLED}
        return self.stage is Stage.SCHEDULED or (waits and self.decided < self.total)

    @property
    def resting(self) -> bool:
        """Whether all that is left waits for something, so that nothing changes for a while."""
        held = sum(one.count for one in self.delays)
        return self.stage is Stage.SCHEDULED or (held > 0 and held >= self.total - self.decided)


@dataclass(frozen=True, slots=True)
class ChannelShare:
    """One channel's copies by what became of them; skipped ones are not counted."""

    channel: str
    reached: int
    failed: int
    waiting: int
    unconfirmed: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.reached + self.failed + self.waiting + self.unconfirmed


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the page of an announcement tells beside its progress."""

    tally: Tally
    pupils: Pupils
    shares: Sequence[ChannelShare]
    failures: Sequence[Failures]
    refusal: Refusal | None
    unconfirmed: Mapping[str, int]
    accepted: Sequence[Bucket]
    to_call: Sequence[PersonLine]
    at: datetime
    """When it was counted: a moment ago for all but the largest announcements."""


def title_of(announcement: Announcement) -> Revision:
    """The text in force."""
    return Revision.objects.filter(announcement=announcement).order_by("-number")[0]


def is_counted(office: Office, announcement: Announcement, *, now: datetime) -> bool:
    """Whether an overview is ready at `now`; else it is being counted, and ready in some seconds.

    Only large announcements are ever unready, while nobody has looked at them lately.
    """

    def count() -> None:
        overview(office, announcement, now=now)

    number = announcement.pk
    return (
        COUNTS.has(number, COUNTED)
        or not reports.has_copies(number, LARGE)
        or COUNTS.ready(number, COUNTED, count)
    )


def stage_of(announcement: Announcement) -> Stage:
    """Where an announcement stands, without counting."""
    return _stage(announcement, underway=int(reports.is_underway(announcement.pk)))


def headway(office: Office, announcement: Announcement, *, now: datetime) -> Headway:
    """How far an announcement has come at `now`, or has lately, when it is large."""
    return _headway(office, announcement, _standing(announcement), now)


def overview(
    office: Office, announcement: Announcement, *, now: datetime
) -> tuple[Headway, Overview]:
    """Everything about an announcement at `now`, or lately, when it is large."""
    standing = _standing(announcement)
    states = standing.states

    def people() -> tuple[Tally, Pupils, Sequence[PersonLine]]:
        tally, pupils = reports_people.counts(announcement.pk)
        calls = People(announcement.pk, Who.TO_CALL)
        return tally, pupils, person_lines(calls, limit=FIRST) if tally.to_call else []

    (tally, pupils, to_call), at = _kept(announcement, standing, "people", people)
    accepted, _ = _kept(
        announcement, standing, "accepted", lambda: reports_progress.accepted(announcement.pk)
    )
    failures, _ = _kept(
        announcement, standing, "failures", lambda: resending.failures(office, announcement)
    )
    counted = Overview(
        tally=tally,
        pupils=pupils,
        shares=shares(states),
        failures=failures,
        refusal=resending.refused(office, announcement, now=now),
        unconfirmed=_by_channel(states, State.UNCONFIRMED),
        accepted=accepted,
        to_call=to_call,
        at=at,
    )
    return _headway(office, announcement, standing, now), counted


def _standing(announcement: Announcement) -> Standing:
    """The copies by what became of them."""

    def count() -> Standing:
        states = reports.states(announcement.pk)
        underway = any(row.state in UNDERWAY for row in states)
        pending = reports_progress.pending(announcement.pk) if underway else []
        return Standing(states, pending)

    return COUNTS.look(announcement.pk, "standing", count, large=lambda seen: seen.large)[0]


def _kept(
    announcement: Announcement, standing: Standing, what: str, count: Callable[[], T]
) -> tuple[T, datetime]:
    return COUNTS.look(announcement.pk, what, count, large=lambda _: standing.large)


def shares(states: Sequence[StateCount]) -> list[ChannelShare]:
    """The copies of each channel, by name."""
    found: dict[str, dict[str, int]] = {}
    for row in states:
        if row.state != State.SKIPPED:
            tally = found.setdefault(row.channel, {})
            kind = _kind(row.state)
            tally[kind] = tally.get(kind, 0) + row.count
    kinds = ("reached", "failed", "waiting", "unconfirmed")
    return [
        ChannelShare(channel, *(tally.get(kind, 0) for kind in kinds))
        for channel, tally in sorted(found.items())
    ]


def _kind(state: str) -> str:
    if state in REACHED:
        return "reached"
    if state in UNDERWAY:
        return "waiting"
    return "unconfirmed" if state == State.UNCONFIRMED else "failed"


def _by_channel(states: Sequence[StateCount], state: State) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in states:
        if row.state == state:
            counts[row.channel] = counts.get(row.channel, 0) + row.count
    return counts


def _headway(
    office: Office, announcement: Announcement, standing: Standing, now: datetime
) -> Headway:
    channels = [
        Progress(one.channel, one.total, one.total - one.waiting, one.reached)
        for one in shares(standing.states)
    ]
    underway = sum(row.count for row in standing.states if row.state in UNDERWAY)
    gates = reports_progress.gates(office.outlets)
    return Headway(
        stage=_stage(announcement, underway=underway),
        channels=channels,
        delays=delays(standing.pending, gates, now=now, awake=_awake(now)),
    )


def _stage(announcement: Announcement, *, underway: int) -> Stage:
    return stage(
        release_at=announcement.release_at,
        released_at=announcement.released_at,
        paused_at=announcement.paused_at,
        cancelled_at=announcement.cancelled_at,
        underway=underway,
    )


def _awake(now: datetime) -> bool:
    seen = last_beat(SWEEP)
    return seen is not None and now - seen < WORKER_SILENT_AFTER
