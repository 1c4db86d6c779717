"""Who may stand on the roll twice."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

from broadcaster.domain.naming import unordered
from broadcaster.store.models import Address, Guardian, Pupil

MOST_OF_A_NAME = 20
"""So many people of one name and one sign are compared; more are no doubles but a mistake."""


@dataclass(frozen=True, slots=True)
class Double:
    """Two numbers of what is probably one, the lower first; `why` is "child", "address"."""

    first: int
    second: int
    why: tuple[str, ...]


def guardian_doubles() -> list[Double]:
    """Parents of the same name who share a child or an address, in three queries."""
    names = dict(Guardian.objects.values_list("pk", "name"))
    kin = Guardian.pupils.through.objects.values_list("guardian_id", "pupil_id")
    places = Address.objects.values_list("guardian_id", "channel", "value")
    signs: dict[tuple[object, ...], set[int]] = defaultdict(set)
    for guardian, pupil in kin:
        signs["child", pupil, unordered(names[guardian])].add(guardian)
    for guardian, channel, value in places:
        signs["address", channel, value, unordered(names[guardian])].add(guardian)
    return _pairs(signs)


def pupil_doubles() -> list[Double]:
    """Children of the same name in the same group, in two queries."""
    names = dict(Pupil.objects.values_list("pk", "name"))
    members = Pupil.groups.through.objects.values_list("pupil_id", "group_id")
    signs: dict[tuple[object, ...], set[int]] = defaultdict(set)
    for pupil, group in members:
        signs["group", group, unordered(names[pupil])].add(pupil)
    return _pairs(signs)


def _pairs(signs: dict[tuple[object, ...], set[int]]) -> list[Double]:
    reasons: dict[tuple[int, int], set[str]] = defaultdict(set)
    for sign, people in signs.items():
        for first, second in combinations(sorted(people)[:MOST_OF_A_NAME], 2):
            reasons[first, second].add(str(sign[0]))
    return [Double(*pair, tuple(sorted(why))) for pair, why in sorted(reasons.items())]
