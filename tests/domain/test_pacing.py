"""Turns under a limit of a second, against a platform that counts what arrives."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from broadcaster.domain.pacing import CREDIT, SECOND, STEP, Pacing

Trip = tuple[float, float]
"""Seconds to the platform, and back from it."""


def arrivals(pacing: Pacing, trips: Sequence[Trip], pauses: Sequence[float] = ()) -> list[float]:
    """When so many requests arrive; each is asked for as soon as the one before has left."""
    now, arrived = 0.0, []
    answers: list[tuple[float, float]] = []
    for number, (there, back) in enumerate(trips):
        now += pauses[number] if number < len(pauses) else 0.0
        while True:
            while answers and answers[0][0] <= now:
                answered, left = heapq.heappop(answers)
                pacing.over(1, left=left, now=answered)
            at = pacing.opens(1, now=now)
            if at == now:
                break
            soonest = [moment for moment in (at, answers[0][0] if answers else None) if moment]
            now = min(soonest)
        pacing.take(1, at=now)
        arrived.append(now + there)
        heapq.heappush(answers, (now + there + back, now))
    return sorted(arrived)


def most_in_a_second(arrived: Sequence[float]) -> int:
    """The most that the platform counts within any second."""
    return max(sum(start <= at < start + SECOND for at in arrived) for start in arrived)


QUICK = (0.010, 0.010)
trips = st.lists(st.tuples(st.floats(0.010, 0.150), st.floats(0.010, 0.150)), max_size=60)


@given(st.integers(1, 12), trips, st.lists(st.floats(0, 0.6), max_size=60))
def test_never_more_than_the_limit_arrives_within_any_second(
    amount: int, ways: list[Trip], pauses: list[float]
) -> None:
    arrived = arrivals(Pacing(amount), [QUICK, *ways], pauses)
    assert most_in_a_second(arrived) <= amount


def test_the_limit_is_used_up_when_answers_are_regular() -> None:
    arrived = arrivals(Pacing(20), [(0.05, 0.05)] * 400)
    assert 399 / (arrived[-1] - arrived[0]) > 0.97 * 20


def test_requests_leave_in_even_steps() -> None:
    arrived = arrivals(Pacing(10), [QUICK] * 5)
    steps = [after - before for before, after in pairwise(arrived)]
    assert all(abs(step - STEP / 10) < 1e-6 for step in steps)


def test_a_turn_that_came_late_is_made_up_for() -> None:
    pauses = [0.0, 0.15]
    arrived = arrivals(Pacing(20), [QUICK] * 10, pauses)
    assert abs(arrived[-1] - arrived[0] - 9 * STEP / 20) < 1e-6


def test_no_more_is_made_up_for_than_a_little() -> None:
    arrived = arrivals(Pacing(20), [QUICK] * 20, [0.0, 5.0])
    at_once = [at for at in arrived[1:] if at < arrived[1] + 0.001]
    assert 2 < len(at_once) <= CREDIT * 20 + 1


def test_more_than_a_second_holds_waits_for_an_answer() -> None:
    pacing = Pacing(2)
    for _ in range(2):
        pacing.take(1, at=0.0)
    assert pacing.opens(1, now=9.0) is None
    pacing.over(1, left=0.0, now=9.0)
    assert pacing.opens(1, now=9.0) is not None


def test_what_never_left_takes_no_place() -> None:
    pacing = Pacing(1)
    pacing.take(1, at=0.0)
    pacing.dropped(1)
    assert pacing.opens(1, now=2.0) == 2.0


def test_what_nobody_answers_for_is_forgotten_a_little_later_than_a_second() -> None:
    pacing = Pacing(1)
    pacing.take(1, at=0.0)
    pacing.unheard(1, left=0.0)
    assert SECOND < (pacing.opens(1, now=0.5) or 0) < SECOND + 0.1


def test_the_next_lane_knows_what_left_before_it() -> None:
    before, after = Pacing(1), Pacing(1)
    before.take(1, at=0.0)
    before.over(1, left=0.0, now=0.0)
    after.follow(before, now=0.3)
    assert after.opens(1, now=0.3) == SECOND


def test_what_was_under_way_when_a_lane_ended_counts_from_the_end() -> None:
    before, after = Pacing(1), Pacing(1)
    before.take(1, at=0.0)
    after.follow(before, now=0.3)
    assert after.opens(1, now=0.3) == 0.3 + SECOND
