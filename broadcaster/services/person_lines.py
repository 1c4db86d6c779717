"""A person as a report lists her: her children, the channels that reached her, or why none did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from broadcaster.store.queries.claiming import children_of
from broadcaster.store.queries.reports_people import Fate, People, Try, Way, people, tries, ways


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person; `tries` are told of whom nothing has reached."""

    fate: Fate
    children: Sequence[str]
    ways: Sequence[Way]
    tries: Sequence[Try]


def person_lines(what: People, *, limit: int, offset: int = 0) -> list[PersonLine]:
    """A part of a list of people, in four queries however long it is."""
    found = people(what, limit=limit, offset=offset)
    return lines_of(what.announcement, found)


def lines_of(announcement: UUID, found: Sequence[Fate]) -> list[PersonLine]:
    """These people with all that a report tells of them."""
    ids = [one.guardian for one in found]
    reached = ways(announcement, [one.guardian for one in found if one.channels])
    missed = tries(announcement, [one.guardian for one in found if not one.channels])
    children = children_of(ids, announcement)
    return [
        PersonLine(
            fate=one,
            children=children.get(one.guardian, ()),
            ways=reached.get(one.guardian, ()),
            tries=missed.get(one.guardian, ()),
        )
        for one in found
    ]
