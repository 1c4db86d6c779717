"""Rules of recurrence: by days only, and refused before anybody has to wait for them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcaster.domain.recurrence import EPOCH, Mistake, RuleRefused, recurrence

FIRST, LAST = date(2026, 1, 1), date(2035, 12, 31)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("", Mistake.NO_FREQUENCY),
        ("каждый год", Mistake.NO_FREQUENCY),
        ("FREQ=HOURLY", Mistake.NO_FREQUENCY),
        ("FREQ=SECONDLY;BYSECOND=1", Mistake.NO_FREQUENCY),
        ("FREQ=DAILY;FREQ=DAILY", Mistake.NO_FREQUENCY),
        ("FREQ=DAILY;BYHOUR=9", Mistake.PART),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270101", Mistake.PART),
        ("FREQ=DAILY;BYEASTER=0", Mistake.PART),
        ("FREQ=YEARLY;BYWEEKNO=53", Mistake.PART),
        ("FREQ=YEARLY;BYDAY=60MO", Mistake.PART),
        ("FREQ=WEEKLY;BYDAY=1MO", Mistake.PART),
        ("FREQ=WEEKLY;BYDAY=ПН", Mistake.PART),
        ("FREQ=DAILY;INTERVAL=0", Mistake.NUMBER),
        ("FREQ=DAILY;INTERVAL=1000000", Mistake.NUMBER),
        ("FREQ=DAILY;COUNT=-1", Mistake.NUMBER),
        ("FREQ=YEARLY;BYMONTH=13;BYMONTHDAY=1", Mistake.NUMBER),
        ("FREQ=DAILY;UNTIL=завтра", Mistake.UNTIL),
        ("FREQ=DAILY;UNTIL=20270101T000000Z", Mistake.UNTIL),
        ("FREQ=DAILY;UNTIL=20271301", Mistake.UNREADABLE),
        ("FREQ=MONTHLY;BYMONTHDAY=x", Mistake.UNREADABLE),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", Mistake.NEVER),
        ("FREQ=MONTHLY;BYMONTHDAY=32", Mistake.NEVER),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=9", Mistake.PART),
        ("FREQ=MONTHLY;BYMONTHDAY=1;BYDAY=5MO", Mistake.PART),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTH=3", Mistake.PART),
        ("FREQ=YEARLY;BYMONTH=2;BYDAY=5MO", Mistake.NEVER),
        ("FREQ=WEEKLY;BYDAY=MO;UNTIL=20191231", Mistake.NEVER),
        ("FREQ=WEEKLY", Mistake.NEEDS_BEGINNING),
        ("FREQ=WEEKLY;BYDAY=MO;INTERVAL=2", Mistake.NEEDS_BEGINNING),
        ("FREQ=DAILY;COUNT=3", Mistake.NEEDS_BEGINNING),
        ("FREQ=DAILY;" * 40, Mistake.TOO_LONG),
    ],
)
def test_what_is_no_rule_for_days_is_refused(text: str, mistake: Mistake) -> None:
    with pytest.raises(RuleRefused) as refused:
        recurrence(text)
    assert refused.value.problem is mistake


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;INTERVAL=1",
        "FREQ=DAILY;COUNT=1",
        "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTHDAY=-31",
    ],
)
def test_the_least_and_the_most_are_rules(text: str) -> None:
    assert recurrence(text, begins=date(2026, 9, 1)).text == text


def test_the_day_after_one_is_found_until_the_rule_ends() -> None:
    rule = recurrence("FREQ=WEEKLY;BYDAY=FR;UNTIL=20261211")
    assert rule.after(date(2026, 12, 4)) == date(2026, 12, 11)
    assert rule.after(date(2026, 12, 11)) is None


def test_small_letters_blanks_and_a_prefix_do_not_matter() -> None:
    rule = recurrence(" rrule:freq=yearly; bymonth=11 ;bymonthday=5 ")
    assert rule.text == "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=5"
    assert rule == recurrence("FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=5")


def test_a_date_of_every_year_falls_once_a_year_for_ten_years() -> None:
    days = recurrence("FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=5").days(FIRST, LAST)
    assert days == [date(year, 11, 5) for year in range(2026, 2036)]


def test_the_29_of_february_falls_in_leap_years_and_says_so() -> None:
    rule = recurrence("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29")
    assert rule.days(FIRST, LAST) == [date(2028, 2, 29), date(2032, 2, 29)]
    assert rule.leap_years_only


def test_the_last_day_of_february_falls_every_year() -> None:
    rule = recurrence("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1")
    assert len(rule.days(FIRST, LAST)) == 10
    assert not rule.leap_years_only


def test_every_friday_until_the_end_of_may_ends_in_may() -> None:
    rule = recurrence("FREQ=WEEKLY;BYDAY=FR;UNTIL=20270531")
    days = rule.days(FIRST, LAST)
    assert days[-1] == date(2027, 5, 28)
    assert rule.after(date(2027, 5, 28)) is None


def test_every_other_week_is_counted_from_its_beginning() -> None:
    rule = recurrence("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", begins=date(2026, 9, 1))
    assert rule.days(date(2026, 9, 1), date(2026, 9, 30)) == [
        date(2026, 9, 1),
        date(2026, 9, 15),
        date(2026, 9, 29),
    ]


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules as somebody might write them, sensible or not."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = {
        "BYMONTH": st.integers(0, 13),
        "BYMONTHDAY": st.integers(-32, 32),
        "BYDAY": st.sampled_from(["", "1", "-1", "5", "-5"]).flatmap(
            lambda number: st.sampled_from(WEEKDAYS).map(lambda day: number + day)
        ),
        "BYSETPOS": st.integers(-5, 5),
        "INTERVAL": st.integers(0, 101),
        "COUNT": st.integers(0, 20),
        "UNTIL": st.dates(FIRST, LAST).map(lambda day: day.strftime("%Y%m%d")),
    }
    chosen = draw(st.lists(st.sampled_from(sorted(parts)), unique=True, max_size=4))
    said = [f"{name}={draw(parts[name])}" for name in chosen]
    return ";".join([f"FREQ={frequency}", *said])


@settings(deadline=None)
@given(rules(), st.dates(FIRST, LAST), st.integers(0, 400), st.integers(0, 400))
def test_a_rule_is_refused_or_the_same_days_come_out_of_any_window(
    text: str, day: date, before: int, after: int
) -> None:
    try:
        rule = recurrence(text, begins=EPOCH)
    except RuleRefused:
        return
    first, last = day - timedelta(days=before), day + timedelta(days=after)
    days = rule.days(first, last)
    assert all(first <= one <= last for one in days)
    assert all(one < other for one, other in pairwise(days))
    assert rule.days(first, day) + rule.days(day + timedelta(days=1), last) == days


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_rule_or_refused(text: str) -> None:
    with suppress(RuleRefused):
        assert recurrence(text).days(FIRST, LAST)
