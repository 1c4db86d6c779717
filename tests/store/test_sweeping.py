"""What time alone changes: mornings, expiry, closed places, stopped announcements, lost leases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from broadcaster.contract import DataClass, Reason
from broadcaster.domain.policy import Priority
from broadcaster.domain.reasons import End, Hold, Skip
from broadcaster.domain.states import State
from broadcaster.store.models import Announcement, Delivery, Guardian, Lane
from broadcaster.store.queries.lanes import hold_channel, open_channel, pause_channel
from broadcaster.store.queries.sweeping import (
    announcements_due,
    due_channels,
    expire,
    forget_lanes,
    hush,
    obey_stops,
    release_held,
    requeue_lost,
    skip_unusable,
    wake,
)
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON
SECOND = timedelta(seconds=1)
MORNING = NOW + timedelta(hours=9)
CARRIES = [(name, int(most)) for name, most in school.ON.items()]


def copy(channel: str = "alpha", of: UUID | None = None, **also: Any) -> Delivery:
    return school.copy(school.address(school.guardian(), channel), of, **also)


def fate(row: Delivery) -> tuple[str, str]:
    row.refresh_from_db()
    return row.state, row.reason


def test_a_channel_with_something_due_is_rung_for() -> None:
    copy("alpha")
    copy("beta", state=State.DEFERRED)
    assert sorted(due_channels(NOW)) == ["alpha", "beta"]


def test_many_copies_ring_once() -> None:
    school.waiting(3)
    assert due_channels(NOW) == ["alpha"]


@pytest.mark.parametrize(
    "fields",
    [
        {"due_at": NOW + SECOND},
        {"state": State.HELD},
        {"state": State.SENDING},
        {"state": State.SENT},
    ],
)
def test_a_channel_with_nothing_due_is_not_rung_for(fields: dict[str, Any]) -> None:
    copy(**fields)
    assert due_channels(NOW) == []


def test_a_held_channel_is_rung_for_when_the_hold_ends() -> None:
    copy()
    hold_channel("alpha", until=NOW + SECOND, reason=Reason.RATE_LIMITED, detail="")
    assert (due_channels(NOW), due_channels(NOW + SECOND)) == ([], ["alpha"])


def test_a_paused_channel_is_rung_for_when_somebody_opens_it() -> None:
    copy()
    pause_channel("alpha", now=NOW, reason=Reason.CREDENTIALS, detail="")
    assert due_channels(NOW) == []
    open_channel("alpha")
    assert due_channels(NOW) == ["alpha"]


def test_held_copies_are_queued_in_the_morning() -> None:
    row = copy(state=State.HELD, reason=Hold.QUIET_HOURS, due_at=MORNING)
    assert release_held(MORNING) == 1
    assert fate(row) == (State.QUEUED, "")


def test_held_copies_wait_for_the_morning() -> None:
    row = copy(state=State.HELD, reason=Hold.QUIET_HOURS, due_at=MORNING)
    release_held(MORNING - SECOND)
    assert fate(row) == (State.HELD, Hold.QUIET_HOURS)


def test_the_morning_does_not_wake_what_an_author_paused() -> None:
    row = copy(state=State.HELD, reason=Hold.PAUSED)
    Announcement.objects.update(paused_at=NOW)
    release_held(MORNING)
    assert fate(row) == (State.HELD, Hold.PAUSED)


def test_what_is_held_for_no_stop_any_more_goes_on() -> None:
    row = copy(state=State.HELD, reason=Hold.PAUSED)
    release_held(NOW)
    assert fate(row) == (State.QUEUED, "")


@pytest.mark.parametrize("reason", Hold)
def test_what_is_held_goes_on_when_it_is_due(reason: Hold) -> None:
    row = copy(state=State.HELD, reason=reason, due_at=MORNING)
    release_held(NOW)
    assert fate(row) == (State.HELD, reason)


def test_what_is_held_though_it_was_cancelled_ends() -> None:
    row = copy(state=State.HELD, reason=Hold.PAUSED)
    Announcement.objects.update(paused_at=NOW, cancelled_at=NOW)
    release_held(NOW)
    obey_stops()
    assert fate(row) == (State.CANCELLED, End.WITHDRAWN)


@pytest.mark.parametrize("state", [State.QUEUED, State.DEFERRED])
def test_what_still_waits_when_the_quiet_begins_is_held_until_its_end(state: State) -> None:
    row = copy(state=state, reason="greylisted" if state is State.DEFERRED else "")
    assert hush(MORNING) == 1
    assert (*fate(row), row.due_at) == (State.HELD, Hold.QUIET_HOURS, MORNING)


def test_what_is_held_for_the_night_is_woken() -> None:
    row = copy(state=State.HELD, reason=Hold.QUIET_HOURS, due_at=MORNING)
    assert (wake(NOW), release_held(NOW)) == (1, 1)
    assert (*fate(row), row.due_at) == (State.QUEUED, "", NOW)


@pytest.mark.parametrize(
    "fields",
    [
        {"state": State.HELD, "reason": Hold.PAUSED},
        {"state": State.QUEUED},
        {"state": State.DEFERRED},
    ],
)
def test_nothing_else_is_woken(fields: dict[str, Any]) -> None:
    copy(due_at=MORNING, **fields)
    assert wake(NOW) == 0


def test_urgent_copies_are_not_hushed() -> None:
    row = copy(priority=Priority.URGENT)
    hush(MORNING)
    assert fate(row) == (State.QUEUED, "")


def test_what_rests_until_after_the_morning_is_not_hushed() -> None:
    row = copy(state=State.DEFERRED, due_at=MORNING + SECOND)
    hush(MORNING)
    assert row.due_at == MORNING + SECOND
    assert fate(row) == (State.DEFERRED, "")


@pytest.mark.parametrize("state", [State.QUEUED, State.HELD, State.DEFERRED])
def test_what_nobody_needs_any_more_expires(state: State) -> None:
    row = copy(state=state, expires_at=NOW)
    assert expire(NOW) == 1
    assert fate(row) == (State.EXPIRED, End.TOO_LATE)


@pytest.mark.parametrize(
    "fields",
    [
        {"expires_at": NOW + SECOND},
        {"expires_at": None},
        {"expires_at": NOW, "state": State.SENDING},
        {"expires_at": NOW, "state": State.SENT},
    ],
)
def test_nothing_else_expires(fields: dict[str, Any]) -> None:
    copy(**fields)
    assert expire(NOW) == 0


@pytest.mark.parametrize("state", [State.QUEUED, State.DEFERRED])
def test_what_waits_for_an_address_closed_meanwhile_is_skipped(state: State) -> None:
    address = school.address(school.guardian(), "alpha", state="closed")
    row = school.copy(address, state=state, due_at=MORNING)
    assert skip_unusable(CARRIES) == [row.pk]
    assert fate(row) == (State.SKIPPED, Skip.ADDRESS_CLOSED)


def test_what_waits_for_somebody_who_has_left_is_skipped() -> None:
    row = school.copy(school.address(school.guardian(), "alpha", consent_withdrawn_at=NOW))
    skip_unusable(CARRIES)
    assert fate(row) == (State.SKIPPED, Skip.NO_CONSENT)


def test_what_waits_for_a_place_closed_meanwhile_is_skipped() -> None:
    row = school.copy(school.destination("alpha", state="closed"))
    skip_unusable(CARRIES)
    assert fate(row) == (State.SKIPPED, Skip.ADDRESS_CLOSED)


def test_what_waits_for_somebody_erased_meanwhile_is_skipped() -> None:
    row = copy()
    Guardian.objects.all().delete()
    skip_unusable(CARRIES)
    assert fate(row) == (State.SKIPPED, Skip.NO_ADDRESS)


@pytest.mark.parametrize("state", [State.QUEUED, State.DEFERRED])
def test_what_its_channel_may_no_longer_carry_is_skipped(state: State) -> None:
    row = copy("beta", state=state, due_at=MORNING)
    Announcement.objects.update(data_class=DataClass.PERSONAL)
    assert skip_unusable(CARRIES) == [row.pk]
    assert fate(row) == (State.SKIPPED, Skip.DATA_CLASS)


def test_what_its_place_may_no_longer_carry_is_skipped() -> None:
    row = school.copy(school.destination("alpha", data_class=DataClass.PUBLIC))
    copy("alpha", of=row.announcement_id)
    Announcement.objects.update(data_class=DataClass.CLOSED)
    assert skip_unusable(CARRIES) == [row.pk]
    assert fate(row) == (State.SKIPPED, Skip.DATA_CLASS)


def test_what_its_channel_may_just_carry_is_not_skipped() -> None:
    copy("beta")
    school.copy(school.destination("beta", data_class=DataClass.CLOSED))
    Announcement.objects.update(data_class=DataClass.CLOSED)
    assert skip_unusable(CARRIES) == []


def test_what_waits_for_a_channel_that_is_off_waits() -> None:
    copy("unknown")
    Announcement.objects.update(data_class=DataClass.PERSONAL)
    assert skip_unusable(CARRIES) == []


@pytest.mark.parametrize("state", sorted(set(State) - {State.QUEUED, State.DEFERRED}))
def test_what_does_not_wait_its_turn_is_not_skipped(state: State) -> None:
    school.copy(school.address(school.guardian(), "alpha", state="closed"), state=state)
    assert skip_unusable(CARRIES) == []


def test_what_waits_for_open_places_is_not_skipped() -> None:
    copy()
    school.copy(school.destination("alpha"))
    assert skip_unusable(CARRIES) == []


@pytest.mark.parametrize("state", [State.QUEUED, State.DEFERRED])
@pytest.mark.parametrize(
    ("flags", "end"),
    [
        (["paused_at"], (State.HELD, Hold.PAUSED)),
        (["cancelled_at"], (State.CANCELLED, End.WITHDRAWN)),
        (["paused_at", "cancelled_at"], (State.CANCELLED, End.WITHDRAWN)),
    ],
)
def test_what_came_back_after_a_stop_is_stopped(
    state: State, flags: list[str], end: tuple[str, str]
) -> None:
    row = copy(state=state)
    Announcement.objects.update(**dict.fromkeys(flags, NOW))
    assert obey_stops() == 1
    assert fate(row) == end


def test_copies_of_announcements_that_go_on_are_not_stopped() -> None:
    copy()
    assert obey_stops() == 0


def under_way(lane: UUID, **also: Any) -> Delivery:
    return copy(state=State.SENDING, lane=lane, **also)


def test_a_silent_workers_copies_are_queued_when_the_platform_never_got_them() -> None:
    row = under_way(lane := school.lane())
    assert requeue_lost([lane], []) == (1, 0)
    assert (*fate(row), row.lane) == (State.QUEUED, "", None)


def test_nobody_knows_what_became_of_copies_that_were_handed_over() -> None:
    row = under_way(lane := school.lane(), handed_at=NOW)
    assert requeue_lost([lane], []) == (0, 1)
    assert fate(row) == (State.UNCONFIRMED, End.LEASE_LOST)


def test_a_platform_that_removes_doubles_gets_them_again() -> None:
    row = under_way(lane := school.lane(), handed_at=NOW)
    assert requeue_lost([lane], ["alpha"]) == (1, 0)
    assert (*fate(row), row.handed_at) == (State.QUEUED, "", None)


def test_the_copies_of_lanes_that_no_longer_exist_are_decided() -> None:
    under_way(uuid4())
    under_way(uuid4(), handed_at=NOW)
    assert requeue_lost([], []) == (1, 1)


def test_a_living_workers_copies_are_left_alone() -> None:
    row = under_way(school.lane())
    under_way(lost := school.lane(slot=1), handed_at=NOW)
    assert requeue_lost([lost], []) == (0, 1)
    assert fate(row) == (State.SENDING, "")


def test_what_a_silent_worker_has_finished_is_left_alone() -> None:
    lane = school.lane()
    copy(state=State.SENT)
    assert requeue_lost([lane], []) == (0, 0)


def test_parts_that_were_accepted_survive_a_lost_lease() -> None:
    row = under_way(lane := school.lane(), parts=[[0, {"id": 1}]])
    requeue_lost([lane], [])
    row.refresh_from_db()
    assert row.parts == [[0, {"id": 1}]]


def test_a_forgotten_lane_is_nobodys() -> None:
    lane, other = school.lane(), school.lane(slot=1)
    forget_lanes([lane], NOW)
    assert list(Lane.objects.order_by("slot").values_list("token", flat=True)) == [None, other]


def test_a_scheduled_announcement_is_due_at_its_time() -> None:
    made = school.announcement(release_at=NOW)
    assert (announcements_due(NOW - SECOND), announcements_due(NOW)) == ([], [made])


@pytest.mark.parametrize("flag", ["released_at", "cancelled_at", "paused_at"])
def test_an_announcement_released_or_stopped_is_not_due(flag: str) -> None:
    school.announcement(release_at=NOW, **{flag: NOW})
    assert announcements_due(NOW) == []


def test_a_draft_without_a_time_is_never_due() -> None:
    school.announcement()
    assert announcements_due(MORNING) == []
