"""What an item brought the last times: whom it reached, and who acknowledged it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from broadcaster.store.models import Acknowledgement, Occasion
from broadcaster.store.queries.reports_people import Tally, counts


@dataclass(frozen=True, slots=True)
class Figures:
    """One sending of an item: when, what became of the people, how many acknowledged it."""

    announcement: UUID
    day: date
    sent_at: datetime
    people: Tally
    acknowledged: int

    @property
    def reached(self) -> int:
        """People with at least one copy that arrived."""
        return self.people.total - self.people.unreached


def last_times(item: str, *, before: date | None = None, most: int = 1) -> list[Figures]:
    """The last sendings of an item, the newest first; `before` leaves out that date and later ones.

    Counts each from its copies: a few queries a sending.
    """
    sent = Occasion.objects.filter(item=item, announcement__released_at__isnull=False)
    if before is not None:
        sent = sent.filter(day__lt=before)
    rows = sent.select_related("announcement").order_by("-day")[:most]
    return [_figures(row) for row in rows]


def _figures(row: Occasion) -> Figures:
    announcement = row.announcement
    assert announcement is not None
    assert announcement.released_at is not None
    tally, _pupils = counts(announcement.pk)
    return Figures(
        announcement=announcement.pk,
        day=row.day,
        sent_at=announcement.released_at,
        people=tally,
        acknowledged=Acknowledgement.objects.filter(announcement=announcement).count(),
    )
