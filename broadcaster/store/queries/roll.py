"""Questions to the roll: which groups there are, and who is on it."""

from __future__ import annotations

from collections.abc import Iterable

from broadcaster.domain.naming import folded
from broadcaster.store.models import Group, Guardian, Pupil


def group_ids(names: Iterable[str]) -> tuple[dict[str, int], tuple[str, ...]]:
    """The groups meant by `names`, name as given → id, and the names that are no group's.

    Case, ё, spaces and Latin look-alikes make no difference: «1A» finds «1А».
    """
    known = {folded(name): group for name, group in Group.objects.values_list("name", "pk")}
    asked = {name: known.get(folded(name)) for name in names}
    found = {name: group for name, group in asked.items() if group is not None}
    return found, tuple(name for name in asked if name not in found)


def all_group_names() -> tuple[str, ...]:
    """The names of all groups, sorted."""
    return tuple(sorted(Group.objects.values_list("name", flat=True)))


def names_on_roll() -> frozenset[str]:
    """The display names of all pupils and guardians."""
    pupils = Pupil.objects.order_by().values_list("name")
    guardians = Guardian.objects.order_by().values_list("name")
    return frozenset(name for (name,) in pupils.union(guardians))
