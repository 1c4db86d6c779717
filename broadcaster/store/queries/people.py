"""The whole roll in memory, and changes to it written a set at a time.

What a change makes is known by negative numbers until the database has given it an id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from broadcaster.contract import DataClass
from broadcaster.store.models import Address, Destination, Group, Guardian, Pupil
from broadcaster.store.queries import membership
from broadcaster.store.queries.dialect import change, on_postgres

Named = TypeVar("Named", Group, Pupil, Guardian)


@dataclass(frozen=True, slots=True)
class AddressRow:
    """One guardian's address; `withdrawn` says that the consent was taken back."""

    guardian: int
    channel: str
    value: str
    preference: int
    consent_on: date | None
    consent_source: str
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class DestinationRow:
    """One destination; without a group it is the school's own, without an id it is new."""

    id: int | None
    group: int | None
    channel: str
    value: str
    title: str
    data_class: DataClass


@dataclass(frozen=True, slots=True)
class Roll:
    """Everybody and every place, as they stand in the database: id → name, and who belongs to whom.

    `members` are (pupil, group), `kin` are (guardian, pupil).
    """

    groups: Mapping[int, str]
    pupils: Mapping[int, str]
    guardians: Mapping[int, str]
    members: frozenset[tuple[int, int]]
    kin: frozenset[tuple[int, int]]
    addresses: Sequence[AddressRow]
    destinations: Sequence[DestinationRow]


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be written: new names by negative number, new bonds, new and changed places.

    Numbers in bonds and places are ids or those negative numbers.
    """

    groups: Mapping[int, str]
    pupils: Mapping[int, str]
    guardians: Mapping[int, str]
    members: Sequence[tuple[int, int]]
    kin: Sequence[tuple[int, int]]
    addresses: Sequence[AddressRow]
    destinations: Sequence[DestinationRow]


def lock_roll() -> None:
    """Let no other import write before this transaction ends; SQLite has one writer anyway."""
    if on_postgres():
        change("LOCK TABLE store_group IN SHARE ROW EXCLUSIVE MODE")


def read_roll() -> Roll:
    """The roll in one query a table."""
    return Roll(
        groups=_names(Group),
        pupils=_names(Pupil),
        guardians=_names(Guardian),
        members=frozenset(Pupil.groups.through.objects.values_list("pupil_id", "group_id")),
        kin=frozenset(Guardian.pupils.through.objects.values_list("guardian_id", "pupil_id")),
        addresses=_addresses(),
        destinations=_destinations(),
    )


def write_changes(changes: Changes, *, now: datetime) -> None:
    """Write all changes; the caller holds the transaction and the lock."""
    groups = _create(Group, changes.groups)
    pupils = _create(Pupil, changes.pupils)
    guardians = _create(Guardian, changes.guardians)
    member, kinship = Pupil.groups.through, Guardian.pupils.through
    members = [
        (pupils.get(pupil, pupil), groups.get(group, group)) for pupil, group in changes.members
    ]
    member.objects.bulk_create(member(pupil_id=pupil, group_id=group) for pupil, group in members)
    membership.note(members, joined=True, at=now)
    kinship.objects.bulk_create(
        kinship(guardian_id=guardians.get(guardian, guardian), pupil_id=pupils.get(pupil, pupil))
        for guardian, pupil in changes.kin
    )
    _write_addresses(changes.addresses, guardians)
    _write_destinations(changes.destinations, groups)


def _names(model: type[Named]) -> dict[int, str]:
    return dict(model.objects.order_by("pk").values_list("pk", "name"))


def _addresses() -> list[AddressRow]:
    rows = Address.objects.order_by("pk").values_list(
        "guardian_id",
        "channel",
        "value",
        "preference",
        "consent_on",
        "consent_source",
        "consent_withdrawn_at",
    )
    return [
        AddressRow(guardian, channel, value, preference, consent_on, source, withdrawn is not None)
        for guardian, channel, value, preference, consent_on, source, withdrawn in rows
    ]


def _destinations() -> list[DestinationRow]:
    rows = Destination.objects.order_by("pk").values_list(
        "pk", "group_id", "channel", "value", "title", "data_class"
    )
    return [
        DestinationRow(place, group, channel, value, title, DataClass(data_class))
        for place, group, channel, value, title, data_class in rows
    ]


def _create(model: type[Named], names: Mapping[int, str]) -> dict[int, int]:
    """Insert names; returns negative number → id."""
    made = model.objects.bulk_create(model(name=name) for name in names.values())
    return dict(zip(names, (row.pk for row in made), strict=True))


def _write_addresses(addresses: Iterable[AddressRow], guardians: Mapping[int, int]) -> None:
    """Insert what is new; of what is there, only preference and consent change."""
    Address.objects.bulk_create(
        (
            Address(
                guardian_id=guardians.get(row.guardian, row.guardian),
                channel=row.channel,
                value=row.value,
                preference=row.preference,
                consent_on=row.consent_on,
                consent_source=row.consent_source,
            )
            for row in addresses
        ),
        update_conflicts=True,
        unique_fields=["guardian", "channel", "value"],
        update_fields=["preference", "consent_on", "consent_source"],
    )


def _write_destinations(rows: Iterable[DestinationRow], groups: Mapping[int, int]) -> None:
    # No upsert: two constraints guard a place, one of them for the school's own only.
    written = [
        Destination(
            pk=row.id,
            group_id=row.group if row.group is None else groups.get(row.group, row.group),
            channel=row.channel,
            value=row.value,
            title=row.title,
            data_class=row.data_class,
        )
        for row in rows
    ]
    Destination.objects.bulk_create([place for place in written if place.pk is None])
    Destination.objects.bulk_update(
        [place for place in written if place.pk is not None], ["title", "data_class"]
    )
