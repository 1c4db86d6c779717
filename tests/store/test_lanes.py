"""Lanes, holds and pauses: what keeps workers from getting into each other's way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from broadcaster.contract import Reason
from broadcaster.store.models import ChannelState, Lane
from broadcaster.store.queries.lanes import (
    Gate,
    gate,
    hold_channel,
    leave_lane,
    lost_lanes,
    note_success,
    open_channel,
    pause_channel,
    renew_lane,
    take_lane,
)
from tests import school
from tests.together import together

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON
LEASE = timedelta(seconds=45)


def taken(token: UUID, *, slots: int = 1, later: float = 0.0, channel: str = "alpha") -> bool:
    now = NOW + timedelta(seconds=later)
    return take_lane(channel, slots=slots, token=token, now=now, lease=LEASE)


def test_a_free_slot_is_taken() -> None:
    assert taken(uuid4())


def test_a_taken_slot_is_not_taken_again() -> None:
    taken(uuid4())
    assert not taken(uuid4())


def test_a_channel_has_as_many_lanes_as_slots() -> None:
    assert [taken(uuid4(), slots=2) for _ in range(3)] == [True, True, False]


def test_every_channel_has_its_own_slots() -> None:
    assert [taken(uuid4()), taken(uuid4(), channel="beta")] == [True, True]


def test_fewer_slots_after_a_change_of_settings_are_respected() -> None:
    taken(first := uuid4(), slots=2)
    taken(second := uuid4(), slots=2)
    leave_lane(second, now=NOW)
    assert not taken(uuid4(), slots=1)
    leave_lane(first, now=NOW)
    assert taken(uuid4(), slots=1)


def test_a_slot_that_was_left_is_free() -> None:
    taken(token := uuid4())
    leave_lane(token, now=NOW)
    assert taken(uuid4())


def test_a_slot_whose_worker_fell_silent_is_free() -> None:
    taken(uuid4())
    assert taken(uuid4(), later=LEASE.total_seconds())


def test_a_lane_that_is_renewed_is_kept() -> None:
    taken(token := uuid4())
    renewed = renew_lane(token, now=NOW + timedelta(seconds=40), lease=LEASE)
    assert (renewed, taken(uuid4(), later=50)) == (True, False)


def test_a_lost_lane_is_not_renewed() -> None:
    taken(token := uuid4())
    taken(uuid4(), later=50)
    assert not renew_lane(token, now=NOW + timedelta(seconds=51), lease=LEASE)


def test_leaving_a_lost_lane_leaves_the_new_owner_alone() -> None:
    taken(old := uuid4())
    taken(new := uuid4(), later=50)
    leave_lane(old, now=NOW + timedelta(seconds=51))
    assert Lane.objects.get().token == new


def test_a_silent_workers_lane_is_lost() -> None:
    taken(token := uuid4())
    assert lost_lanes(NOW + LEASE) == []
    assert lost_lanes(NOW + LEASE + timedelta(microseconds=1)) == [token]


def test_a_free_slot_is_no_lost_lane() -> None:
    taken(token := uuid4())
    leave_lane(token, now=NOW)
    assert lost_lanes(NOW + timedelta(days=1)) == []


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_time_never_take_the_same_slot() -> None:
    results = together(*[lambda: taken(uuid4(), slots=2)] * 5)
    assert sorted(results) == [False, False, False, True, True]


def test_a_channel_nobody_has_spoken_of_is_open() -> None:
    assert gate("alpha").shut_for(NOW) == 0.0


def test_a_gate_that_a_person_must_open_has_no_end() -> None:
    assert Gate(hold_until=NOW, paused=True).shut_for(NOW) is None


def hold(seconds: float, reason: str = Reason.RATE_LIMITED) -> None:
    hold_channel("alpha", until=NOW + timedelta(seconds=seconds), reason=reason, detail="")


def test_a_hold_shuts_the_channel_until_its_end() -> None:
    hold(30)
    seen = gate("alpha")
    assert seen.shut_for(NOW) == 30.0
    assert seen.shut_for(NOW + timedelta(seconds=31)) == 0.0


def test_a_hold_leaves_other_channels_open() -> None:
    hold(30)
    assert gate("beta").shut_for(NOW) == 0.0


def test_a_hold_is_never_shortened() -> None:
    hold(30)
    hold(5)
    assert gate("alpha").shut_for(NOW) == 30.0


def test_a_longer_hold_prolongs_a_shorter_one() -> None:
    hold(5)
    hold(30)
    assert gate("alpha").shut_for(NOW) == 30.0


def pause(**also: Any) -> bool:
    fields = {"reason": Reason.CREDENTIALS, "detail": "bad token"} | also
    return pause_channel("alpha", now=NOW, **fields)


def test_a_pause_alarms_once() -> None:
    assert [pause(), pause()] == [True, False]


def test_a_pause_shuts_the_channel() -> None:
    pause()
    assert gate("alpha").paused


def test_a_hold_does_not_hide_why_a_channel_was_paused() -> None:
    pause()
    hold(30)
    assert ChannelState.objects.get().reason == Reason.CREDENTIALS


def test_a_pause_tells_why_though_the_channel_was_held() -> None:
    hold(30)
    pause()
    assert ChannelState.objects.get().reason == Reason.CREDENTIALS


@pytest.mark.parametrize("keep", [pause_channel, hold_channel])
def test_whatever_the_platform_says_is_kept_as_far_as_there_is_room(keep: Any) -> None:
    when = {"now": NOW} if keep is pause_channel else {"until": NOW}
    keep("alpha", **when, reason=Reason.QUOTA, detail="a\x00\udcffb" + "долго " * 100)
    assert ChannelState.objects.get().detail == ("a?b" + "долго " * 100)[:300]


def test_opening_ends_hold_and_pause() -> None:
    hold(30)
    pause()
    open_channel("alpha")
    state = ChannelState.objects.get()
    assert (gate("alpha").shut_for(NOW), state.reason, state.detail) == (0.0, "", "")


def test_a_channel_opened_may_be_paused_again() -> None:
    pause()
    open_channel("alpha")
    assert pause()


def test_the_last_success_is_remembered() -> None:
    note_success("alpha", now=NOW)
    note_success("alpha", now=school.LATER)
    assert ChannelState.objects.get().last_success_at == school.LATER
