"""Aims: what is met, and how it is said."""

from __future__ import annotations

import pytest

from benchmarks.aims import at_least, at_most, exactly_said, not_measured
from benchmarks.ratios import Spread


@pytest.mark.parametrize(("median", "met"), [(4.01, True), (4, True), (3.99, False)])
def test_the_median_decides_whether_enough_was_reached(median, met):
    assert at_least("mail", "a loop", 4, Spread(median, 1, 9)).met is met


@pytest.mark.parametrize(("median", "met"), [(119, True), (120, True), (121, False)])
def test_the_median_decides_whether_little_enough_was_used(median, met):
    assert at_most("memory", "–", 120, Spread(median, 1, 900), " MB").met is met


def test_what_only_rounding_lifts_to_the_target_is_not_met():
    row = at_least("mail", "a loop", 4, Spread(3.996, 3.9, 4.1))
    assert (row.measured, row.met) == ("4.00× [3.90–4.10]", False)


def test_the_target_is_said_with_its_unit():
    row = at_least("rows", "–", 300_000, Spread.of([310_000]), " rows/s", digits=0)
    assert (row.target, row.measured) == ("≥ 300,000 rows/s", "310,000 rows/s")


@pytest.mark.parametrize(
    ("target", "said"), [(4, "4"), (300.0, "300"), (0.6, "0.6"), (1_000_000, "1,000,000")]
)
def test_a_target_is_said_without_idle_digits(target, said):
    assert at_least("mail", "a loop", target, Spread.of([1])).target == f"≥ {said}×"


def test_an_upper_target_is_said_as_one():
    assert at_most("page", "–", 200, Spread.of([31]), " ms", digits=0).target == "≤ 200 ms"


def test_a_row_in_words_is_taken_as_it_is():
    assert exactly_said("two", "one", "no copy twice", "0 twice", met=True).measured == "0 twice"


def test_what_was_not_measured_is_neither_met_nor_missed():
    row = not_measured("mail", "smtp-source", "≥ 0.6×", "there is no smtp-source")
    assert (row.measured, row.met) == ("not measured: there is no smtp-source", None)
