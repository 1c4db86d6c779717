"""Recurrences as choices on a screen: each becomes an RRULE, and is recognised again."""

from __future__ import annotations

from typing import Any

import pytest

from broadcaster.domain.recurrence import recurrence
from broadcaster.domain.rule_choices import How, choice_of, rule_of

CHOICES: list[tuple[How, dict[str, Any], str]] = [
    (How.YEAR_DATE, {"year_day": 5, "year_month": 11}, "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=5"),
    (
        How.YEAR_WEEKDAY,
        {"weekday_number": "-1", "weekday": "TH", "weekday_month": 10},
        "FREQ=YEARLY;BYMONTH=10;BYDAY=-1TH",
    ),
    (How.MONTH_DATE, {"month_day": 15}, "FREQ=MONTHLY;BYMONTHDAY=15"),
    (How.MONTH_DATE, {"month_day": -1}, "FREQ=MONTHLY;BYMONTHDAY=-1"),
    (
        How.MONTH_WEEKDAY,
        {"month_number": "2", "month_weekday": "TU"},
        "FREQ=MONTHLY;BYDAY=2TU",
    ),
    (How.WEEK, {"week_days": ["MO", "FR"]}, "FREQ=WEEKLY;BYDAY=MO,FR"),
]


@pytest.mark.parametrize(("how", "chosen", "rule"), CHOICES)
def test_a_choice_is_a_rule(how: How, chosen: dict[str, Any], rule: str) -> None:
    assert recurrence(rule_of(how, chosen)).text == rule


@pytest.mark.parametrize(("how", "chosen", "rule"), CHOICES)
def test_a_rule_is_recognised_as_its_choice(how: How, chosen: dict[str, Any], rule: str) -> None:
    assert choice_of(rule) == (how, chosen)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY",
        "FREQ=YEARLY;BYMONTH=4,10;BYDAY=2TH",
        "FREQ=MONTHLY;BYMONTHDAY=-2",
        "FREQ=MONTHLY;BYDAY=2TU,4TU",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO",
        "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=5;COUNT=3",
        "FREQ=YEARLY;BYMONTH=;BYMONTHDAY=5",
        "FREQ=YEARLY;BYMONTH=13;BYMONTHDAY=²",
        "чепуха",
        "",
    ],
)
def test_any_other_rule_is_shown_as_it_is(rule: str) -> None:
    assert choice_of(rule) == (How.OTHER, {"rule": rule})


def test_the_order_of_the_parts_does_not_matter() -> None:
    assert choice_of("RRULE:bymonthday=5; bymonth=11; freq=yearly")[0] is How.YEAR_DATE


def test_the_days_of_a_week_stand_in_their_order() -> None:
    assert rule_of(How.WEEK, {"week_days": ["SU", "MO"]}) == "FREQ=WEEKLY;BYDAY=MO,SU"
