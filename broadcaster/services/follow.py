"""What became of an announcement: progress while it runs, the report afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from broadcaster.domain.states import REACHED, UNDERWAY, State
from broadcaster.services import acknowledging
from broadcaster.store.models import Announcement, Revision
from broadcaster.store.queries import reports, reports_copies

SHORTEST = 4
"""Fewer digits of an id are taken for a slip."""


class NoSuchAnnouncement(Exception):
    """There is no announcement with this id."""


class NoSuchCopy(Exception):
    """The announcement has no copy with this number."""


class SeveralAnnouncements(Exception):
    """The beginning of an id fits several announcements; `ids` are some of them."""

    def __init__(self, ids: Sequence[UUID]) -> None:
        super().__init__(", ".join(map(str, ids)))
        self.ids = tuple(ids)


@dataclass(frozen=True, slots=True)
class Standing:
    """Which announcement it is and how far it has come.

    `problem` tells why a scheduled one could not be released; it is paused until somebody resumes.
    """

    announcement: UUID
    title: str
    importance: str
    release_at: datetime | None
    released_at: datetime | None
    paused_at: datetime | None
    cancelled_at: datetime | None
    problem: str = ""


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

    `people` maps a number of channels to the people reached on that many. `waiting` copies are
    still to be sent, `unconfirmed` ones need a person's decision. `acknowledged` counts people.
    """

    standing: Standing
    states: Sequence[reports.StateCount]
    people: Mapping[int, int]
    unreached: Sequence[reports.Unreached]
    waiting: int
    unconfirmed: int
    acknowledged: int
    copies: Sequence[reports.CopyLine] = field(default=(), repr=False)

    @property
    def complete(self) -> bool:
        """Whether it was released, everybody was reached and nothing is open."""
        is_open = self.unreached or self.waiting or self.unconfirmed
        return self.standing.released_at is not None and not is_open


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
    states = reports.states(announcement)
    return Report(
        standing=standing(announcement),
        states=states,
        people=reports.reached(announcement),
        unreached=reports.unreached(announcement),
        waiting=sum(line.count for line in states if line.state in UNDERWAY),
        unconfirmed=sum(line.count for line in states if line.state == State.UNCONFIRMED),
        acknowledged=acknowledging.counts([announcement]).get(announcement, 0),
        copies=reports.copies(announcement) if with_copies else (),
    )


def standing(announcement: UUID) -> Standing:
    """How far an announcement has come; raises NoSuchAnnouncement."""
    for one in _standings(Announcement.objects.filter(pk=announcement)):
        return one
    raise NoSuchAnnouncement(str(announcement))


def history(announcement: UUID, copy: int) -> tuple[reports.CopyLine, list[reports.Step]]:
    """One copy and what platforms answered to each of its tries; raises NoSuchCopy."""
    found = reports_copies.one(announcement, copy)
    if found is None:
        raise NoSuchCopy(str(copy))
    return found.line, reports.timeline(copy)


def latest(limit: int) -> list[Standing]:
    """The newest announcements, newest first."""
    return _standings(Announcement.objects.order_by("-created_at")[:limit])


def find(number: str) -> UUID:
    """The announcement whose id begins with `number`.

    Raises NoSuchAnnouncement, also for fewer digits than SHORTEST, and SeveralAnnouncements.
    """
    first, last = _span(number)
    found = list(Announcement.objects.filter(pk__range=(first, last)).values_list("pk")[:5])
    if not found:
        raise NoSuchAnnouncement(number)
    if len(found) > 1:
        raise SeveralAnnouncements([key for (key,) in found])
    return found[0][0]


def _span(number: str) -> tuple[UUID, UUID]:
    """The first and the last id that begin with these hexadecimal digits."""
    digits = number.strip().replace("-", "")
    if len(digits) < SHORTEST:
        raise NoSuchAnnouncement(number)
    try:
        return UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))
    except ValueError as error:
        raise NoSuchAnnouncement(number) from error


def _standings(announcements: QuerySet[Announcement]) -> list[Standing]:
    rows = list(announcements)
    titles = dict(
        Revision.objects.filter(announcement__in=[row.pk for row in rows])
        .order_by("number")
        .values_list("announcement", "title")
    )
    return [
        Standing(
            announcement=row.pk,
            title=titles.get(row.pk, ""),
            importance=row.importance,
            release_at=row.release_at,
            released_at=row.released_at,
            paused_at=row.paused_at,
            cancelled_at=row.cancelled_at,
            problem=row.problem,
        )
        for row in rows
    ]
