"""Children of two classes, whose families would get the announcements of both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from broadcaster.domain.audience import is_class
from broadcaster.domain.naming import folded
from broadcaster.i18n import _
from broadcaster.services.people.header import Column, Header
from broadcaster.services.people.matching import Match
from broadcaster.services.people.plan import Problem
from broadcaster.store.queries.people import Roll


def in_two_classes(matches: Iterable[Match], roll: Roll, header: Header) -> Iterator[Problem]:
    """Where a child comes into a second class: a namesake who goes to the same club, perhaps."""
    classes = _classes(roll)
    for match in matches:
        new = _classes_in(match) - classes[match.pupil]
        classes[match.pupil] |= new
        if new and len(classes[match.pupil]) > 1:
            yield Problem(
                match.row.line,
                header.title(Column.PUPIL),
                _("Ребёнок будет сразу в классах: {classes}.").format(
                    classes=", ".join(sorted(classes[match.pupil])).upper()
                ),
                _("Если это двое детей, назовите их по-разному: программа принимает их за одного."),
            )


def _classes(roll: Roll) -> dict[int, set[str]]:
    """Pupil → the folded names of the classes in which it stands."""
    names = {group: folded(name) for group, name in roll.groups.items() if is_class(name)}
    classes: dict[int, set[str]] = defaultdict(set)
    for pupil, group in roll.members:
        if group in names:
            classes[pupil].add(names[group])
    return classes


def _classes_in(match: Match) -> set[str]:
    return {folded(name) for name in match.row.groups if is_class(name)}
