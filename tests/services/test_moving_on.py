"""A channel is out of order for long: routine copies that wait for it leave by the next one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from broadcaster.contract import DataClass, Deferred, Reason, Scope
from broadcaster.domain.alarms import Trouble
from broadcaster.domain.reasons import Skip, Why
from broadcaster.domain.states import State
from broadcaster.services.alarms import watch
from broadcaster.services.outlets import Office
from broadcaster.services.tending import move_on
from broadcaster.store.models import Alarm, Announcement, ChannelState, Delivery, Guardian
from tests import school
from tests.services.stage import Platform, drained, office, outlet

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON
HOUR = timedelta(hours=1)
MOVED = (State.SKIPPED, Skip.CHANNEL_AWAY, Why.PREFERRED)
MADE = (State.QUEUED, "", Why.FALLBACK)


def channels(**also: Any) -> Office:
    return office(*(outlet(Platform(), name) for name in ("alpha", "beta", "gamma")), **also)


def out_of_order(
    channel: str = "alpha", kind: Trouble = Trouble.NO_ANSWER, since: datetime = NOW - HOUR
) -> None:
    Alarm.objects.create(kind=kind, part=channel, since=since, noticed_at=since)


def waits(person: Guardian, of: UUID | None = None, **also: Any) -> Delivery:
    """The person's copy, on the first channel."""
    return school.copy(person.addresses.get(channel="alpha"), of, **also)


def copies(person: Guardian) -> list[tuple[str, tuple[str, str, str]]]:
    rows = Delivery.objects.filter(guardian=person).order_by("pk")
    return [(row.channel, (row.state, row.reason, row.why)) for row in rows]


def moved(person: Guardian) -> list[str]:
    """The channels that the person's copies go by."""
    return [channel for channel, fate in copies(person) if fate[0] != State.SKIPPED]


def is_told(channel: str) -> bool:
    """Whether the alarm stands."""
    alarms = Alarm.objects.filter(kind=Trouble.NO_ANSWER, part=channel, until=None)
    return alarms.exists()


@pytest.mark.parametrize("state", [State.QUEUED, State.DEFERRED])
def test_a_routine_copy_leaves_by_the_next_channel(state: State) -> None:
    parent = school.guardian(alpha="first", beta="second")
    waits(parent, state=state)
    out_of_order()
    move_on(channels(), NOW)
    assert copies(parent) == [("alpha", MOVED), ("beta", MADE)]


@pytest.mark.parametrize("kind", [Trouble.NO_ANSWER, Trouble.CREDENTIALS, Trouble.NEEDS_PERSON])
def test_it_does_so_when_the_platform_is_silent_or_does_not_let_us_in(kind: Trouble) -> None:
    parent = school.guardian(alpha="first", beta="second")
    waits(parent)
    out_of_order(kind=kind)
    move_on(channels(), NOW)
    assert moved(parent) == ["beta"]


@pytest.mark.parametrize("kind", [Trouble.HELD_LONG, Trouble.STUCK, Trouble.FAILURES])
def test_a_channel_that_only_makes_us_wait_is_waited_for(kind: Trouble) -> None:
    parent = school.guardian(alpha="first", beta="second")
    waits(parent)
    out_of_order(kind=kind)
    move_on(channels(), NOW)
    assert moved(parent) == ["alpha"]


def test_before_an_hour_has_passed_the_copy_waits() -> None:
    parent = school.guardian(alpha="first", beta="second")
    waits(parent)
    out_of_order(since=NOW - HOUR + timedelta(seconds=1))
    move_on(channels(), NOW)
    assert moved(parent) == ["alpha"]


def test_a_trouble_that_is_over_moves_nothing() -> None:
    parent = school.guardian(alpha="first", beta="second")
    waits(parent)
    out_of_order()
    Alarm.objects.update(until=NOW)
    move_on(channels(), NOW)
    assert moved(parent) == ["alpha"]


def test_copies_for_other_channels_stay() -> None:
    parent = school.guardian(alpha="first", beta="second")
    waits(parent)
    out_of_order("beta")
    move_on(channels(), NOW)
    assert moved(parent) == ["alpha"]


def test_whose_only_channel_it_is_waits_until_it_answers() -> None:
    parent = school.guardian(alpha="only")
    waits(parent)
    out_of_order()
    move_on(channels(), NOW)
    assert moved(parent) == ["alpha"]


def test_a_channel_that_is_out_of_order_too_is_no_way_out() -> None:
    parent = school.guardian(alpha="first", beta="second", gamma="third")
    waits(parent)
    out_of_order()
    out_of_order("beta")
    move_on(channels(), NOW)
    assert moved(parent) == ["gamma"]


@pytest.mark.parametrize(
    "shut",
    [
        {"state": "closed"},
        {"consent_on": None},
        {"consent_withdrawn_at": NOW},
    ],
)
def test_a_place_that_may_not_be_used_is_no_way_out(shut: dict[str, Any]) -> None:
    parent = school.guardian(alpha="first", beta="second")
    parent.addresses.filter(channel="beta").update(**shut)
    waits(parent)
    out_of_order()
    move_on(channels(), NOW)
    assert moved(parent) == ["alpha"]


def test_a_channel_that_may_not_carry_it_is_no_way_out() -> None:
    parent = school.guardian(alpha="first", beta="second")
    waits(parent)
    Announcement.objects.update(data_class=DataClass.PERSONAL)
    out_of_order()
    only_public = outlet(Platform(), "beta", carries=DataClass.PUBLIC)
    move_on(office(outlet(Platform(), "alpha"), only_public), NOW)
    assert moved(parent) == ["alpha"]


def test_a_channel_that_the_author_left_out_is_no_way_out() -> None:
    parent = school.guardian(alpha="first", beta="second")
    waits(parent)
    Announcement.objects.update(channels=["alpha"])
    out_of_order()
    move_on(channels(), NOW)
    assert moved(parent) == ["alpha"]


@pytest.mark.parametrize(
    "over",
    [
        {"paused_at": NOW},
        {"cancelled_at": NOW},
        {"released_at": NOW - timedelta(days=7)},
    ],
)
def test_what_is_not_made_up_for_is_not_moved_either(over: dict[str, Any]) -> None:
    parent = school.guardian(alpha="first", beta="second")
    waits(parent)
    Announcement.objects.update(**over)
    out_of_order()
    move_on(channels(), NOW)
    assert moved(parent) == ["alpha"]


@pytest.mark.parametrize("why", [Why.EVERY_CHANNEL, Why.GROUP_PLACE])
def test_what_the_other_channels_carry_already_waits(why: Why) -> None:
    parent = school.guardian(alpha="first", beta="second")
    waits(parent, why=why)
    out_of_order()
    move_on(channels(), NOW)
    assert moved(parent) == ["alpha"]


@pytest.mark.parametrize("state", [State.SENDING, State.SENT, State.UNCONFIRMED, State.HELD])
def test_only_what_waits_its_turn_is_moved(state: State) -> None:
    parent = school.guardian(alpha="first", beta="second")
    waits(parent, state=state)
    out_of_order()
    move_on(channels(), NOW)
    assert moved(parent) == ["alpha"]


def test_a_mailbox_that_another_reader_counts_on_is_waited_for() -> None:
    mother = school.guardian(alpha="home", beta="second")
    father = school.guardian(alpha="home")
    of = waits(mother).announcement_id
    waits(father, of, state=State.SKIPPED, reason=Skip.DUPLICATE)
    out_of_order()
    move_on(channels(), NOW)
    assert moved(mother) == ["alpha"]


def test_a_copy_moves_once() -> None:
    parent = school.guardian(alpha="first", beta="second", gamma="third")
    waits(parent)
    out_of_order()
    move_on(channels(), NOW)
    move_on(channels(), NOW + HOUR)
    assert copies(parent) == [("alpha", MOVED), ("beta", MADE)]


@pytest.mark.django_db(transaction=True)
def test_from_the_first_silence_to_the_next_channel() -> None:
    parent = school.guardian(alpha="first", beta="second")
    waits(parent)
    silent = Deferred(Reason.CONNECTION, 10.0, scope=Scope.CHANNEL, detail="no route")
    away = outlet(Platform({"first": [silent] * 9}), "alpha")
    of = office(away, outlet(other := Platform(), "beta"))
    Announcement.objects.update(released_at=datetime.now(NOW.tzinfo))
    began = datetime.now(NOW.tzinfo)
    drained(of)
    watch(of, None, began + timedelta(minutes=16))
    move_on(of, began + timedelta(minutes=59))
    assert moved(parent) == ["alpha"]
    move_on(of, began + timedelta(minutes=61))
    Delivery.objects.update(due_at=began)
    drained(of, "beta")
    assert other.addresses() == ["second"]
    assert moved(parent) == ["beta"]
    watch(of, None, began + timedelta(minutes=62))
    assert is_told("alpha"), "nobody has seen it work again"
    waits(school.guardian(alpha="third"))
    Delivery.objects.update(due_at=began)
    ChannelState.objects.update(hold_until=None)
    drained(of)
    watch(of, None, began + timedelta(minutes=90))
    assert not is_told("alpha")
