"""Ratios of runs, and rounds by turns."""

from __future__ import annotations

import math

import pytest

from benchmarks.figures import Figures, by_turns
from benchmarks.ratios import Spread, most_of, paired


def test_a_ratio_is_taken_round_by_round():
    """A round that was slow for both says as much as the others."""
    assert paired([10, 1, 12], [5, 0.5, 6]) == Spread(2, 2, 2)


def test_rounds_that_were_not_run_by_both_are_no_pairs():
    with pytest.raises(ValueError, match="zip"):
        paired([1, 2], [1])


def test_a_spread_has_the_median_and_the_ends():
    assert Spread.of([3, 9, 4, 1]) == Spread(3.5, 1, 9)


def test_a_spread_is_spelled_with_its_range():
    assert Spread(2, 1.5, 2.25).spelled("×") == "2.00× [1.50–2.25]"


def test_thousands_are_parted():
    assert Spread(1234.6, 900, 5000).spelled(" rows/s", 0) == "1,235 rows/s [900–5,000]"


def test_one_round_has_no_range():
    assert Spread.of([0.625]).spelled() == "0.62"


@pytest.mark.parametrize(("laps", "most"), [([7], 7), ([*range(20)], 19), ([*range(100)], 95)])
def test_what_most_keep_leaves_five_of_a_hundred_out(laps, most):
    assert most_of(laps[::-1]) == most


def test_every_round_begins_with_another_contender():
    order = []
    contenders = {name: lambda name=name: order.append(name) for name in "abc"}
    by_turns(contenders, least=3, most=3, until=math.inf)
    assert "".join(order) == "abcbcacab"


def test_no_round_is_begun_that_would_end_too_late():
    rounds = by_turns({"a": lambda: Figures(1, {})}, least=2, most=9, until=0)
    assert len(rounds["a"]) == 2


def test_all_rounds_are_run_when_there_is_time():
    rounds = by_turns({"a": lambda: Figures(1, {})}, least=1, most=4, until=math.inf)
    assert len(rounds["a"]) == 4


def test_what_a_contender_does_not_tell_is_no_number():
    assert math.isnan(Figures(10, {"seconds": 1}).memory)


def test_processor_time_is_told_for_a_thousand_copies():
    assert Figures(500, {"cpu": 0.1, "server": 0.05}).cpu == pytest.approx(0.2)
    assert Figures(500, {"cpu": 0.1, "server": 0.05}).server == pytest.approx(0.1)
