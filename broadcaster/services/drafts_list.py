"""The list of announcements: what somebody may see of it, by where it stands and by title."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, assert_never
from uuid import UUID

from django.db.models import (
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
    Value,
)
from django.db.models.functions import Cast, Concat

from broadcaster.calendar_words import rule_words
from broadcaster.domain.naming import folded
from broadcaster.domain.permissions import Role, sees_all
from broadcaster.domain.standing import Stage, stage
from broadcaster.domain.states import UNDERWAY
from broadcaster.services.approvals import Decision
from broadcaster.services.calendar.series import PREFIX, repetition_of
from broadcaster.services.drafts import drafts_of
from broadcaster.services.scope import announcements_of
from broadcaster.store.models import (
    Announcement,
    ApprovalRequest,
    Delivery,
    Revision,
    Series,
    Staff,
)
from broadcaster.store.queries.folding import pattern_of


class Shelf(StrEnum):
    """What a person looks for in the list."""

    ALL = ""
    DRAFTS = "drafts"
    REPEATING = "repeating"
    WAITING = "waiting"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Line:
    """One announcement of the list.

    `waits` says that somebody else is asked for consent; `returned` are the words with which a
    draft came back. `at` is when it left, will leave or was begun. `mine` says that this person
    may write it. `repeats` tells when one that goes on is sent again; `series` is of what one is a
    copy.
    """

    key: UUID
    title: str
    author: str
    importance: str
    stage: Stage
    waits: bool
    returned: str
    problem: str
    groups: tuple[str, ...]
    people: int
    at: datetime
    mine: bool
    repeats: str = ""
    series: UUID | None = None


@dataclass(frozen=True, slots=True)
class Ahead:
    """How many announcements will leave by themselves: at their time, and again and again."""

    scheduled: int
    repeating: int


def ahead_of(person: Staff) -> Ahead:
    """What of somebody's announcements is still to leave, whether she can still sign in or not."""
    hers = Announcement.objects.filter(written_by=person.user_id)
    shelves = {"scheduled": Shelf.SCHEDULED, "repeating": Shelf.REPEATING}
    counts = {name: Count("pk", filter=_on(shelf)) for name, shelf in shelves.items()}
    return Ahead(**hers.aggregate(**counts))


def listed(by: Staff, shelf: Shelf, query: str) -> QuerySet[Announcement]:
    """The announcements that somebody may see here, newest first.

    Other teachers' drafts are nobody's business until they leave.
    """
    rows = _told(by)
    if not sees_all(Role(by.role)):
        begun = Q(released_at__isnull=False) | Q(release_at__isnull=False)
        rows = rows.filter(begun | Q(written_by=by.user_id))
    if words := folded(query):
        found = _texts().filter(title__regex=pattern_of(words))
        rows = rows.filter(Exists(found))
    return rows.filter(_on(shelf)).order_by("-created_at", "-pk")


def with_titles(by: Staff, keys: Sequence[UUID]) -> list[Announcement]:
    """Some announcements as `lines` wants them, as far as this person may see them."""
    return list(_told(by).filter(pk__in=keys))


def lines(by: Staff, rows: Sequence[Announcement]) -> list[Line]:
    """A page of `listed` in full, in a fixed number of queries."""
    keys = [row.pk for row in rows]
    groups = _names(keys)
    people = dict(
        Announcement.people.through.objects.filter(announcement__in=keys)
        .values_list("announcement")
        .annotate(number=Count("pk"))
    )
    mine = set(drafts_of(by).filter(pk__in=keys).values_list("pk", flat=True))
    words = _returned(keys)
    return [
        _line(row, groups.get(row.pk, ()), people.get(row.pk, 0), words.get(row.pk, ""), mine)
        for row in rows
    ]


def _line(row: Any, groups: tuple[str, ...], people: int, returned: str, mine: set[UUID]) -> Line:
    return Line(
        key=row.pk,
        title=row.title or "",
        author=row.author,
        importance=row.importance,
        stage=stage(
            release_at=row.release_at,
            released_at=row.released_at,
            paused_at=row.paused_at,
            cancelled_at=row.cancelled_at,
            underway=int(row.underway),
        ),
        waits=row.waits,
        returned=returned,
        problem=row.problem,
        groups=groups,
        people=people,
        at=row.released_at or row.release_at or row.created_at,
        mine=row.pk in mine,
        repeats=_repeats(row),
        series=row.mould,
    )


def _repeats(row: Any) -> str:
    """When an announcement is sent again and again, in words; empty for any other."""
    series: Series | None = getattr(row, "series", None)
    if series is None or series.started_at is None or row.cancelled_at is not None:
        return ""
    return rule_words(repetition_of(series).recurrence(), series.time)


def _mould() -> Subquery:
    """Of what an announcement is a copy that was made for a date."""
    name = Concat(Value(PREFIX), Cast("pk", CharField()))
    series = Series.objects.annotate(name=name).filter(name=OuterRef("occasion__item"))
    return Subquery(series.values("mould")[:1], output_field=UUIDField())


def _told(by: Staff) -> QuerySet[Announcement]:
    rows = announcements_of(by).select_related("series")
    return rows.annotate(
        title=Subquery(_texts().values("title")[:1]),
        waits=_waits(),
        underway=_underway(),
        mould=_mould(),
    )


def _on(shelf: Shelf) -> Q:  # noqa: PLR0911 - a table
    kept = Q(cancelled_at=None)
    going_on = Q(series__started_at__isnull=False)
    plain = kept & Q(released_at=None, release_at=None) & ~going_on
    match shelf:
        case Shelf.ALL:
            return Q()
        case Shelf.DRAFTS:
            return plain & Q(waits=False)
        case Shelf.REPEATING:
            return kept & going_on
        case Shelf.WAITING:
            return plain & Q(waits=True)
        case Shelf.SCHEDULED:
            return kept & Q(released_at=None, release_at__isnull=False)
        case Shelf.RUNNING:
            return kept & Q(released_at__isnull=False, underway=True)
        case Shelf.FINISHED:
            return ~kept | Q(released_at__isnull=False, underway=False)
        case _:
            assert_never(shelf)


def _texts() -> QuerySet[Revision]:
    return Revision.objects.filter(announcement=OuterRef("pk")).order_by("-number")


def _waits() -> Exists:
    return Exists(ApprovalRequest.objects.filter(announcement=OuterRef("pk"), decided_at=None))


def _underway() -> Exists:
    copies = Delivery.objects.filter(announcement=OuterRef("pk"), state__in=sorted(UNDERWAY))
    return Exists(copies)


def _names(keys: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    rows = (
        Announcement.groups.through.objects.filter(announcement__in=keys)
        .order_by("group__name")
        .values_list("announcement", "group__name")
    )
    names: dict[UUID, tuple[str, ...]] = {}
    for key, name in rows:
        names[key] = (*names.get(key, ()), name)
    return names


def _returned(keys: Sequence[UUID]) -> dict[UUID, str]:
    """Why drafts came back, when that was the last that happened to their requests."""
    rows = ApprovalRequest.objects.filter(announcement__in=keys).order_by("asked_at", "pk")
    last = {row.announcement_id: row for row in rows}
    return {key: row.words for key, row in last.items() if row.decision == Decision.RETURNED}
