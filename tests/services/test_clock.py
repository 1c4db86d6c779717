"""The clock is set back by ten minutes: what waits does not wait ten minutes more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from broadcaster.contract import Reason
from broadcaster.domain.clock import PATIENCE
from broadcaster.domain.reasons import Hold
from broadcaster.domain.states import State
from broadcaster.services import clock
from broadcaster.services.clock import Clock
from broadcaster.services.sweep import sweep
from broadcaster.store.models import ChannelState, Delivery, Lane
from broadcaster.store.queries.lanes import hold_channel
from tests import school
from tests.services.dispatch_stage import copies
from tests.services.stage import LEASE, Platform, office

pytestmark = [pytest.mark.database, pytest.mark.django_db]

TEN_MINUTES = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)
BEFORE = school.NOON
AFTER = BEFORE - TEN_MINUTES


def looked(clock: Clock, at: datetime, steady: float) -> bool:
    return clock.follow(office(Platform()), at, steady)


def set_back(clock: Clock | None = None) -> bool:
    """The last look was just now, then the clock goes back, and nobody looks in the old time."""
    mine = clock or Clock()
    looked(Clock(), BEFORE, 0)
    looked(mine, AFTER, 100)
    return looked(mine, AFTER, 100 + PATIENCE)


def row(**about: object) -> Delivery:
    [made] = copies(1)
    Delivery.objects.filter(pk=made.pk).update(**about)
    return made


def due_at(made: Delivery) -> datetime:
    made.refresh_from_db()
    return made.due_at


def near(moment: datetime | None) -> datetime:
    """To the second: SQLite counts these times in milliseconds."""
    assert moment is not None
    return moment.replace(microsecond=0)


def test_what_was_due_is_due() -> None:
    row(due_at=BEFORE - MINUTE)
    assert sweep(office(Platform()), AFTER) == []
    set_back()
    assert sweep(office(Platform()), AFTER) == ["alpha"]


@pytest.mark.parametrize(
    "about",
    [{"state": State.SENDING}, {"state": State.HELD, "reason": Hold.PAUSED}],
    ids=["from a dead worker", "from a pause"],
)
def test_what_comes_back_later_is_due_then(about: dict[str, str]) -> None:
    back = row(due_at=BEFORE - MINUTE, **about)
    set_back()
    assert due_at(back) <= AFTER


def test_a_copy_rests_as_long_as_it_was_to() -> None:
    resting = row(state=State.DEFERRED, due_at=BEFORE + MINUTE)
    set_back()
    assert near(due_at(resting)) == near(AFTER + MINUTE)


def test_a_time_of_day_stays() -> None:
    night = row(state=State.HELD, reason=Hold.QUIET_HOURS, due_at=BEFORE + MINUTE)
    later = row(due_at=BEFORE + MINUTE)
    set_back()
    assert due_at(night) == due_at(later) == BEFORE + MINUTE


def test_a_channel_is_held_as_long_as_it_was_to_be() -> None:
    hold_channel("alpha", until=BEFORE + MINUTE, reason=Reason.RATE_LIMITED, detail="")
    set_back()
    assert near(ChannelState.objects.get().hold_until) == near(AFTER + MINUTE)


def test_the_lane_of_a_dead_worker_is_free_after_a_lease() -> None:
    school.lane("alpha", until=BEFORE + LEASE)
    set_back()
    assert Lane.objects.get().until == AFTER + LEASE


def test_the_second_worker_changes_nothing() -> None:
    resting = row(state=State.DEFERRED, due_at=BEFORE + MINUTE)
    other = Clock()
    looked(Clock(), BEFORE, 0)
    looked(other, AFTER, 100)
    assert set_back()
    assert not looked(other, AFTER, 200)
    assert near(due_at(resting)) == near(AFTER + MINUTE)


def test_two_workers_that_see_it_at_once_bring_forward_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resting = row(state=State.DEFERRED, due_at=BEFORE + MINUTE)

    def while_the_other_mends(_: int) -> bool:
        monkeypatch.undo()
        assert set_back()
        return True

    mine = Clock()
    looked(Clock(), BEFORE, 0)
    looked(mine, AFTER, 100)
    monkeypatch.setattr(clock, "alone", while_the_other_mends)
    assert not looked(mine, AFTER, 100 + PATIENCE)
    assert near(due_at(resting)) == near(AFTER + MINUTE)


def test_a_worker_that_was_started_since_knows_too() -> None:
    assert set_back(Clock())


def test_nothing_changes_before_it_is_sure() -> None:
    clock = Clock()
    looked(clock, BEFORE, 0)
    assert not looked(clock, AFTER, 100)
    assert not looked(clock, AFTER, 100 + PATIENCE - 1)


@pytest.mark.parametrize(
    "jump", [timedelta(hours=5), TEN_MINUTES, -timedelta(seconds=30)], ids=["hours", "on", "little"]
)
def test_nothing_changes_without_a_large_step_back(jump: timedelta) -> None:
    clock = Clock()
    looked(clock, BEFORE, 0)
    assert not looked(clock, BEFORE + jump, 100)
    assert not looked(clock, BEFORE + jump, 200)


def test_a_machine_whose_clock_is_behind_anothers_changes_nothing() -> None:
    theirs, ours = Clock(), Clock()
    for second in range(0, 60, 10):
        passed = timedelta(seconds=second)
        assert not looked(theirs, BEFORE + passed, second)
        assert not looked(ours, AFTER + passed, second)
