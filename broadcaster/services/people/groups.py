"""Groups, by hand; a group goes only when nothing hangs on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from broadcaster.domain.naming import folded
from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.people.family import ChangedMeanwhile, Gone
from broadcaster.store.models import FormerName, Group


class NameTaken(Exception):
    """A group is called so already, give or take case, ё and Latin look-alikes."""


@dataclass(frozen=True, slots=True)
class Burden:
    """What hangs on a group: as long as there is any, it stays."""

    pupils: int
    destinations: int
    announcements: int

    def __bool__(self) -> bool:
        return bool(self.pupils or self.destinations or self.announcements)


class NotEmpty(Exception):
    """The group cannot go; `burden` says what it would take along."""

    def __init__(self, burden: Burden) -> None:
        super().__init__(f"{burden}")
        self.burden = burden


def add_group(name: str, *, by: Actor, now: datetime) -> int:
    """Make a group; returns its number. Raises NameTaken."""
    with transaction.atomic():
        _refuse_taken(name)
        made = Group.objects.create(name=name)
        record(by, Action.GROUP_CHANGED, now=now, kind="group", subject=made.pk, what="added")
    return made.pk


def rename_group(group: int, name: str, *, seen: str, by: Actor, now: datetime) -> None:
    """Call a group otherwise; `seen` is the name on the form. Raises NameTaken."""
    with transaction.atomic():
        row = _locked(group)
        if row.name != seen:
            raise ChangedMeanwhile
        _refuse_taken(name, but=group)
        FormerName.objects.create(group=row, name=row.name, until=now)
        row.name = name
        row.save(update_fields=["name"])
        record(by, Action.GROUP_CHANGED, now=now, kind="group", subject=group, what="renamed")


def burden_of(group: int) -> Burden:
    """What hangs on a group."""
    row = Group.objects.filter(pk=group)
    return Burden(
        pupils=row.filter(pupils__isnull=False).count(),
        destinations=row.filter(destinations__isnull=False).count(),
        announcements=row.filter(announcements__isnull=False).count(),
    )


def remove_group(group: int, *, by: Actor, now: datetime) -> None:
    """Take a group away; raises NotEmpty when children, places or announcements hang on it."""
    with transaction.atomic():
        row = _locked(group)
        if burden := burden_of(group):
            raise NotEmpty(burden)
        row.delete()
        record(by, Action.GROUP_CHANGED, now=now, kind="group", subject=group, what="removed")


def _locked(group: int) -> Group:
    row = Group.objects.select_for_update().filter(pk=group).first()
    if row is None:
        raise Gone
    return row


def _refuse_taken(name: str, *, but: int = 0) -> None:
    names = Group.objects.exclude(pk=but).values_list("name", flat=True)
    if folded(name) in map(folded, names):
        raise NameTaken
