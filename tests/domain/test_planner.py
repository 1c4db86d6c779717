"""When the last copy leaves: limits, quotas, queues, holds and nights, played through."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.domain.planner import Bound, Leaving, Load, Road, Window, last_of, play
from broadcaster.domain.policy import Priority, QuietHours

MOSCOW = ZoneInfo("Europe/Moscow")
NOON = datetime(2026, 11, 20, 9, tzinfo=UTC)
NIGHT = QuietHours(time(21), time(7), MOSCOW)
DAY = timedelta(days=1)


def load(requests: int = 1, name: str = "ours", **different: object) -> Load:
    """Important copies, one a request, due now."""
    plain = Load(
        name=name,
        copies=requests,
        requests=requests,
        priority=Priority.IMPORTANT,
        due_at=NOON,
    )
    return replace(plain, **different)  # type: ignore[arg-type]


def road(*windows: tuple[int, float], **different: object) -> Road:
    plain = Road(windows=[Window(*window) for window in windows], lanes=1)
    return replace(plain, **different)  # type: ignore[arg-type]


def alone(requests: int, on: Road, **different: object) -> Leaving:
    (one,) = play(on, [load(requests, **different)], now=NOON)
    return one


def after(one: Leaving) -> float:
    """Seconds from noon to the last copy."""
    assert one.last is not None
    return (one.last - NOON).total_seconds()


@pytest.mark.parametrize(
    ("requests", "windows", "seconds"),
    [
        (1, [(30, 1)], 0),
        (300, [(30, 1)], 299 / 30),
        (20, [(20, 60)], 0),
        (21, [(20, 60)], 60),
        (40, [(20, 60)], 60),
        (41, [(20, 60)], 120),
        (500, [(500, 86400)], 0),
        (501, [(500, 86400)], 86400),
        (1001, [(500, 86400)], 2 * 86400),
        (301, [(10, 1), (100, 60)], 180),
        (150, [(10, 1), (100, 60)], 60 + 49 / 10),
        (100, [], 0),
    ],
)
def test_the_last_request_leaves_when_the_limits_let_it(
    requests: int, windows: list[tuple[int, float]], seconds: float
) -> None:
    assert after(alone(requests, road(*windows))) == pytest.approx(seconds, abs=1e-3)


def test_even_steps_are_longer_by_their_slack() -> None:
    assert after(alone(301, road((30, 1), slack=1.03))) == pytest.approx(10.3)


def test_two_lanes_share_the_limit_and_lose_no_slack() -> None:
    assert after(alone(301, road((30, 1), slack=1.03, lanes=2))) == pytest.approx(10)


def test_a_quota_of_the_day_does_not_begin_anew_at_midnight() -> None:
    late = NOON.replace(hour=20, minute=59)  # 23:59 in Moscow
    (one,) = play(road((500, 86400)), [load(501, due_at=late)], now=late)
    assert one.last == late + DAY


def test_what_left_today_counts_against_the_quota_until_its_own_day_is_over() -> None:
    on = road((500, 86400), past=[(NOON - timedelta(hours=4), 450)])
    assert [after(alone(50, on)), after(alone(51, on))] == [0, 20 * 3600]


def test_after_a_long_wait_somebody_must_look_again() -> None:
    on = road((20, 60), patience=10.0, sweep=2.0)
    assert after(alone(21, on)) == pytest.approx(61)


@pytest.mark.parametrize(
    ("on", "different", "bound"),
    [
        (road(), {}, Bound.NOTHING),
        (road((30, 1)), {}, Bound.LIMIT),
        (road((50, 86400)), {}, Bound.QUOTA),
        (road(cost=0.1), {}, Bound.SPEED),
        (road(hold_until=NOON + timedelta(hours=1)), {}, Bound.HOLD),
        (road(hold_until=NOON - timedelta(hours=1)), {}, Bound.NOTHING),
        (road(paused=True), {}, Bound.PAUSED),
        (road(), {"due_at": NOON + timedelta(hours=1)}, Bound.TIME),
        (road(), {"due_at": NOON + DAY, "waits_for": Bound.QUIET}, Bound.QUIET),
        (road(place_windows=[Window(20, 60)]), {"busiest": 21}, Bound.PLACE),
    ],
)
def test_what_binds_is_what_is_waited_for_longest(
    on: Road, different: dict[str, object], bound: Bound
) -> None:
    assert alone(100, on, **different).binds is bound


def test_a_place_with_a_limit_of_its_own_is_the_last() -> None:
    on = road((30, 1), place_windows=[Window(20, 60)])
    assert after(alone(41, on, copies=1, busiest=41)) == 120


def test_what_does_not_fit_before_the_night_leaves_in_the_morning() -> None:
    evening = datetime(2026, 11, 20, 20, 59, tzinfo=MOSCOW)
    (one,) = play(road((1, 1), quiet=NIGHT), [load(61, due_at=evening)], now=evening)
    assert one.last == datetime(2026, 11, 21, 7, 0, tzinfo=MOSCOW)
    assert one.binds is Bound.QUIET


def test_urgent_copies_leave_through_the_night() -> None:
    evening = datetime(2026, 11, 20, 20, 59, tzinfo=MOSCOW)
    loud = load(61, due_at=evening, priority=Priority.URGENT)
    (one,) = play(road((1, 1), quiet=NIGHT), [loud], now=evening)
    assert one.last == evening + timedelta(minutes=1)


def test_the_night_without_length_is_none() -> None:
    never = QuietHours(time(7), time(7), MOSCOW)
    assert after(alone(30 * 3600, road((1, 1), quiet=never))) == pytest.approx(30 * 3600 - 1)


def test_urgent_copies_overtake_what_waits() -> None:
    waiting, ours = play(
        road((10, 1)), [load(100, "theirs"), load(10, priority=Priority.URGENT)], now=NOON
    )
    assert [after(ours), after(waiting)] == pytest.approx([0.9, 10.9])


def test_urgent_copies_that_come_later_overtake_what_is_left() -> None:
    soon = NOON + timedelta(seconds=5)
    loud = load(10, priority=Priority.URGENT, due_at=soon)
    waiting, ours = play(road((10, 1)), [load(100, "theirs"), loud], now=NOON)
    assert [after(ours), after(waiting)] == pytest.approx([5.9, 10.9])


def test_urgent_copies_take_the_first_place_that_a_quota_frees() -> None:
    loud = load(1, priority=Priority.URGENT, due_at=NOON + timedelta(hours=1))
    waiting, ours = play(road((10, 86400)), [load(11, "theirs"), loud], now=NOON)
    assert ours.last == NOON + DAY
    assert waiting.last == NOON + DAY


def test_who_came_first_leaves_first() -> None:
    older = load(100, "theirs", due_at=NOON - timedelta(minutes=1))
    waiting, ours = play(road((10, 1)), [older, load(10)], now=NOON)
    assert [after(waiting), after(ours)] == pytest.approx([9.9, 10.9])
    assert ours.binds is Bound.QUEUE


def test_copies_that_expire_before_their_turn_do_not_leave() -> None:
    one = alone(100, road((10, 1)), expires_at=NOON + timedelta(seconds=5))
    assert (after(one), one.late) == (pytest.approx(4.9), 50)


def test_when_everything_expires_there_is_no_last() -> None:
    hold = NOON + timedelta(hours=2)
    one = alone(10, road(hold_until=hold), expires_at=NOON + timedelta(hours=1))
    assert (one.last, one.late) == (None, 10)


def test_copies_that_share_a_request_leave_together() -> None:
    assert after(alone(4, road((20, 1)), copies=100)) == pytest.approx(3 / 20)


def test_the_whole_waits_for_a_person_when_a_part_of_it_does() -> None:
    free, shut = alone(1, road()), alone(1, road(paused=True))
    assert (last_of([free]), last_of([free, shut]), last_of([])) == (NOON, None, None)


windows = st.lists(
    st.builds(Window, st.integers(1, 30), st.sampled_from([1, 2, 60, 3600])), max_size=3
)
roads = st.builds(
    Road,
    windows=windows,
    lanes=st.integers(1, 3),
    slack=st.sampled_from([1.0, 1.03]),
    cost=st.sampled_from([0.0, 0.05]),
    patience=st.just(10.0),
    sweep=st.sampled_from([0.0, 2.0]),
    quiet=st.sampled_from([None, NIGHT]),
    hold_until=st.none() | st.integers(-60, 7200).map(lambda s: NOON + timedelta(seconds=s)),
)
loads = st.builds(
    load,
    st.integers(1, 60),
    name=st.just("theirs"),
    priority=st.sampled_from(Priority),
    due_at=st.integers(-600, 600).map(lambda s: NOON + timedelta(seconds=s)),
)


@given(roads, st.integers(1, 100), st.integers(0, 50), st.lists(loads, max_size=3))
def test_more_copies_never_leave_earlier(
    on: Road, requests: int, more: int, others: list[Load]
) -> None:
    fewer, *_ = play(on, [load(requests), *others], now=NOON)
    greater, *_ = play(on, [load(requests + more), *others], now=NOON)
    assert after(greater) >= after(fewer) - 1e-6


@given(roads, loads, st.lists(loads, max_size=3))
def test_nothing_leaves_before_now_or_before_it_is_due(
    on: Road, one: Load, others: list[Load]
) -> None:
    for told in play(on, [one, *others], now=NOON):
        assert told.last is not None
        assert told.last >= max(NOON, told.load.due_at, on.hold_until or NOON)


@given(roads, st.integers(1, 60), st.lists(loads, max_size=3))
def test_being_urgent_never_makes_it_later(on: Road, requests: int, others: list[Load]) -> None:
    loud, *_ = play(on, [load(requests, priority=Priority.URGENT), *others], now=NOON)
    calm, *_ = play(on, [load(requests, priority=Priority.ROUTINE), *others], now=NOON)
    assert after(loud) <= after(calm) + 1e-6


@given(roads, st.lists(loads, min_size=1, max_size=4))
def test_no_window_ever_holds_more_than_it_may(on: Road, waiting: list[Load]) -> None:
    whole = sum(one.requests for one in waiting)
    last = last_of(play(on, waiting, now=NOON))
    assert last is not None
    first = min(max(one.due_at, NOON) for one in waiting)
    for window in on.windows:
        least = (whole - 1) // window.amount * window.seconds
        assert (last - first).total_seconds() >= least - 1e-3
