"""Parents and children, one at a time: by hand, where the import takes a whole table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from broadcaster.domain.naming import folded
from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.people.family import ChangedMeanwhile, Gone, changing, pupil_fingerprint
from broadcaster.store.models import Guardian, Pupil
from broadcaster.store.queries import membership


def add_family(name: str, *, child: str, groups: Sequence[int], by: Actor, now: datetime) -> int:
    """Write down a new parent, and a child if one is named; returns the parent's number."""
    with transaction.atomic():
        person = Guardian.objects.create(name=name)
        if child:
            person.pupils.add(_child(child, groups, now))
        record(by, Action.PERSON_CHANGED, now=now, kind="guardian", subject=person.pk, what="added")
    return person.pk


def rename(guardian: int, name: str, *, seen: str | None, by: Actor, now: datetime) -> None:
    """Give a parent another display name."""
    with changing(guardian, seen=seen, by=by, now=now, what="renamed") as person:
        person.name = name
        person.save(update_fields=["name"])


def add_child(
    guardian: int,
    name: str,
    groups: Sequence[int],
    *,
    seen: str | None,
    by: Actor,
    now: datetime,
) -> int:
    """Give a parent a child; one of this name in one of these groups is taken for the same.

    That is how the import does it too, so that both parents of a child have one child.
    """
    with changing(guardian, seen=seen, by=by, now=now, what="child_added") as person:
        child = _child(name, groups, now)
        person.pupils.add(child)
    return child.pk


def part_child(guardian: int, pupil: int, *, seen: str | None, by: Actor, now: datetime) -> None:
    """Say that a parent does not answer for a child; the child stays in its groups."""
    with changing(guardian, seen=seen, by=by, now=now, what="child_parted", pupil=pupil) as person:
        person.pupils.remove(pupil)


def change_child(
    pupil: int,
    name: str,
    groups: Iterable[int],
    *,
    seen: str | None,
    by: Actor,
    now: datetime,
) -> None:
    """Give a child another display name and other groups."""
    with transaction.atomic():
        child = _locked(pupil, seen)
        child.name = name
        child.save(update_fields=["name"])
        _put(child, _groups_of(child), set(groups), now)
        record(by, Action.PERSON_CHANGED, now=now, kind="pupil", subject=pupil, what="changed")


def remove_child(pupil: int, *, seen: str | None, by: Actor, now: datetime) -> None:
    """Take a child off the roll; its parents stay."""
    with transaction.atomic():
        _locked(pupil, seen).delete()
        record(by, Action.PERSON_CHANGED, now=now, kind="pupil", subject=pupil, what="removed")


def _locked(pupil: int, seen: str | None) -> Pupil:
    child = Pupil.objects.select_for_update().filter(pk=pupil).first()
    if child is None:
        raise Gone
    if seen is not None and seen != pupil_fingerprint(pupil):
        raise ChangedMeanwhile
    return child


def _child(name: str, groups: Sequence[int], now: datetime) -> Pupil:
    members = Pupil.objects.filter(groups__in=groups).order_by("pk").distinct()
    namesakes = (child for child in members if folded(child.name) == folded(name))
    child = next(namesakes, None) or Pupil.objects.create(name=name)
    before = _groups_of(child)
    _put(child, before, before | set(groups), now)
    return child


def _groups_of(child: Pupil) -> set[int]:
    return set(child.groups.values_list("pk", flat=True))


def _put(child: Pupil, before: set[int], after: set[int], now: datetime) -> None:
    """Have a child in these groups, and note which it has come into and left."""
    child.groups.set(after)
    membership.note([(child.pk, one) for one in after - before], joined=True, at=now)
    membership.note([(child.pk, one) for one in before - after], joined=False, at=now)
