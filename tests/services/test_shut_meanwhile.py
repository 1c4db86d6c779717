"""A place is shut while a copy waits for it: the family is told on its next channel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Any
from uuid import UUID, uuid4

import pytest

from broadcaster.contract import DataClass
from broadcaster.domain.policy import Importance, QuietHours
from broadcaster.domain.reasons import Hold, Skip, Why
from broadcaster.domain.states import State
from broadcaster.services import control
from broadcaster.services.audit import SYSTEM
from broadcaster.services.outlets import Office
from broadcaster.services.people.addresses import change_address, close, remove_address, withdraw
from broadcaster.services.people.erasing import erase
from broadcaster.services.release import release
from broadcaster.services.sweep import sweep
from broadcaster.store.models import Address, Delivery, Destination, Guardian
from broadcaster.store.queries import sweeping
from broadcaster.store.queries.claiming import claim
from tests import school
from tests.services.dispatch_stage import Broken
from tests.services.stage import MOSCOW, Platform, office, outlet

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON
QUIET = QuietHours(time(21), time(7), MOSCOW)
NIGHT = datetime(2026, 11, 20, 23, tzinfo=MOSCOW)
MORNING = datetime(2026, 11, 21, 7, tzinfo=MOSCOW)
HERE: dict[str, Any] = {"seen": None, "by": SYSTEM, "now": NOW}


def channels(**also: Any) -> Office:
    return office(*(outlet(Platform(), name) for name in ("alpha", "beta", "gamma")), **also)


def told(*families: Guardian, at: datetime = NOW, **also: Any) -> tuple[UUID, Address]:
    """An announcement that waits for all families' first addresses, and the first family's."""
    made = school.announcement("1А", **also)
    release(channels(quiet=QUIET), made, now=at)
    return made, families[0].addresses.get(channel="alpha")


def copies(person: Guardian) -> list[tuple[str, str, str]]:
    rows = Delivery.objects.filter(guardian=person).order_by("pk")
    return list(rows.values_list("channel", "state", "reason"))


def answered_dead(address: Address) -> None:
    Address.objects.filter(pk=address.pk).update(state="closed")


def taken_back(address: Address) -> None:
    withdraw(address.guardian_id, address.pk, **HERE)


def closed(address: Address) -> None:
    close(address.guardian_id, address.pk, **HERE)


def removed(address: Address) -> None:
    remove_address(address.guardian_id, address.pk, **HERE)


def replaced(address: Address) -> None:
    change_address(address.guardian_id, address.pk, "new", keeps_consent=False, **HERE)


def left(address: Address) -> None:
    control.leave(channels(), address, now=NOW)


SHUT = [
    (answered_dead, Skip.ADDRESS_CLOSED),
    (closed, Skip.ADDRESS_CLOSED),
    (taken_back, Skip.NO_CONSENT),
    (replaced, Skip.NO_CONSENT),
    (left, Skip.NO_CONSENT),
    (removed, Skip.NO_ADDRESS),
]


@pytest.mark.parametrize(("shut", "why"), SHUT)
def test_the_next_channel_makes_up_for_a_place_that_is_shut(
    shut: Callable[[Address], None], why: Skip
) -> None:
    anna = school.guardian(alpha="first", beta="second")
    _, first = told(anna)
    shut(first)
    assert sweep(channels(), NOW) == ["beta"]
    assert copies(anna) == [("alpha", State.SKIPPED, why), ("beta", State.QUEUED, "")]


def test_it_is_made_up_for_once() -> None:
    anna = school.guardian(alpha="first", beta="second", gamma="third")
    answered_dead(told(anna)[1])
    for _ in range(3):
        sweep(channels(), NOW)
    assert Delivery.objects.filter(why=Why.FALLBACK).count() == 1


def test_a_substitute_whose_place_is_shut_too_is_made_up_for() -> None:
    anna = school.guardian(alpha="first", beta="second", gamma="third")
    answered_dead(told(anna)[1])
    sweep(channels(), NOW)
    answered_dead(anna.addresses.get(channel="beta"))
    assert sweep(channels(), NOW) == ["gamma"]


def test_who_has_no_other_place_is_not_written_to() -> None:
    anna = school.guardian(alpha="only")
    left(told(anna)[1])
    assert sweep(channels(), NOW) == []
    assert copies(anna) == [("alpha", State.SKIPPED, Skip.NO_CONSENT)]


def test_who_has_left_everywhere_is_not_written_to() -> None:
    anna = school.guardian(alpha="first", beta="second")
    _, first = told(anna)
    left(anna.addresses.get(channel="beta"))
    left(first)
    assert (sweep(channels(), NOW), len(copies(anna))) == ([], 1)


def test_who_has_been_erased_is_not_written_to() -> None:
    anna = school.guardian(alpha="first", beta="second")
    told(anna)
    erase(anna.pk, with_orphans=True, by=SYSTEM, now=NOW)
    assert (sweep(channels(), NOW), Delivery.objects.count()) == ([], 1)


def test_where_the_others_carry_it_already_nothing_is_made_up_for() -> None:
    anna = school.guardian(alpha="first", beta="second")
    answered_dead(told(anna, importance=Importance.IMPORTANT)[1])
    sweep(channels(), NOW)
    assert sorted(copies(anna)) == [
        ("alpha", State.SKIPPED, Skip.ADDRESS_CLOSED), ("beta", State.QUEUED, ""),
    ]  # fmt: skip


def test_a_cancelled_announcement_is_not_made_up_for() -> None:
    anna = school.guardian(alpha="first", beta="second")
    made, first = told(anna)
    control.cancel(made, now=NOW)
    left(first)
    sweep(channels(), NOW)
    assert [state for _, state, _ in copies(anna)] == [State.CANCELLED]


def test_what_is_stopped_is_made_up_for_when_it_goes_on() -> None:
    anna = school.guardian(alpha="first", beta="second")
    made, first = told(anna)
    control.pause(made, now=NOW)
    left(first)
    sweep(channels(), NOW)
    assert copies(anna) == [("alpha", State.HELD, Hold.PAUSED)]
    control.resume(made)
    assert sweep(channels(), NOW) == ["beta"]


def test_who_left_during_a_stop_is_not_written_to_when_it_is_lifted() -> None:
    anna = school.guardian(alpha="first")
    made, first = told(anna)
    control.pause(made, now=NOW)
    left(first)
    assert control.resume(made) == 0
    assert claim("alpha", lane=uuid4(), limit=1, now=NOW) == []


def test_what_is_held_for_the_night_is_made_up_for_in_the_morning() -> None:
    anna = school.guardian(alpha="first", beta="second")
    _, first = told(anna, at=NIGHT)
    control.leave(channels(quiet=QUIET), first, now=NIGHT)
    assert sweep(channels(quiet=QUIET), NIGHT) == []
    assert sweep(channels(quiet=QUIET), MORNING) == ["beta"]


def test_leaving_at_night_brings_nothing_at_night() -> None:
    anna = school.guardian(alpha="first", beta="second")
    _, first = told(anna)
    Delivery.objects.update(state=State.DEFERRED, due_at=MORNING)
    control.leave(channels(quiet=QUIET), first, now=NIGHT)
    assert copies(anna)[1:] == [("beta", State.HELD, Hold.QUIET_HOURS)]


def test_a_sweep_that_dies_in_between_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    anna = school.guardian(alpha="first", beta="second")
    answered_dead(told(anna)[1])
    with monkeypatch.context() as broken:
        broken.setattr(sweeping, "hush", dying)
        with pytest.raises(Broken):
            sweep(channels(quiet=QuietHours(time(0), time(23), MOSCOW)), NOW)
    assert [state for _, state, _ in copies(anna)] == [State.QUEUED]
    assert sweep(channels(), NOW) == ["beta"]


def dying(*_: object) -> None:
    raise Broken


# A channel or a place that may carry less than before


def test_the_next_channel_makes_up_for_one_that_may_no_longer_carry_the_text() -> None:
    anna = school.guardian(alpha="first", beta="second")
    told(anna, data_class=DataClass.CLOSED)
    public = outlet(Platform(), "alpha", carries=DataClass.PUBLIC)
    assert sweep(office(public, outlet(Platform(), "beta")), NOW) == ["beta"]
    assert copies(anna) == [
        ("alpha", State.SKIPPED, Skip.DATA_CLASS), ("beta", State.QUEUED, ""),
    ]  # fmt: skip


def test_a_place_that_was_made_public_gets_nothing_that_is_not() -> None:
    place = school.destination("alpha")
    told(school.guardian(alpha="first"), data_class=DataClass.CLOSED)
    Destination.objects.update(data_class=DataClass.PUBLIC)
    sweep(channels(), NOW)
    row = Delivery.objects.get(destination=place)
    assert (row.state, row.reason) == (State.SKIPPED, Skip.DATA_CLASS)


# A mailbox that two parents share


@pytest.fixture
def parents() -> tuple[Guardian, Guardian]:
    """A mother and a father with one mailbox, and another place each."""
    mother = school.guardian("Мать", alpha="shared", beta="hers")
    return mother, school.guardian("Отец", alpha="shared", beta="his")


@pytest.mark.parametrize("shut", [answered_dead, closed, left])
def test_both_readers_of_a_mailbox_that_is_shut_are_told(
    parents: tuple[Guardian, Guardian], shut: Callable[[Address], None]
) -> None:
    _, first = told(*parents)
    shut(first)
    Address.objects.filter(value="shared").exclude(pk=first.pk).update(state="closed")
    sweep(channels(), NOW)
    made = Delivery.objects.filter(why=Why.FALLBACK, state=State.QUEUED)
    assert sorted(row.address.value for row in made if row.address) == ["hers", "his"]


@pytest.mark.parametrize("shut", [taken_back, removed])
def test_who_gives_a_shared_mailbox_up_is_told_elsewhere_and_the_other_there(
    parents: tuple[Guardian, Guardian], shut: Callable[[Address], None]
) -> None:
    mother, father = parents
    _, first = told(mother, father)
    shut(first)
    assert sorted(sweep(channels(), NOW)) == ["alpha", "beta"]
    assert ("alpha", State.QUEUED, "") in copies(father)
    assert copies(mother)[-1] == ("beta", State.QUEUED, "")
    assert Delivery.objects.filter(state=State.QUEUED).count() == 2
