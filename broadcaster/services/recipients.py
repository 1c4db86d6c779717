"""Whom a person may choose to write to: groups with their size, people by their name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from broadcaster.domain.naming import folded
from broadcaster.domain.ordering import as_counted
from broadcaster.services.scope import groups_of, guardians_of
from broadcaster.store.models import Guardian, Pupil, Staff
from broadcaster.store.queries.folding import pattern_of

MOST_FOUND = 20
SHORTEST_QUERY = 2
"""Fewer letters would find half of the school."""


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """A group and how many parents it has."""

    id: int
    name: str
    parents: int


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """A parent and her children; people know each other by both."""

    id: int
    name: str
    children: tuple[str, ...]


def groups_to_choose(by: Staff) -> list[GroupChoice]:
    """The groups that somebody may write to: «2Б» before «10А»."""
    rows = groups_of(by).annotate(parents=Count("pupils__guardians", distinct=True))
    found = rows.values_list("pk", "name", "parents")
    return sorted((GroupChoice(*row) for row in found), key=lambda one: as_counted(one.name))


def people_found(by: Staff, query: str) -> list[PersonChoice]:
    """The first parents, by name, whose own name or whose child's name has these letters."""
    words = folded(query)
    if len(words) < SHORTEST_QUERY:
        return []
    letters = pattern_of(words)
    child = Pupil.guardians.through.objects.filter(
        guardian=OuterRef("pk"), pupil__name__regex=letters
    )
    found = guardians_of(by).filter(Q(name__regex=letters) | Exists(child))
    return _choices(found.order_by("name", "pk")[:MOST_FOUND])


def people_chosen(by: Staff, ids: Iterable[int]) -> list[PersonChoice]:
    """Those of these parents to whom somebody may write."""
    return _choices(guardians_of(by).filter(pk__in=list(ids)).order_by("name", "pk"))


def _choices(people: QuerySet[Guardian]) -> list[PersonChoice]:
    return [
        PersonChoice(row.pk, row.name, tuple(sorted(child.name for child in row.pupils.all())))
        for row in people.prefetch_related("pupils")
    ]
