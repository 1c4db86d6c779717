"""A class leaves: its children leave their groups, or are forgotten with their parents."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.people.erasing import erase
from broadcaster.services.people.family import ChangedMeanwhile, Gone, digest
from broadcaster.store.models import Group, Guardian, Pupil
from broadcaster.store.queries import membership


@dataclass(frozen=True, slots=True)
class Leavers:
    """Who leaves with a group: (number, name) of each, by name.

    `parents` answer for nobody else in any group; `staying` is how many do. `elsewhere` are names
    of other groups that some of the children would leave too.
    """

    children: tuple[tuple[int, str], ...]
    parents: tuple[tuple[int, str], ...]
    staying: int
    elsewhere: tuple[str, ...]

    @property
    def seen(self) -> str:
        """Another text where anybody else would leave, or another group would be left."""
        return digest(asdict(self))


@dataclass(frozen=True, slots=True)
class Graduated:
    """How many children have left, how many `parents` and `deliveries` have no name any more."""

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


def graduate(group: int, *, seen: str | None, forget: bool, by: Actor, now: datetime) -> Graduated:
    """Take a group's children out of all their groups; reports of before still tell of them.

    With `forget` they are erased, and with them the parents who answer for nobody else. The group
    stays, empty: what was sent to it keeps its name. `seen` is that of the Leavers that were shown,
    None when nobody looked. Raises Gone, ChangedMeanwhile, and StillSending when a copy is being
    sent right now to a parent who is to be erased; nothing written.
    """
    with transaction.atomic():
        if not Group.objects.select_for_update().filter(pk=group).exists():
            raise Gone
        who = leavers(group)
        if seen is not None and seen != who.seen:
            raise ChangedMeanwhile
        children = [number for number, _ in who.children]
        parents = who.parents if forget else ()
        erased = [erase(number, with_orphans=True, by=by, now=now) for number, _ in parents]
        if forget:
            Pupil.objects.filter(pk__in=children).delete()
        else:
            _take_out(children, now)
        done = Graduated(len(children), len(erased), sum(one.deliveries for one in erased))
        record(
            by,
            Action.GROUP_CHANGED,
            now=now,
            kind="group",
            subject=group,
            what="erased" if forget else "graduated",
            pupils=done.children,
            guardians=done.parents,
        )
    return done


def _take_out(children: list[int], now: datetime) -> None:
    members = Pupil.groups.through.objects.filter(pupil__in=children)
    left = list(members.values_list("pupil_id", "group_id"))
    members.delete()
    membership.note(left, joined=False, at=now)


def _without_others(parents: QuerySet[Guardian], children: QuerySet[Pupil]) -> QuerySet[Guardian]:
    others = Pupil.objects.filter(groups__isnull=False).exclude(
        pk__in=children.order_by().values("pk")
    )
    return parents.exclude(pupils__in=others)
