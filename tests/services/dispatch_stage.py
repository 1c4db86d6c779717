"""Copies that are due, answers that platforms give, and what became of a copy."""

from __future__ import annotations

from broadcaster.contract import Accepted, Deferred, Part, Reason
from broadcaster.store.models import ChannelState, Delivery
from tests import school

ACCEPTED = Accepted((Part(0, {"id": 1}),))
LATER = Deferred(Reason.SERVER_ERROR)


class Broken(Exception):
    """A fault of a channel: nobody expected it."""


def copies(number: int) -> list[Delivery]:
    """People's copies at «0», «1», …, due now and in this order."""
    made = school.announcement(released_at=school.NOON)
    people = [school.guardian(groups=()) for _ in range(number)]
    return [
        school.copy(school.address(person, "alpha", str(place)), made)
        for place, person in enumerate(people)
    ]


def fate(row: Delivery) -> tuple[str, str]:
    """The copy's state and reason on record."""
    row.refresh_from_db()
    return row.state, row.reason


def due_now() -> None:
    """Let the rests of all copies be over."""
    Delivery.objects.update(due_at=school.NOON)
    ChannelState.objects.update(hold_until=school.NOON)
