"""What became of an announcement: progress while it runs, the report afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from broadcaster.domain.states import REACHED, UNDERWAY, State
from broadcaster.store.models import Announcement, Revision
from broadcaster.store.queries import reports


class NoSuchAnnouncement(Exception):
    """There is no announcement with this id."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One channel's copies: all that were meant to be sent, those decided and those taken."""

    channel: str
    total: int
    decided: int
    sent: int

    @property
    def done(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.decided == self.total


@dataclass(frozen=True, slots=True)
class Report:
    """The truth about one announcement at one moment.

    `people` maps a number of channels to the people reached on that many. `waiting` copies are still
    to be sent, `unconfirmed` ones need a person's decision.
    """

    announcement: UUID
    title: str
    importance: str
    released_at: datetime | None
    states: Sequence[reports.StateCount]
    people: Mapping[int, int]
    unreached: Sequence[reports.Unreached]
    waiting: int
    unconfirmed: int
    copies: Sequence[reports.CopyLine] = field(default=(), repr=False)

    @property
    def complete(self) -> bool:
        """Whether everybody was reached and nothing is open."""
        return not (self.unreached or self.waiting or self.unconfirmed)


def progress(announcement: UUID) -> list[Progress]:
    """How far each channel is, by name; skipped copies are not counted."""
    totals: dict[str, list[int]] = {}
    for row in reports.states(announcement):
        if row.state == State.SKIPPED:
            continue
        tally = totals.setdefault(row.channel, [0, 0, 0])
        tally[0] += row.count
        tally[1] += row.count * (row.state not in UNDERWAY)
        tally[2] += row.count * (row.state in REACHED)
    return [Progress(channel, *tally) for channel, tally in sorted(totals.items())]


def report(announcement: UUID, *, with_copies: bool = False) -> Report:
    """Count what became of an announcement; raises NoSuchAnnouncement."""
    row = Announcement.objects.filter(pk=announcement).first()
    if row is None:
        raise NoSuchAnnouncement(str(announcement))
    title = Revision.objects.filter(announcement=row).order_by("-number")[0].title
    states = reports.states(announcement)
    return Report(
        announcement=announcement,
        title=title,
        importance=row.importance,
        released_at=row.released_at,
        states=states,
        people=reports.reached(announcement),
        unreached=reports.unreached(announcement),
        waiting=sum(line.count for line in states if line.state in UNDERWAY),
        unconfirmed=sum(line.count for line in states if line.state == State.UNCONFIRMED),
        copies=reports.copies(announcement) if with_copies else (),
    )


def latest(limit: int) -> list[tuple[UUID, str, str, datetime | None]]:
    """The newest announcements: (id, title, importance, released at)."""
    rows = Announcement.objects.order_by("-created_at")[:limit]
    titles = dict(
        Revision.objects.filter(announcement__in=[row.pk for row in rows])
        .order_by("number")
        .values_list("announcement", "title")
    )
    return [(row.pk, titles.get(row.pk, ""), row.importance, row.released_at) for row in rows]
