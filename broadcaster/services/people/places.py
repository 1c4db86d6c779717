"""Destinations by hand: walls, channels, chats, sections of the site."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from broadcaster.contract import DataClass
from broadcaster.domain.reasons import AddressState
from broadcaster.domain.states import WAITING
from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.people.family import ChangedMeanwhile, Gone
from broadcaster.store.models import Delivery, Destination


class PlaceTaken(Exception):
    """The group, or the school, has this place already."""


class PlaceUsed(Exception):
    """Something was published there: reports need the place, and what may still leave goes there.

    It can be closed, but not removed, and no other group or channel can have it.
    """


@dataclass(frozen=True, slots=True)
class Place:
    """A destination as a form has it; without a group it is the school's own."""

    group: int | None
    channel: str
    value: str
    title: str
    data_class: DataClass

    def __str__(self) -> str:
        return "|".join(map(str, asdict(self).values()))


def place_of(row: Destination) -> Place:
    """What a form about a destination is made from; its text is the fingerprint."""
    return Place(row.group_id, row.channel, row.value, row.title, DataClass(row.data_class))


def add_place(place: Place, *, by: Actor, now: datetime) -> int:
    """Write down a destination; returns its number. Raises PlaceTaken."""
    with transaction.atomic():
        _refuse_taken(place)
        made = Destination.objects.create(**_columns(place))
        _told(by, now, made.pk, "added")
    return made.pk


def change_place(number: int, place: Place, *, seen: str, by: Actor, now: datetime) -> None:
    """Put another destination in the place of one; a new address is open.

    What waits goes there as a whole: messages taken so far went to the old address. Raises
    PlaceTaken, and PlaceUsed for another group or channel: what was for one group, or written for
    one channel, would leave for another.
    """
    with transaction.atomic():
        row = _locked(number)
        if str(place_of(row)) != seen:
            raise ChangedMeanwhile
        _refuse_taken(place, but=number)
        if (row.group_id, row.channel) != (place.group, place.channel):
            _refuse_used(number)
        if (row.channel, row.value) != (place.channel, place.value):
            _move(row, now)
        for column, value in _columns(place).items():
            setattr(row, column, value)
        row.save()
        _told(by, now, number, "changed")


def remove_place(number: int, *, by: Actor, now: datetime) -> None:
    """Forget a destination to which nothing was ever sent. Raises PlaceUsed."""
    with transaction.atomic():
        row = _locked(number)
        _refuse_used(number)
        row.delete()
        _told(by, now, number, "removed")


def turn_place(number: int, state: AddressState, *, by: Actor, now: datetime) -> None:
    """Close a destination or open it again."""
    with transaction.atomic():
        row = _locked(number)
        _set_state(row, state, now)
        row.save()
        _told(by, now, number, state)


def _columns(place: Place) -> dict[str, object]:
    columns = asdict(place)
    columns["group_id"] = columns.pop("group")
    return columns


def _move(row: Destination, now: datetime) -> None:
    """What another address changes: it is open, and nothing has been sent there."""
    if row.state != AddressState.OPEN:
        _set_state(row, AddressState.OPEN, now)
    Delivery.objects.filter(destination=row, state__in=sorted(WAITING)).update(parts=[])


def _refuse_used(number: int) -> None:
    if Delivery.objects.filter(destination=number).exists():
        raise PlaceUsed


def _set_state(row: Destination, state: AddressState, now: datetime) -> None:
    row.state, row.state_reason, row.state_since = state, "", now


def _locked(number: int) -> Destination:
    row = Destination.objects.select_for_update().filter(pk=number).first()
    if row is None:
        raise Gone
    return row


def _refuse_taken(place: Place, *, but: int = 0) -> None:
    alike = Destination.objects.filter(group=place.group, channel=place.channel, value=place.value)
    if alike.exclude(pk=but).exists():
        raise PlaceTaken


def _told(by: Actor, now: datetime, number: int, what: str) -> None:
    record(by, Action.GROUP_CHANGED, now=now, kind="destination", subject=number, what=what)
