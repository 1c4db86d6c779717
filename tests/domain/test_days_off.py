"""Days off: which days they are, and where they move what falls on them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from broadcaster.domain.days_off import (
    FARTHEST,
    Kind,
    SchoolDays,
    Shift,
    Span,
    Year,
    carried_over,
    difference,
    named_days,
    spans,
)

UNITY = date(2026, 11, 4)
SATURDAY, SUNDAY, MONDAY = date(2026, 11, 14), date(2026, 11, 15), date(2026, 11, 16)
FRIDAY = date(2026, 11, 13)
NEW_YEAR = Span(first=date(2027, 1, 1), last=date(2027, 1, 10), name="Новогодние каникулы")


def year(**parts: Any) -> Year:
    return Year(**parts, assumed=False)


def school(week: int = 5, years: Mapping[int, Year] | None = None) -> SchoolDays:
    return SchoolDays(week, years or {})


HOLIDAYS = school(
    years={
        2026: year(off={date(2026, 12, 31): "Выходной", UNITY: "День народного единства"}),
        2027: year(off=named_days([NEW_YEAR])),
    }
)


def test_a_saturday_moves_to_monday() -> None:
    assert school().moved(SATURDAY, Shift.NEXT) == MONDAY


def test_a_sunday_moves_back_to_friday() -> None:
    assert school().moved(SUNDAY, Shift.PREVIOUS) == FRIDAY


def test_nothing_moves_what_is_to_stay() -> None:
    assert school().moved(SUNDAY, Shift.STAY) == SUNDAY


@pytest.mark.parametrize("shift", Shift)
def test_a_working_day_stays_where_it_is(shift: Shift) -> None:
    assert school().moved(FRIDAY, shift) == FRIDAY


def test_saturday_is_a_working_day_of_six() -> None:
    assert school(6).moved(SATURDAY, Shift.NEXT) == SATURDAY


def test_sunday_is_none_even_then() -> None:
    assert school(6).moved(SUNDAY, Shift.NEXT) == MONDAY


def test_a_feast_in_the_week_moves_to_the_next_day() -> None:
    assert HOLIDAYS.moved(UNITY, Shift.NEXT) == date(2026, 11, 5)


def test_new_years_day_moves_past_all_holidays_and_the_weekend() -> None:
    assert HOLIDAYS.moved(date(2027, 1, 1), Shift.NEXT) == date(2027, 1, 11)


def test_what_falls_before_new_year_moves_into_the_next_one() -> None:
    assert HOLIDAYS.moved(date(2026, 12, 31), Shift.NEXT) == date(2027, 1, 11)


def test_what_falls_after_new_year_moves_back_into_the_last_one() -> None:
    assert HOLIDAYS.moved(date(2027, 1, 2), Shift.PREVIOUS) == date(2026, 12, 30)


def test_a_worked_saturday_keeps_what_falls_on_it() -> None:
    days = school(years={2026: year(working=frozenset({SATURDAY}))})
    assert days.moved(SATURDAY, Shift.NEXT) == SATURDAY


def test_a_worked_saturday_takes_what_moves_back_from_sunday() -> None:
    days = school(years={2026: year(working=frozenset({SATURDAY}))})
    assert days.moved(SUNDAY, Shift.PREVIOUS) == SATURDAY


def test_a_day_stays_when_there_is_no_working_day_near() -> None:
    closed = Span(first=date(2026, 6, 1), last=date(2026, 8, 31), name="Ремонт")
    days = school(years={2026: year(off=named_days([closed]))})
    assert days.moved(date(2026, 7, 1), Shift.NEXT) == date(2026, 7, 1)


def test_a_year_that_nobody_knows_has_its_weekends() -> None:
    assert not school().works(date(2040, 1, 7))


def test_vacations_move_nothing() -> None:
    autumn = Span(first=FRIDAY, last=MONDAY, name="Осенние каникулы")
    days = school(years={2026: year(vacations=(autumn,))})
    assert days.moved(FRIDAY, Shift.NEXT) == FRIDAY


def test_a_vacation_goes_on_after_new_year() -> None:
    winter = Span(first=date(2026, 12, 31), last=date(2027, 1, 10), name="Зимние каникулы")
    days = school(years={2026: year(vacations=(winter,))})
    assert days.vacation(date(2027, 1, 10)) == "Зимние каникулы"


def test_a_day_after_a_vacation_is_none_of_it() -> None:
    winter = Span(first=date(2026, 12, 31), last=date(2027, 1, 10), name="Зимние каникулы")
    days = school(years={2026: year(vacations=(winter,))})
    assert days.vacation(date(2027, 1, 11)) == ""


@pytest.mark.parametrize(
    ("week", "day", "kind"),
    [
        (5, FRIDAY, Kind.WORKING),
        (5, SUNDAY, Kind.WEEKEND),
        (5, UNITY, Kind.OFF),
        (5, SATURDAY, Kind.WORKED),
        (6, SATURDAY, Kind.WORKING),
    ],
)
def test_every_day_is_of_one_kind(week: int, day: date, kind: Kind) -> None:
    entered = year(off={UNITY: "Праздник"}, working=frozenset({SATURDAY}))
    assert school(week, {2026: entered}).kind(day) is kind


@given(
    day=some.dates(date(2026, 1, 20), date(2027, 12, 1)),
    shift=some.sampled_from([Shift.NEXT, Shift.PREVIOUS]),
)
def test_what_is_moved_lands_on_a_working_day_near(day: date, shift: Shift) -> None:
    moved = HOLIDAYS.moved(day, shift)
    assert HOLIDAYS.works(moved)
    assert abs(moved - day) <= timedelta(days=FARTHEST)


# Spans


def test_days_under_one_name_become_one_span() -> None:
    assert spans(named_days([NEW_YEAR])) == [NEW_YEAR]


def test_a_name_between_cuts_a_span() -> None:
    christmas = Span(first=date(2027, 1, 7), last=date(2027, 1, 7), name="Рождество")
    found = spans(named_days([NEW_YEAR, christmas]))
    assert [span.first.day for span in found] == [1, 7, 8]


def test_a_gap_cuts_a_span() -> None:
    assert len(spans({FRIDAY: "Выходной", MONDAY: "Выходной"})) == 2


# The law's own transfers


def test_a_feast_on_saturday_makes_monday_a_day_off() -> None:
    unity = date(2028, 11, 4)
    assert carried_over({unity: "День народного единства"}) == {date(2028, 11, 6): unity}


def test_a_feast_in_the_week_makes_no_other_day_off() -> None:
    assert carried_over({UNITY: "День народного единства"}) == {}


def test_weekends_of_the_new_years_holidays_are_the_governments_to_move() -> None:
    assert carried_over({date(2028, 1, 1): "Новый год", date(2028, 1, 8): "Каникулы"}) == {}


def test_two_feasts_of_one_weekend_take_two_days() -> None:
    carried = carried_over({SATURDAY: "Первый", SUNDAY: "Второй"})
    assert carried == {MONDAY: SATURDAY, date(2026, 11, 17): SUNDAY}


def test_a_feast_moves_past_another_one() -> None:
    carried = carried_over({SUNDAY: "Первый", MONDAY: "Второй"})
    assert carried == {date(2026, 11, 17): SUNDAY}


# What differs


def test_a_year_differs_in_nothing_from_itself() -> None:
    assert not difference(HOLIDAYS.year(2027), HOLIDAYS.year(2027))


def test_days_that_come_and_go_are_told() -> None:
    old, new = year(off={FRIDAY: "Ремонт"}), year(off={MONDAY: "День здоровья"})
    found = difference(new, old)
    assert [span.first for span in (*found.off, *found.no_longer_off)] == [MONDAY, FRIDAY]


def test_a_day_with_another_name_is_told_once() -> None:
    old, new = year(off={FRIDAY: "Ремонт"}), year(off={FRIDAY: "День здоровья"})
    found = difference(new, old)
    assert [span.name for span in found.renamed] == ["День здоровья"]
    assert not found.off


def test_worked_saturdays_that_come_and_go_are_told() -> None:
    old, new = year(working=frozenset({SATURDAY})), year(working=frozenset({SUNDAY}))
    found = difference(new, old)
    assert (found.working, found.no_longer_working) == ((SUNDAY,), (SATURDAY,))


def test_vacations_that_come_and_go_are_told() -> None:
    autumn = Span(first=FRIDAY, last=MONDAY, name="Осенние каникулы")
    longer = Span(first=FRIDAY, last=date(2026, 11, 17), name="Осенние каникулы")
    found = difference(year(vacations=(longer,)), year(vacations=(autumn,)))
    assert (found.vacations, found.no_longer_vacations) == ((longer,), (autumn,))
