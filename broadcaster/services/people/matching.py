"""Who a row speaks of: somebody in the database, somebody in another row, or somebody new.

Names are compared by `folded`. A pupil is known by name and any of the groups, a guardian by name
and any address. Where one side has no address, a guardian is known by name and pupil. Whoever is
new gets a negative number.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

from broadcaster.domain.naming import folded
from broadcaster.services.people.plan import PersonRow
from broadcaster.store.queries.people import Roll

Key = TypeVar("Key", bound=Hashable)
Relative = tuple[str, int]
"""A guardian's folded name and a pupil."""


@dataclass(frozen=True, slots=True)
class Match:
    """A row and the ids it speaks of; negative ones are new."""

    row: PersonRow
    groups: tuple[int, ...]
    pupil: int
    guardian: int


def match_groups(names: Iterable[str], roll: Roll) -> tuple[dict[str, int], dict[int, str]]:
    """Folded name → id, for all `names`; and the new ones, negative number → name as spelled."""
    known = {folded(name): group for group, name in roll.groups.items()}
    fresh = count(-1, -1)
    new: dict[int, str] = {}
    for name in names:
        if folded(name) not in known:
            known[folded(name)] = number = next(fresh)
            new[number] = name
    return known, new


def match_people(rows: Sequence[PersonRow], groups: Mapping[str, int], roll: Roll) -> list[Match]:
    """One match a row, in order; `groups` is folded name → id."""
    groups_of = [tuple(groups[folded(name)] for name in row.groups) for row in rows]
    pupils = _pupils(rows, groups_of, roll)
    guardians = _guardians(rows, pupils, roll)
    return [Match(*found) for found in zip(rows, groups_of, pupils, guardians, strict=True)]


def identify(
    rows: Sequence[Collection[Key]], known: Mapping[Key, int], fresh: Iterator[int]
) -> list[int]:
    """An id for each row: rows that share a key, be it through other rows, share their id.

    It is the lowest that `known` has for any of their keys, else the next of `fresh`.
    """
    together = _joined(rows)
    ids: dict[Key, int] = {}
    for key, representative in together.items():
        if key in known:
            ids[representative] = min(known[key], ids.get(representative, known[key]))
    found = []
    for row in rows:
        representative = together[next(iter(row))]
        if representative not in ids:
            ids[representative] = next(fresh)
        found.append(ids[representative])
    return found


def _joined(rows: Iterable[Collection[Key]]) -> dict[Key, Key]:
    """Every key's representative, the same for all keys of a row."""
    above: dict[Key, Key] = {}

    def top(key: Key) -> Key:
        while (higher := above.setdefault(key, key)) != key:
            above[key] = above[higher]
            key = higher
        return key

    for row in rows:
        first, *others = map(top, row)
        for other in others:
            above[other] = first
    return {key: top(key) for key in tuple(above)}


def _pupils(
    rows: Sequence[PersonRow], groups_of: Sequence[tuple[int, ...]], roll: Roll
) -> list[int]:
    known: dict[tuple[str, int], int] = {}
    for pupil, group in sorted(roll.members):
        known.setdefault((folded(roll.pupils[pupil]), group), pupil)
    keys = [
        [(folded(row.pupil), group) for group in groups]
        for row, groups in zip(rows, groups_of, strict=True)
    ]
    return identify(keys, known, count(-1, -1))


def _guardians(rows: Sequence[PersonRow], pupils: Sequence[int], roll: Roll) -> list[int]:
    fresh = count(-1, -1)
    relatives = [(folded(row.guardian), pupil) for row, pupil in zip(rows, pupils, strict=True)]
    ids = _adopted(_by_address(rows, roll, fresh), relatives, roll)
    beside = _relatives(roll)
    for number, guardian in reversed(ids.items()):
        beside[relatives[number]] = guardian
    for number, relative in enumerate(relatives):
        if number not in ids:
            if relative not in beside:
                beside[relative] = next(fresh)
            ids[number] = beside[relative]
    return [ids[number] for number in range(len(rows))]


def _by_address(rows: Sequence[PersonRow], roll: Roll, fresh: Iterator[int]) -> dict[int, int]:
    """Row number → guardian, for the rows that have addresses, in order."""
    known: dict[tuple[str, str, str], int] = {}
    for address in sorted(roll.addresses, key=lambda address: address.guardian):
        name = folded(roll.guardians[address.guardian])
        known.setdefault((name, address.channel, address.value), address.guardian)
    addressed = [number for number, row in enumerate(rows) if row.addresses]
    keys = [
        [(folded(rows[number].guardian), *given.key) for given in rows[number].addresses]
        for number in addressed
    ]
    return dict(zip(addressed, identify(keys, known, fresh), strict=True))


def _adopted(ids: dict[int, int], relatives: Sequence[Relative], roll: Roll) -> dict[int, int]:
    """New guardians who stand in the roll without an address get their ids from there."""
    reachable = {address.guardian for address in roll.addresses}
    lonely = _relatives(roll, but=reachable)
    free = set(lonely.values())
    adopted: dict[int, int] = {}
    for number, guardian in ids.items():
        known = lonely.get(relatives[number])
        if guardian < 0 and guardian not in adopted and known in free:
            free.remove(known)
            adopted[guardian] = known
    return {number: adopted.get(guardian, guardian) for number, guardian in ids.items()}


def _relatives(roll: Roll, *, but: Collection[int] = ()) -> dict[Relative, int]:
    """Whom of the roll a name and a pupil mean: the lowest id."""
    relatives: dict[Relative, int] = {}
    for guardian, pupil in sorted(roll.kin):
        if guardian not in but:
            relatives.setdefault((folded(roll.guardians[guardian]), pupil), guardian)
    return relatives
