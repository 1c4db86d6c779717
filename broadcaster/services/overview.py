"""One announcement at one look: where it stands, what it waits for, who was reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from broadcaster.domain.deciding import Refusal
from broadcaster.domain.standing import Delay, Stage, delays, stage
from broadcaster.domain.states import REACHED, UNDERWAY, State
from broadcaster.services import resending
from broadcaster.services.checkup import WORKER_SILENT_AFTER
from broadcaster.services.follow import Progress
from broadcaster.services.outlets import Office
from broadcaster.store.models import Announcement, Revision
from broadcaster.store.queries import reports, reports_people, reports_progress
from broadcaster.store.queries.by_hand import Failures
from broadcaster.store.queries.heartbeats import SWEEP, last_beat
from broadcaster.store.queries.reports import StateCount
from broadcaster.store.queries.reports_people import Pupils, Tally
from broadcaster.store.queries.reports_progress import Bucket


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


def title_of(announcement: Announcement) -> Revision:
    """The text in force."""
    return Revision.objects.filter(announcement=announcement).order_by("-number")[0]


def headway(office: Office, announcement: Announcement, *, now: datetime) -> Headway:
    """How far an announcement has come at `now`."""
    return _headway(office, announcement, reports.states(announcement.pk), now)


def overview(
    office: Office, announcement: Announcement, *, now: datetime
) -> tuple[Headway, Overview]:
    """Everything about an announcement at `now`."""
    states = reports.states(announcement.pk)
    tally, pupils = reports_people.counts(announcement.pk)
    counted = Overview(
        tally=tally,
        pupils=pupils,
        shares=shares(states),
        failures=resending.failures(office, announcement),
        refusal=resending.refused(office, announcement, now=now),
        unconfirmed=_by_channel(states, State.UNCONFIRMED),
        accepted=reports_progress.accepted(announcement.pk),
    )
    return _headway(office, announcement, states, now), counted


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
    office: Office, announcement: Announcement, states: Sequence[StateCount], now: datetime
) -> Headway:
    channels = [
        Progress(one.channel, one.total, one.total - one.waiting, one.reached)
        for one in shares(states)
    ]
    underway = sum(row.count for row in states if row.state in UNDERWAY)
    pending = reports_progress.pending(announcement.pk) if underway else []
    return Headway(
        stage=stage(
            release_at=announcement.release_at,
            released_at=announcement.released_at,
            paused_at=announcement.paused_at,
            cancelled_at=announcement.cancelled_at,
            underway=underway,
        ),
        channels=channels,
        delays=delays(pending, reports_progress.gates(office.outlets), now=now, awake=_awake(now)),
    )


def _awake(now: datetime) -> bool:
    seen = last_beat(SWEEP)
    return seen is not None and now - seen < WORKER_SILENT_AFTER
