from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.domain.policy import Importance, Priority, QuietHours, asks, plan
from broadcaster.domain.reasons import Hold, Why
from broadcaster.domain.states import State

MOSCOW = ZoneInfo("Europe/Moscow")
NIGHT = QuietHours(time(21), time(7), MOSCOW)
NOON = datetime(2026, 11, 20, 12, tzinfo=MOSCOW)
MIDNIGHT = datetime(2026, 11, 20, 23, 30, tzinfo=MOSCOW)
MORNING = datetime(2026, 11, 21, 7, tzinfo=MOSCOW)


def test_a_routine_announcement_makes_one_copy_a_person_and_stays_in_the_groups():
    made = plan(Importance.ROUTINE, now=NOON, quiet=NIGHT)
    assert (made.every_address, made.school_places) == (False, False)
    assert made.personal_why is Why.PREFERRED
    assert made.falls_back


@pytest.mark.parametrize("importance", [Importance.IMPORTANT, Importance.URGENT])
def test_what_matters_goes_to_every_address_and_to_the_school_s_places(importance):
    made = plan(importance, now=NOON, quiet=NIGHT)
    assert (made.every_address, made.school_places) == (True, True)
    assert not made.falls_back


def test_at_noon_copies_are_queued_at_once():
    made = plan(Importance.ROUTINE, now=NOON, quiet=NIGHT)
    assert (made.state, made.due_at, made.hold) == (State.QUEUED, NOON, None)


@pytest.mark.parametrize("importance", [Importance.ROUTINE, Importance.IMPORTANT])
def test_at_night_copies_wait_for_the_morning(importance):
    made = plan(importance, now=MIDNIGHT, quiet=NIGHT)
    assert (made.state, made.hold, made.due_at) == (State.HELD, Hold.QUIET_HOURS, MORNING)


def test_an_urgent_one_does_not_wait_for_the_morning():
    made = plan(Importance.URGENT, now=MIDNIGHT, quiet=NIGHT)
    assert (made.state, made.due_at) == (State.QUEUED, MIDNIGHT)


def test_what_expires_before_the_morning_is_never_sent():
    made = plan(
        Importance.ROUTINE, now=MIDNIGHT, quiet=NIGHT, expires_at=MIDNIGHT + timedelta(hours=1)
    )
    assert made.state is State.EXPIRED


def test_what_expires_as_the_morning_begins_is_never_sent():
    made = plan(Importance.ROUTINE, now=MIDNIGHT, quiet=NIGHT, expires_at=MORNING)
    assert made.state is State.EXPIRED


def test_nobody_is_asked_to_confirm_what_is_routine():
    assert [asks(kind) for kind in Importance] == [False, True, True]


def test_urgent_copies_are_claimed_before_important_and_routine_ones():
    order = [plan(kind, now=NOON, quiet=None).priority for kind in reversed(Importance)]
    assert order == sorted(Priority)


def test_quiet_hours_of_no_length_are_no_quiet_hours():
    assert QuietHours(time(7), time(7), MOSCOW).until(MIDNIGHT) is None


def test_quiet_hours_within_one_day_end_on_that_day():
    siesta = QuietHours(time(13), time(15), MOSCOW)
    assert siesta.until(NOON + timedelta(hours=2)) == NOON + timedelta(hours=3)


def test_quiet_hours_begin_with_their_first_minute():
    evening = NOON.replace(hour=21)
    assert NIGHT.until(evening) == MORNING
    assert NIGHT.until(evening - timedelta(minutes=1)) is None


def test_the_last_quiet_minute_is_quiet_and_the_morning_is_not():
    assert NIGHT.until(MORNING - timedelta(minutes=1)) == MORNING
    assert NIGHT.until(MORNING) is None


def test_the_night_in_which_clocks_are_put_forward_ends_at_the_local_morning():
    berlin = ZoneInfo("Europe/Berlin")
    quiet = QuietHours(time(21), time(7), berlin)
    ends = quiet.until(datetime(2026, 3, 28, 22, tzinfo=berlin))
    assert ends == datetime(2026, 3, 29, 7, tzinfo=berlin)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
    st.times(),
    st.times(),
    st.sampled_from(["Europe/Moscow", "Asia/Kamchatka", "Europe/Berlin", "Europe/Kaliningrad"]),
)
def test_quiet_always_ends_later_and_within_a_day_and_an_hour(now, start, end, zone):
    quiet = QuietHours(
        start.replace(microsecond=0, second=0), end.replace(microsecond=0, second=0), ZoneInfo(zone)
    )
    ends = quiet.until(now)
    assert ends is None or now < ends <= now + timedelta(hours=25)
