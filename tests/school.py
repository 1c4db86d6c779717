"""A school for tests: tiny functions that put one thing each into the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count as counter
from typing import Any
from uuid import UUID, uuid4

from broadcaster.contract import DataClass
from broadcaster.domain.policy import Importance, Plan, Priority, plan
from broadcaster.domain.reasons import Why
from broadcaster.domain.states import State
from broadcaster.store.models import (
    Address,
    Announcement,
    Delivery,
    Destination,
    Group,
    Guardian,
    Lane,
    Pupil,
    Revision,
)
from broadcaster.store.queries.expansion import Expansion

NOON = datetime(2026, 11, 20, 9, 0, 0, 123456, tzinfo=UTC)
"""Noon in Moscow, on a Friday."""
LATER = NOON + timedelta(minutes=5)

ON = {
    "alpha": DataClass.PERSONAL,
    "beta": DataClass.CLOSED,
    "gamma": DataClass.PUBLIC,
}
"""Channels of the tests that are switched on, with the most each may carry."""

_numbers = counter(1)


def group(name: str = "1А") -> Group:
    """The group of this name."""
    return Group.objects.get_or_create(name=name)[0]


def pupil(name: str, *groups: str) -> Pupil:
    """A new child in these groups."""
    child = Pupil.objects.create(name=name)
    child.groups.set(map(group, groups))
    return child


def guardian(name: str = "", groups: Sequence[str] = ("1А",), **addresses: str) -> Guardian:
    """A parent with a child in each group; addresses in order of preference, agreed to."""
    number = next(_numbers)
    person = Guardian.objects.create(name=name or f"Родитель {number}")
    person.pupils.set(pupil(f"Ребёнок {number}", name) for name in groups)
    for preference, (channel, value) in enumerate(addresses.items()):
        address(person, channel, value, preference=preference)
    return person


def address(person: Guardian, channel: str, value: str = "", **also: Any) -> Address:
    """An open address to which its owner has agreed, unless `also` says otherwise."""
    fields = {"consent_on": date(2026, 9, 1), "preference": 0} | also
    value = value or f"{channel}-{next(_numbers)}"
    return Address.objects.create(guardian=person, channel=channel, value=value, **fields)


def destination(channel: str, value: str = "", of: str | None = "1А", **also: Any) -> Destination:
    """A place of a group, or of the school with `of` None, that may carry anything."""
    value = value or f"{channel}-place-{next(_numbers)}"
    fields = {"data_class": DataClass.PERSONAL, "title": value} | also
    owner = None if of is None else group(of)
    return Destination.objects.create(group=owner, channel=channel, value=value, **fields)


def announcement(
    *groups: str,
    title: str = "Экскурсия",
    body: str = "Завтра идём в музей.",
    more: str = "",
    importance: Importance = Importance.ROUTINE,
    **also: Any,
) -> UUID:
    """A draft for these groups."""
    row = Announcement.objects.create(**({"created_at": NOON, "importance": importance} | also))
    row.groups.set(map(group, groups))
    Revision.objects.create(announcement=row, title=title, body=body, more=more, created_at=NOON)
    return row.pk


def expansion(
    announcement: UUID,
    *groups: str,
    importance: Importance = Importance.ROUTINE,
    data_class: DataClass = DataClass.PUBLIC,
    **also: Any,
) -> Expansion:
    """What releasing this announcement to these groups at noon would expand."""
    fields: dict[str, Any] = {"plan": at_noon(importance), "channels": ON} | also
    ids = [group(name).pk for name in groups or ("1А",)]
    return Expansion(announcement=announcement, groups=ids, data_class=data_class, **fields)


def at_noon(importance: Importance = Importance.ROUTINE, **also: Any) -> Plan:
    """The policy's answer at noon."""
    return plan(importance, now=NOON, quiet=None, **also)


def copy(to: Address | Destination, of: UUID | None = None, **also: Any) -> Delivery:
    """A copy that waits and is due, unless `also` says otherwise."""
    place: dict[str, Any] = (
        {"address": to, "guardian": to.guardian} if isinstance(to, Address) else {"destination": to}
    )
    fields = {
        "state": State.QUEUED,
        "why": Why.PREFERRED,
        "priority": Priority.ROUTINE,
        "due_at": NOON,
    }
    made = announcement(released_at=NOON) if of is None else of
    return Delivery.objects.create(
        announcement_id=made, channel=to.channel, **(fields | place | also)
    )


def waiting(number: int, channel: str = "alpha", of: UUID | None = None) -> list[Delivery]:
    """So many people's copies of one announcement."""
    made = announcement(released_at=NOON) if of is None else of
    return [copy(address(guardian(groups=()), channel), made) for _ in range(number)]


def lane(channel: str = "alpha", *, slot: int = 0, until: datetime | None = None) -> UUID:
    """A lane that a worker has taken."""
    token = uuid4()
    ends = until or LATER
    Lane.objects.update_or_create(
        channel=channel, slot=slot, defaults={"token": token, "until": ends}
    )
    return token


def states(announcement: UUID | None = None) -> list[str]:
    """The states of all copies in the order in which they were made."""
    rows = Delivery.objects.order_by("pk")
    if announcement is not None:
        rows = rows.filter(announcement=announcement)
    return list(rows.values_list("state", flat=True))
