"""Two rows that are one person become one; what was sent to either was sent to the one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from django.db import transaction

from broadcaster.domain.merging import Standing, joined, tells_more
from broadcaster.domain.reasons import Skip, Why
from broadcaster.domain.states import REACHED, UNDERWAY, WAITING, State, sources
from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.people.family import ChangedMeanwhile, Gone, fingerprint
from broadcaster.services.people.sharing import hand_over
from broadcaster.store.models import (
    Acknowledgement,
    Address,
    Announcement,
    Delivery,
    FormerAddress,
    Guardian,
    Pupil,
    ToldInPerson,
)
from broadcaster.store.queries import membership

MAY_HAVE_LEFT = REACHED | {State.SENDING, State.UNCONFIRMED}
"""A copy that the person has got or may get."""


@dataclass(frozen=True, slots=True)
class Merged:
    """How much has moved to the one who stays."""

    addresses: int
    pupils: int
    deliveries: int


def merge(
    stays: int,
    goes: int,
    *,
    name: str | None = None,
    dropped: Collection[int] = (),
    seen: tuple[str, str] | None = None,
    by: Actor,
    now: datetime,
) -> Merged:
    """Make one person of two: everything of `goes` moves to `stays`, and `goes` is no more.

    `name` is what the one is called, None keeps it. Addresses in `dropped`, of either, are
    forgotten, but for one that the other keeps: these become one. `seen` are both fingerprints
    the choice was made from. Raises Gone and ChangedMeanwhile, nothing written.
    """
    with transaction.atomic():
        keeper, other = _both(stays, goes, seen)
        _drop(stays, goes, dropped)
        if name is not None:
            keeper.name = name
            keeper.save(update_fields=["name"])
        moved = Merged(
            addresses=_move_addresses(stays, goes, now),
            pupils=_move_pupils(keeper, other),
            deliveries=Delivery.objects.filter(guardian=goes).update(guardian=stays),
        )
        _leave_one(stays)
        _move_marks(stays, goes)
        other.delete()
        record(
            by,
            Action.PEOPLE_MERGED,
            now=now,
            kind="guardian",
            subject=stays,
            gone=goes,
            **asdict(moved),
        )
    return moved


def merge_pupils(stays: int, goes: int, *, by: Actor, now: datetime) -> None:
    """Make one child of two: its parents and groups are those of both. Raises Gone."""
    with transaction.atomic():
        rows = Pupil.objects.select_for_update().order_by("pk").in_bulk([stays, goes])
        if len(rows) != len({stays, goes}) or stays == goes:
            raise Gone
        membership.join(stays, goes)
        rows[stays].groups.add(*rows[goes].groups.all())
        rows[stays].guardians.add(*rows[goes].guardians.all())
        rows[goes].delete()
        record(by, Action.PEOPLE_MERGED, now=now, kind="pupil", subject=stays, gone=goes)


def _both(stays: int, goes: int, seen: tuple[str, str] | None) -> tuple[Guardian, Guardian]:
    rows = {
        row.pk: row
        for row in Guardian.objects.select_for_update().filter(pk__in=[stays, goes]).order_by("pk")
    }
    if len(rows) != 2:  # noqa: PLR2004 - two different people
        raise Gone
    if seen is not None and seen != (fingerprint(stays), fingerprint(goes)):
        raise ChangedMeanwhile
    return rows[stays], rows[goes]


def _drop(stays: int, goes: int, dropped: Collection[int]) -> None:
    """Forget the addresses that neither keeps; who shares one takes over what waits for it."""
    both = Address.objects.filter(guardian__in=[stays, goes])
    kept = set(both.exclude(pk__in=list(dropped)).values_list("channel", "value"))
    rows = both.filter(pk__in=list(dropped))
    lost = [row.pk for row in rows if (row.channel, row.value) not in kept]
    hand_over(Delivery.objects.filter(address__in=lost).exclude(guardian=None))
    Address.objects.filter(pk__in=lost).delete()


def _move_addresses(stays: int, goes: int, now: datetime) -> int:
    """Put the addresses behind those of the one who stays; equal ones become one."""
    own = list(Address.objects.filter(guardian=stays).order_by("preference", "pk"))
    known = {(row.channel, row.value): row for row in own}
    others = list(Address.objects.filter(guardian=goes).order_by("preference", "pk"))
    for row in others:
        twin = known.get((row.channel, row.value))
        if twin is None:
            row.guardian_id = stays
            own.append(row)
        else:
            _join(twin, row, now)
    for place, row in enumerate(own):
        row.preference = place
        row.save()
    return len(others)


def _join(kept: Address, twin: Address, now: datetime) -> None:
    """Make one address of two equal ones and move the twin's copies to it."""
    standing = joined(_standing(kept), _standing(twin))
    for column in fields(Standing):
        setattr(kept, column.name, getattr(standing, column.name))
    _settle_doubles(kept, twin, now)
    FormerAddress.objects.filter(address=twin).update(address=kept)
    Delivery.objects.filter(address=twin).update(address=kept)
    twin.delete()


def _settle_doubles(kept: Address, twin: Address, now: datetime) -> None:
    """Of two copies of one announcement to one place, one keeps the place, the other its state.

    Copies to equal addresses are rare pairs: one was sent and the other skipped as its double, or
    they went to two addresses. Where the other went stays known.
    """
    copies = Delivery.objects.filter(address=kept).values_list("announcement", "pk", "state")
    here = {announcement: (pk, state) for announcement, pk, state in copies}
    there = Delivery.objects.filter(address=twin, announcement__in=list(here))
    for pk, announcement, state in there.values_list("pk", "announcement", "state"):
        own, own_state = here[announcement]
        loser, its_state = (pk, state) if tells_more(own_state, state) else (own, own_state)
        if State(its_state) in UNDERWAY:
            waiting = Delivery.objects.filter(pk=loser, state__in=sources(State.SKIPPED))
            waiting.update(state=State.SKIPPED, reason=Skip.DUPLICATE)
        place = {"address": kept, "value": kept.value, "replaced_at": now}
        FormerAddress.objects.get_or_create(delivery_id=loser, until=None, defaults=place)
        Delivery.objects.filter(pk=loser).update(address=None)


def _leave_one(person: int) -> None:
    """Of a routine announcement a person gets one copy: what waits beside it is skipped.

    What is skipped leaves its place free: the channel makes up for the kept copy should that fail.
    """
    single = Delivery.objects.filter(guardian=person, why__in=[Why.PREFERRED, Why.FALLBACK])
    waiting = single.filter(state__in=sorted(WAITING), address__isnull=False)
    news = waiting.values("announcement")
    left = single.filter(announcement__in=news, state__in=sorted(MAY_HAVE_LEFT))
    served = set(left.values_list("announcement", flat=True))
    more: list[int] = []
    in_turn = waiting.order_by("address__preference", "pk")
    for copy, announcement in in_turn.values_list("pk", "announcement"):
        if announcement in served:
            more.append(copy)
        served.add(announcement)
    hand_over(Delivery.objects.filter(pk__in=more))
    still_hers = waiting.filter(pk__in=more)
    still_hers.update(state=State.SKIPPED, reason=Skip.DUPLICATE, address=None)


def _standing(row: Address) -> Standing:
    return Standing(**{column.name: getattr(row, column.name) for column in fields(Standing)})


def _move_pupils(keeper: Guardian, other: Guardian) -> int:
    children = list(other.pupils.all())
    keeper.pupils.add(*children)
    return len(children)


def _move_marks(stays: int, goes: int) -> None:
    """What she has acknowledged, who has told her, what names her, without doubling any."""
    named = Announcement.people.through.objects
    for marks in (Acknowledgement.objects, ToldInPerson.objects, named):
        here = list(marks.filter(guardian=stays).values_list("announcement", flat=True))
        marks.filter(guardian=goes, announcement__in=here).delete()
        marks.filter(guardian=goes).update(guardian=stays)
