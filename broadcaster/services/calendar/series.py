"""Announcements that repeat themselves: a draft for ever, and a copy of it for each date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from django.db.models import OuterRef, QuerySet, Subquery

from broadcaster.domain.days_off import Shift
from broadcaster.domain.occasions import Item
from broadcaster.domain.permissions import Approval, Right, Role, may, needs_approval
from broadcaster.domain.policy import Importance
from broadcaster.domain.repeating import Repetition
from broadcaster.store.models import Announcement, Revision, Series, Staff

PREFIX = "series-"
"""How the names of series begin; no item of the files has such a name."""
TO_READ = timedelta(days=2)
"""How long before its time a copy waits for consent, where its author's need one."""
REMEMBERED = timedelta(days=60)
"""For how long a series that has come to its end is still followed."""


def name_of(series: int) -> str:
    """The calendar's name of a series."""
    return f"{PREFIX}{series}"


def running() -> QuerySet[Series]:
    """The series that go on."""
    return Series.objects.exclude(started_at=None).filter(
        mould__cancelled_at=None, mould__released_at=None
    )


def items_of_series(today: date) -> dict[str, Item]:
    """Every series that goes on, as an item of the calendar."""
    titles = Revision.objects.filter(announcement=OuterRef("mould")).order_by("-number")
    rows = (
        running()
        .select_related("mould", "mould__written_by__staff")
        .annotate(title=Subquery(titles.values("title")[:1]))
    )
    found = [item_of(row, row.title) for row in rows.order_by("pk")]
    return {item.name: item for item in found if item.rhythm.rule.after(today - REMEMBERED)}


def item_of(row: Series, title: str) -> Item:
    """A series as an item of the calendar."""
    importance = Importance(row.mould.importance)
    asks = _needs_consent(row, importance)
    return Item(
        name=name_of(row.pk),
        title=title,
        rhythm=replace(
            repetition_of(row).rhythm(),
            lead=TO_READ if asks else timedelta(),
            consent=Role.APPROVER if asks else None,
        ),
        importance=importance,
        channels=tuple(row.mould.channels),
    )


def repetition_of(row: Series) -> Repetition:
    """On which days a series falls, and at what time."""
    return Repetition(row.rule, row.time, Shift(row.shift), row.begins)


def author_of(mould: Announcement) -> Staff | None:
    """Who answers for a mould: its author, as long as she works here and may write."""
    user = mould.written_by
    staff: Staff | None = getattr(user, "staff", None)
    if user is None or staff is None or not user.is_active:
        return None
    return staff if may(Role(staff.role), Right.WRITE) else None


def _needs_consent(row: Series, importance: Importance) -> bool:
    """Whether each copy waits for somebody else; an author who has left cannot be answered for."""
    if row.by_command:
        return False
    author = author_of(row.mould)
    return author is None or needs_approval(Approval(author.approval), importance)
