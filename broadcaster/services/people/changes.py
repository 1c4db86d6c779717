"""What must be written for the database to say what the rows say; nothing is taken away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from broadcaster.domain.naming import folded
from broadcaster.services.people.matching import Match, match_groups, match_people
from broadcaster.services.people.plan import Count, Counts, PersonRow, PlaceRow
from broadcaster.store.queries.people import AddressRow, Changes, DestinationRow, Roll

Bond = tuple[int, int]
Place = tuple[str, str]
"""Channel and value."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Good rows beside the database: who is who, what is to be written, how much of each kind."""

    matches: Sequence[Match]
    changes: Changes
    counts: Counts


def compare(people: Sequence[PersonRow], places: Sequence[PlaceRow], roll: Roll) -> Comparison:
    """Lay good rows beside the roll; changes nothing."""
    named = [name for names in _groups(people, places) for name in names]
    groups, new_groups = match_groups(named, roll)
    matches = match_people(people, groups, roll)
    members = _new({(m.pupil, group) for m in matches for group in m.groups}, roll.members)
    kin = _new({(m.guardian, m.pupil) for m in matches}, roll.kin)
    addresses, untouched = _addresses(matches, roll)
    wanted, standing = _destinations(places, groups, roll), set(roll.destinations)
    changes = Changes(
        groups=new_groups,
        pupils=_new_names((m.pupil, m.row.pupil) for m in matches),
        guardians=_new_names((m.guardian, m.row.guardian) for m in matches),
        members=members,
        kin=kin,
        addresses=addresses,
        destinations=[place for place in wanted if place not in standing],
    )
    counts = Counts(
        groups=_count({groups[folded(name)] for name in named}, ()),
        pupils=_count({m.pupil for m in matches}, members),
        guardians=_count({m.guardian for m in matches}, kin),
        addresses=_count_addresses(addresses, untouched, roll),
        destinations=_count_destinations(changes.destinations, len(wanted)),
    )
    return Comparison(matches, changes, counts)


def _groups(people: Iterable[PersonRow], places: Iterable[PlaceRow]) -> Iterator[tuple[str, ...]]:
    yield from (row.groups for row in people)
    yield from (row.groups for row in places)


def _new(bonds: set[Bond], known: frozenset[Bond]) -> list[Bond]:
    """The bonds the roll lacks; new people, numbered downwards, in the file's order."""
    return sorted(bonds - known, key=lambda bond: (abs(bond[0]), abs(bond[1])))


def _new_names(named: Iterable[tuple[int, str]]) -> dict[int, str]:
    """Negative number → name as first spelled, in the file's order."""
    names: dict[int, str] = {}
    for number, name in named:
        if number < 0:
            names.setdefault(number, name)
    return names


def _addresses(matches: Iterable[Match], roll: Roll) -> tuple[list[AddressRow], int]:
    """The addresses that are new or differ, and how many of the file's are as they should be."""
    rows: dict[int, list[PersonRow]] = defaultdict(list)
    for match in matches:
        rows[match.guardian].append(match.row)
    known: dict[int, list[AddressRow]] = defaultdict(list)
    for address in roll.addresses:
        known[address.guardian].append(address)
    wanted = [
        address
        for guardian, own in rows.items()
        for address in addresses_of(guardian, own, known[guardian])
    ]
    standing = set(roll.addresses)
    written = [address for address in wanted if address not in standing]
    return written, len(wanted) - len(written)


def addresses_of(
    guardian: int, rows: Sequence[PersonRow], known: Sequence[AddressRow]
) -> list[AddressRow]:
    """A guardian's addresses as they should be: the rows' own, and one that loses its first place.

    The preferred channel's address comes first (0), the others follow in the order of columns
    (1, 2, …). Where no row prefers a channel, known addresses keep their places: the guardian may
    have chosen them. A consent is filled in where there was none; one that was given or withdrawn
    is left alone.
    """
    prefers = next((row.prefers for row in rows if row.prefers), "")
    places = _ranked(rows, prefers)
    before = {(address.channel, address.value): address for address in known}
    consents = _consents(rows)
    wanted = []
    for key, place in places.items():
        address = before.get(key, AddressRow(guardian, *key, place, None, ""))
        if prefers:
            address = replace(address, preference=place)
        if key in consents and address.consent_on is None and not address.withdrawn:
            consent_on, source = consents[key]
            address = replace(address, consent_on=consent_on, consent_source=source)
        wanted.append(address)
    displaced = [
        replace(address, preference=len(places))
        for key, address in before.items()
        if prefers and key not in places and address.preference == 0
    ]
    return wanted + displaced


def _ranked(rows: Iterable[PersonRow], prefers: str) -> dict[Place, int]:
    """Address → preference; of two on the preferred channel the earlier row's comes first."""
    given = {address.key: address for row in rows for address in row.addresses}
    ordered = sorted(given.values(), key=lambda address: address.place)
    first = next((address for address in ordered if address.channel == prefers), None)
    others = [address.key for address in ordered if address is not first]
    ranked = {key: place for place, key in enumerate(others, start=1)}
    return ranked if first is None else {first.key: 0} | ranked


def _consents(rows: Iterable[PersonRow]) -> dict[Place, tuple[date, str]]:
    """Address → consent of the first row that has one."""
    consents: dict[Place, tuple[date, str]] = {}
    for row in rows:
        for address in row.addresses:
            if row.consent_on is not None:
                consents.setdefault(address.key, (row.consent_on, row.consent_source))
    return consents


def _destinations(
    places: Iterable[PlaceRow], groups: Mapping[str, int], roll: Roll
) -> list[DestinationRow]:
    """One destination a row and group, as it should be."""
    known = {(place.group, place.channel, place.value): place.id for place in roll.destinations}
    wanted = []
    for row in places:
        numbers: list[int | None] = [groups[folded(name)] for name in row.groups]
        for group in numbers or [None]:
            found = known.get((group, row.channel, row.value))
            wanted.append(
                DestinationRow(found, group, row.channel, row.value, row.title, row.data_class)
            )
    return wanted


def _count(touched: set[int], bonds: Iterable[Bond]) -> Count:
    """Count people or groups; whoever has one of the new `bonds` is changed."""
    bound = {left for left, _ in bonds}
    new = sum(1 for number in touched if number < 0)
    changed = sum(1 for number in touched if number > 0 and number in bound)
    return Count(new, changed, len(touched) - new - changed)


def _count_addresses(written: Sequence[AddressRow], untouched: int, roll: Roll) -> Count:
    known = {(address.guardian, address.channel, address.value) for address in roll.addresses}
    changed = sum((row.guardian, row.channel, row.value) in known for row in written)
    return Count(len(written) - changed, changed, untouched)


def _count_destinations(written: Sequence[DestinationRow], wanted: int) -> Count:
    new = sum(1 for place in written if place.id is None)
    return Count(new, len(written) - new, wanted - len(written))
