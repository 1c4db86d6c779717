"""Families as screens ask for them: found by words, narrowed, counted by group."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Replace

from broadcaster.domain.naming import folded
from broadcaster.domain.ordering import as_counted
from broadcaster.domain.reasons import AddressState
from broadcaster.store.models import Address, Group, Guardian, Pupil
from broadcaster.store.queries.folding import pattern_of

MOST_WORDS = 6

BY_NAME = Replace(Replace("name", Value("Ё"), Value("Е")), Value("ё"), Value("е"))
"""By letters Ё comes before А, and ё after я."""


class Only(StrEnum):
    """Which families a list is narrowed to."""

    NO_ADDRESS = "no_address"
    CLOSED = "closed"
    NO_CONSENT = "no_consent"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Reach:
    """One group, or the school with `group` None: its families, and how many each channel has.

    `channels` are families with an address there that may be used, in the order asked for.
    """

    group: int | None
    name: str
    families: int
    unreachable: int
    channels: tuple[int, ...]


def found(
    scope: QuerySet[Guardian],
    *,
    words: str = "",
    group: int | None = None,
    only: Only | None = None,
    channels: Collection[str] = (),
) -> QuerySet[Guardian]:
    """The guardians of `scope` who, or whose children or addresses, hold every word, by name.

    `channels` are those that are switched on: who has no usable address on any is unreachable.
    """
    people = scope.alias(sorted_name=BY_NAME)
    for word in folded(words).split()[:MOST_WORDS]:
        people = people.filter(_holds(word))
    if group is not None:
        member = Guardian.pupils.through.objects.filter(
            guardian=OuterRef("pk"), pupil__groups=group
        )
        people = people.filter(Exists(member))
    if only is not None:
        people = people.filter(_narrowed(only, channels))
    return people.order_by("sorted_name", "pk")


def with_family(people: QuerySet[Guardian], pupils: QuerySet[Pupil]) -> QuerySet[Guardian]:
    """The same with children (those of `pupils`), their groups and addresses, in three queries."""
    groups = Group.objects.order_by("name")
    children = pupils.order_by("name", "pk").prefetch_related(Prefetch("groups", groups))
    addresses = Address.objects.order_by("preference", "pk")
    return people.prefetch_related(Prefetch("pupils", children), Prefetch("addresses", addresses))


def usable(channels: Collection[str]) -> Q:
    """Of addresses: open, agreed to, on a channel that is switched on."""
    return Q(
        channel__in=sorted(channels),
        state=AddressState.OPEN,
        consent_on__isnull=False,
        consent_withdrawn_at__isnull=True,
    )


def reach(groups: QuerySet[Group], channels: Collection[str], *, school: bool) -> list[Reach]:
    """How each of `groups`, by name, and with `school` everybody, can be reached."""
    asked = sorted(groups.values_list("pk", "name"), key=lambda group: as_counted(group[1]))
    kin = Guardian.pupils.through.objects
    families = dict(
        kin.filter(pupil__groups__in=[pk for pk, _name in asked])
        .values_list("pupil__groups")
        .annotate(Count("guardian", distinct=True))
    )
    open_here = Address.objects.filter(usable(channels))
    by_group = open_here.filter(guardian__pupils__groups__in=[pk for pk, _name in asked])
    where, owner = "guardian__pupils__groups", Count("guardian", distinct=True)
    reached = dict(by_group.values_list(where).annotate(owner))
    by_channel = {
        (group, channel): people
        for group, channel, people in by_group.values_list(where, "channel").annotate(owner)
    }
    rows = [
        Reach(
            pk,
            name,
            families.get(pk, 0),
            families.get(pk, 0) - reached.get(pk, 0),
            tuple(by_channel.get((pk, channel), 0) for channel in channels),
        )
        for pk, name in asked
    ]
    return [*rows, _everybody(open_here, channels)] if school else rows


def pupils_with_parents(group: int) -> QuerySet[Pupil]:
    """A group's children by name, with all their groups and parents."""
    groups = Group.objects.order_by("name")
    parents = Guardian.objects.order_by("name", "pk").prefetch_related("addresses")
    return (
        Pupil.objects.filter(groups=group)
        .order_by("name", "pk")
        .prefetch_related(Prefetch("groups", groups), Prefetch("guardians", parents))
    )


def pupils_of_groups(groups: Iterable[int]) -> dict[int, int]:
    """Group → how many children it has."""
    members = Pupil.groups.through.objects.filter(group__in=list(groups))
    return dict(members.values_list("group").annotate(Count("pk")))


def _everybody(open_here: QuerySet[Address], channels: Collection[str]) -> Reach:
    families = Guardian.objects.count()
    reached = open_here.aggregate(people=Count("guardian", distinct=True))["people"]
    by_channel = dict(open_here.values_list("channel").annotate(Count("guardian", distinct=True)))
    return Reach(
        None, "", families, families - reached, tuple(by_channel.get(one, 0) for one in channels)
    )


def _holds(word: str) -> Q:
    """Of guardians: the name, a child's name or an address holds a folded word."""
    pattern = pattern_of(word)
    children = Guardian.pupils.through.objects.filter(
        guardian=OuterRef("pk"), pupil__name__regex=pattern
    )
    addresses = Address.objects.filter(guardian=OuterRef("pk"), value__regex=pattern)
    return Q(name__regex=pattern) | Q(Exists(children)) | Q(Exists(addresses))


def _narrowed(only: Only, channels: Collection[str]) -> Q:
    own = Address.objects.filter(guardian=OuterRef("pk"))
    match only:
        case Only.NO_ADDRESS:
            return ~Q(Exists(own))
        case Only.CLOSED:
            return Q(Exists(own.filter(state=AddressState.CLOSED)))
        case Only.NO_CONSENT:
            asked = Q(consent_on=None) | Q(consent_withdrawn_at__isnull=False)
            return Q(Exists(own.filter(asked)))
        case Only.UNREACHABLE:
            return ~Q(Exists(own.filter(usable(channels))))
