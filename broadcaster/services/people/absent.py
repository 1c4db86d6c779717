"""Whom a file does not speak of, though it speaks of their groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from broadcaster.services.people.matching import Match
from broadcaster.services.people.plan import Gone
from broadcaster.store.queries.people import Roll


def gone(matches: Sequence[Match], roll: Roll) -> Gone:
    """Children of the file's groups, and parents of such children only, whom no row names."""
    groups = {group for match in matches for group in match.groups}
    classmates = {pupil for pupil, group in roll.members if group in groups}
    children: dict[int, set[int]] = defaultdict(set)
    for guardian, pupil in roll.kin:
        children[guardian].add(pupil)
    parents = {guardian for guardian, own in children.items() if own <= classmates}
    return Gone(
        pupils=_names(classmates - {match.pupil for match in matches}, roll.pupils),
        guardians=_names(parents - {match.guardian for match in matches}, roll.guardians),
    )


def _names(numbers: set[int], names: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(sorted(names[number] for number in numbers))
