"""A class leaves the school: its children go, and the parents who have no other child here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import QuerySet

from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.people.erasing import erase
from broadcaster.services.people.family import ChangedMeanwhile, Gone
from broadcaster.store.models import Group, Guardian, Pupil


@dataclass(frozen=True, slots=True)
class Leavers:
    """Who leaves with a group: (number, name) of each, by name.

    `parents` answer for nobody else; `staying` is how many have other children here. `elsewhere`
    are names of other groups that some of the children would leave too.
    """

    children: tuple[tuple[int, str], ...]
    parents: tuple[tuple[int, str], ...]
    staying: int
    elsewhere: tuple[str, ...]

    @property
    def seen(self) -> str:
        """Another text for anybody else."""
        return sha256(repr((self.children, self.parents)).encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Graduated:
    """How many have gone, and how many copies stay without a name."""

    children: int
    parents: int
    deliveries: int


def leavers(group: int) -> Leavers:
    """Who would leave with a group."""
    children = Pupil.objects.filter(groups=group).order_by("name", "pk")
    parents = Guardian.objects.filter(pupils__in=children.order_by()).distinct()
    leaving = _without_others(parents, children)
    elsewhere = Group.objects.filter(pupils__in=children.order_by()).exclude(pk=group).distinct()
    return Leavers(
        children=tuple(children.values_list("pk", "name")),
        parents=tuple(leaving.order_by("name", "pk").values_list("pk", "name")),
        staying=parents.count() - leaving.count(),
        elsewhere=tuple(elsewhere.order_by("name").values_list("name", flat=True)),
    )


def graduate(
    group: int, *, seen: str | None, with_parents: bool, by: Actor, now: datetime
) -> Graduated:
    """Take a group's children off the roll, and forget `with_parents` who answer for nobody else.

    The group stays, empty: what was sent to it keeps its name. `seen` is that of the Leavers that
    were shown, None when nobody looked. Raises Gone, ChangedMeanwhile, and StillSending when a
    copy is being sent to one of the parents right now; nothing written.
    """
    with transaction.atomic():
        if not Group.objects.select_for_update().filter(pk=group).exists():
            raise Gone
        who = leavers(group)
        if seen is not None and seen != who.seen:
            raise ChangedMeanwhile
        parents = who.parents if with_parents else ()
        erased = [erase(number, with_orphans=False, by=by, now=now) for number, _ in parents]
        Pupil.objects.filter(pk__in=[number for number, _ in who.children]).delete()
        done = Graduated(len(who.children), len(erased), sum(one.deliveries for one in erased))
        record(
            by,
            Action.GROUP_CHANGED,
            now=now,
            kind="group",
            subject=group,
            what="graduated",
            children=done.children,
            parents=done.parents,
        )
    return done


def _without_others(parents: QuerySet[Guardian], children: QuerySet[Pupil]) -> QuerySet[Guardian]:
    others = Pupil.objects.exclude(pk__in=children.order_by().values("pk"))
    return parents.exclude(pupils__in=others)
