"""The one INSERT … SELECT against the policy written again in plain Python, on random schools."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from random import Random
from typing import Any, NamedTuple

import pytest
from django.db.models import Q

from broadcaster.contract import DataClass
from broadcaster.domain.policy import Importance
from broadcaster.domain.reasons import Skip, Why
from broadcaster.domain.states import State
from broadcaster.store.models import Address, Delivery, Destination, Group, Guardian
from broadcaster.store.queries.expansion import CopyCount, Expansion, count, expand
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]

SCHOOLS = range(60)
GROUPS = ("1А", "2Б", "3В")
CHANNELS = (*school.ON, "off")


class Row(NamedTuple):
    """One copy as the model sees it."""

    guardian: int | None
    address: int | None
    destination: int | None
    channel: str
    state: str
    reason: str
    why: str


@dataclass(frozen=True)
class Place:
    """An address or a destination after the gates that ask about itself."""

    row: Address | Destination
    gate: str

    @property
    def order(self) -> tuple[int, int]:
        first = self.row.preference if isinstance(self.row, Address) else self.row.group_id is None
        return int(first), self.row.pk


def model(what: Expansion) -> Counter[Row]:
    """The copies that the policy asks for."""
    asked = Q(pupils__groups__in=what.groups) | Q(pk__in=what.people)
    people = list(Guardian.objects.filter(asked).distinct())
    personal = chain.from_iterable(chosen_of(what, person) for person in people)
    return Counter(
        chain(
            (nowhere(what, person) for person in people if not addresses(what, person)),
            (row_of(what, place, reason) for place, reason in without_doubles(personal)),
            (row_of(what, place, reason) for place, reason in without_doubles(spots(what))),
        )
    )


def addresses(what: Expansion, person: Guardian) -> list[Address]:
    rows = Address.objects.filter(guardian=person)
    return [row for row in rows if not what.chosen or row.channel in what.chosen]


def chosen_of(what: Expansion, person: Guardian) -> Iterator[Place]:
    """What is shut leaves a row, of what is open the policy takes all or the first."""
    places = [Place(row, gate_of(what, row)) for row in addresses(what, person)]
    yield from (place for place in places if place.gate)
    opened = sorted((place for place in places if not place.gate), key=lambda place: place.order)
    yield from opened if what.plan.every_address else opened[:1]


def gate_of(what: Expansion, row: Address) -> str:
    if row.channel not in what.channels:
        return Skip.CHANNEL_OFF
    if row.consent_on is None or row.consent_withdrawn_at is not None:
        return Skip.NO_CONSENT
    if what.channels[row.channel] < what.data_class:
        return Skip.DATA_CLASS
    return Skip.ADDRESS_CLOSED if row.state != "open" else ""


def spots(what: Expansion) -> Iterator[Place]:
    for row in Destination.objects.all() if what.groups else ():
        asked = what.plan.school_places if row.group_id is None else row.group_id in what.groups
        if asked and (not what.chosen or row.channel in what.chosen):
            yield Place(row, spot_gate(what, row))


def spot_gate(what: Expansion, row: Destination) -> str:
    if row.channel not in what.channels:
        return Skip.CHANNEL_OFF
    if what.people_only or min(what.channels[row.channel], row.data_class) < what.data_class:
        return Skip.DATA_CLASS
    return Skip.ADDRESS_CLOSED if row.state != "open" else ""


def without_doubles(places: Iterable[Place]) -> Iterator[tuple[Place, str]]:
    """Each place with its reason: of those that share a value the first one stays."""
    taken: set[tuple[str, str]] = set()
    for place in sorted(places, key=lambda place: place.order):
        value = (place.row.channel, place.row.value)
        if place.gate or value not in taken:
            yield place, place.gate
        else:
            yield place, Skip.DUPLICATE
        if not place.gate:
            taken.add(value)


def row_of(what: Expansion, place: Place, reason: str) -> Row:
    row = place.row
    state = State.SKIPPED if reason else what.plan.state
    if isinstance(row, Address):
        why = what.plan.personal_why
        return Row(row.guardian_id, row.pk, None, row.channel, state, reason, why)
    why = Why.SCHOOL_PLACE if row.group_id is None else Why.GROUP_PLACE
    return Row(None, None, row.pk, row.channel, state, reason, why)


def nowhere(what: Expansion, person: Guardian) -> Row:
    why = what.plan.personal_why
    return Row(person.pk, None, None, "", State.SKIPPED, Skip.NO_ADDRESS, why)


def random_school(random: Random) -> None:
    """Families whose addresses meet every gate and each other."""
    for name in GROUPS:
        school.group(name)
    for _ in range(random.randrange(12)):
        groups = random.choices(GROUPS, k=random.randrange(4))
        person = school.guardian(groups=groups)
        for _ in range(random.randrange(4)):
            channel, value = random.choice(CHANNELS), f"@{random.randrange(6)}"
            if not person.addresses.filter(channel=channel, value=value).exists():
                school.address(person, channel, value, **random_fields(random))
    for owner in (*GROUPS, None):
        for channel in random.sample(CHANNELS, 2):
            fields = {"data_class": random.choice(list(DataClass)), "state": random_state(random)}
            school.destination(channel, f"#{random.randrange(2)}", of=owner, **fields)


def random_fields(random: Random) -> dict[str, Any]:
    fields: dict[str, Any] = {"preference": random.randrange(3), "state": random_state(random)}
    if random.random() < 0.2:
        fields["consent_on"] = None
    if random.random() < 0.2:
        fields["consent_withdrawn_at"] = school.NOON
    return fields


def random_state(random: Random) -> str:
    return "closed" if random.random() < 0.2 else "open"


def random_expansion(random: Random) -> Expansion:
    groups = random.sample(GROUPS, random.randrange(4))
    roll = list(Guardian.objects.order_by("pk").values_list("pk", flat=True))
    people = random.sample(roll, min(len(roll), random.randrange(4)))
    what = school.expansion(
        school.announcement(*groups),
        *groups,
        importance=random.choice(list(Importance)),
        data_class=random.choice(list(DataClass)),
        chosen=random.sample(CHANNELS, 2) if random.random() < 0.3 else (),
        people_only=random.random() < 0.2,
        people=people,
    )
    return what if groups else replace(what, groups=[])


def made(what: Expansion) -> Counter[Row]:
    rows = Delivery.objects.filter(announcement=what.announcement)
    return Counter(
        Row(*row)
        for row in rows.values_list(
            "guardian_id", "address_id", "destination_id", "channel", "state", "reason", "why"
        )
    )


@pytest.mark.parametrize("seed", SCHOOLS)
def test_an_expansion_makes_what_the_policy_asks_for(seed: int) -> None:
    random = Random(seed)
    random_school(random)
    what = random_expansion(random)
    expand(what)
    assert made(what) == model(what)


@pytest.mark.parametrize("seed", SCHOOLS[::3])
def test_a_dry_run_counts_what_an_expansion_makes(seed: int) -> None:
    random = Random(seed)
    random_school(random)
    what = random_expansion(random)
    seen = count(what)
    expand(what)
    rows = made(what)
    kinds = Counter(
        (row.channel, row.state, row.reason, row.why, row.guardian is not None)
        for row in rows.elements()
    )
    people = {row.guardian for row in rows} - {None}
    served = {row.guardian for row in rows if row.reason in {"", Skip.DUPLICATE}}
    assert {kind_of(line): line.count for line in seen.copies} == kinds
    assert (seen.people, seen.unserved) == (len(people), len(people - served))


def kind_of(line: CopyCount) -> tuple[str, str, str, str, bool]:
    return line.channel, line.state, line.reason, line.why, line.personal


@pytest.mark.parametrize("seed", SCHOOLS[::3])
def test_no_place_gets_two_copies_and_no_person_two_routine_ones(seed: int) -> None:
    random = Random(seed)
    random_school(random)
    what = random_expansion(random)
    expand(what)
    sent = Delivery.objects.filter(announcement=what.announcement, state=State.QUEUED)
    places = Counter(sent.filter(address=None).values_list("channel", "destination__value"))
    places += Counter(sent.exclude(address=None).values_list("channel", "address__value"))
    people = Counter(sent.exclude(guardian=None).values_list("guardian"))
    assert set(places.values()) <= {1}
    assert what.plan.every_address or set(people.values()) <= {1}


def test_random_schools_meet_every_reason() -> None:
    seen: set[str] = set()
    for seed in SCHOOLS[:30]:
        random = Random(seed)
        random_school(random)
        seen |= {row.reason for row in model(random_expansion(random))}
        Guardian.objects.all().delete()
        Destination.objects.all().delete()
        Group.objects.all().delete()
    assert seen == {"", *Skip} - {Skip.CHANNEL_AWAY}, "that one comes later"
