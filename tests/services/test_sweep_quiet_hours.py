"""Quiet hours in the sweep: what is held wakes in the morning, and not before."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from broadcaster.domain.policy import QuietHours
from broadcaster.domain.reasons import Hold, Why
from broadcaster.domain.states import State
from broadcaster.services import control
from broadcaster.services.release import release
from broadcaster.services.sweep import sweep
from broadcaster.store.models import Delivery
from tests import school
from tests.services.dispatch_stage import fate
from tests.services.stage import MOSCOW
from tests.services.sweep_stage import EVENING, MORNING, NIGHT, QUIET, both, copy

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_from_quiet_hours_to_the_morning() -> None:
    school.guardian(alpha="here")
    made, of = school.announcement("1А"), both(quiet=QUIET)
    release(of, made, now=NIGHT)
    assert (sweep(of, NIGHT), school.states()) == ([], [State.HELD])
    assert (sweep(of, MORNING), school.states()) == (["alpha"], [State.QUEUED])


def test_what_was_not_sent_before_the_night_waits_for_the_morning() -> None:
    row, of = copy(due_at=EVENING), both(quiet=QUIET)
    assert sweep(of, EVENING) == ["alpha"]
    assert sweep(of, NIGHT) == []
    assert (*fate(row), row.due_at) == (State.HELD, Hold.QUIET_HOURS, MORNING)


@pytest.mark.parametrize("quiet", [QuietHours(time(21), time(6), MOSCOW), None])
def test_what_is_held_wakes_when_the_quiet_hours_were_shortened(quiet: QuietHours | None) -> None:
    school.guardian(alpha="here")
    release(both(quiet=QUIET), school.announcement("1А"), now=NIGHT)
    early = MORNING - timedelta(minutes=59)
    assert sweep(both(quiet=QUIET), early) == []
    assert sweep(both(quiet=quiet), early) == ["alpha"]


def test_what_is_held_sleeps_on_when_the_quiet_hours_were_extended() -> None:
    school.guardian(alpha="here")
    release(both(quiet=QUIET), school.announcement("1А"), now=NIGHT)
    longer = both(quiet=QuietHours(time(21), time(8), MOSCOW))
    assert sweep(longer, MORNING) == []
    assert sweep(longer, MORNING + timedelta(hours=1)) == ["alpha"]


def test_a_fallback_of_the_night_waits_for_the_morning_too() -> None:
    person = school.guardian(alpha="first", beta="second")
    made = school.announcement(released_at=EVENING)
    school.copy(person.addresses.get(channel="alpha"), made, state=State.FAILED)
    sweep(both(quiet=QUIET), NIGHT)
    fallback = Delivery.objects.get(why=Why.FALLBACK)
    assert (fallback.state, fallback.due_at) == (State.HELD, MORNING)


def test_pausing_lasts_over_the_morning() -> None:
    school.guardian(alpha="here")
    made, of = school.announcement("1А"), both(quiet=QUIET)
    release(of, made, now=NIGHT)
    control.pause(made, now=NIGHT)
    assert (sweep(of, MORNING), school.states()) == ([], [State.HELD])
    control.resume(made)
    assert sweep(of, MORNING) == ["alpha"]


def test_resuming_at_night_wakes_nobody() -> None:
    school.guardian(alpha="here")
    made, of = school.announcement("1А"), both(quiet=QUIET)
    release(of, made, now=EVENING)
    control.pause(made, now=EVENING)
    control.resume(made)
    assert sweep(of, NIGHT) == []
    assert sweep(of, MORNING) == ["alpha"]


def test_resuming_at_night_leaves_quiet_hours_as_they_were() -> None:
    school.guardian(alpha="here")
    made, of = school.announcement("1А"), both(quiet=QUIET)
    release(of, made, now=NIGHT)
    control.pause(made, now=NIGHT)
    control.resume(made)
    sweep(of, NIGHT)
    assert fate(Delivery.objects.get()) == (State.HELD, Hold.QUIET_HOURS)
