"""Who is asked for consent, and when those who do not answer are reminded."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from broadcaster.domain.asking import (
    AbsenceMistake,
    Circle,
    Colleague,
    Question,
    Widened,
    absence_mistake,
    circle,
    is_overdue,
    may_answer,
    reminder_due,
)
from broadcaster.domain.permissions import Right, Role, may
from broadcaster.domain.policy import QuietHours

NOON = datetime(2026, 11, 20, 9, tzinfo=UTC)
TODAY = date(2026, 11, 20)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NIGHT = QuietHours(time(21), time(7), ZoneInfo("Europe/Moscow"))

DEPUTY_HEAD, METHODIST, HEAD, TEACHER, AUTHOR, AUDITOR = range(1, 7)
ROLES = {
    DEPUTY_HEAD: Role.APPROVER,
    METHODIST: Role.APPROVER,
    HEAD: Role.ADMINISTRATOR,
    TEACHER: Role.TEACHER,
    AUTHOR: Role.TEACHER,
    AUDITOR: Role.AUDITOR,
}


def colleague(key: int, *, away: bool = False, deputy: int | None = None) -> Colleague:
    days = {"away_from": YESTERDAY, "away_until": TOMORROW} if away else {}
    return Colleague(key=key, role=ROLES[key], deputy=deputy, **days)


def school(*different: Colleague, without: frozenset[int] = frozenset()) -> list[Colleague]:
    """Everybody is here, but for those who are `different` or have no account."""
    people = {key: colleague(key) for key in ROLES} | {one.key: one for one in different}
    return [one for key, one in people.items() if key not in without]


def question(**also: Any) -> Question:
    fields: dict[str, Any] = {"role": Role.APPROVER, "asked_at": NOON, "asked_by": AUTHOR}
    return Question(**fields | also)


def asked(people: list[Colleague], *, overdue: bool = False, **also: Any) -> Circle:
    return circle(question(**also), people, today=TODAY, overdue=overdue)


def test_those_of_the_role_are_asked() -> None:
    assert set(asked(school()).places) == {DEPUTY_HEAD, METHODIST}


def test_the_calendar_may_ask_the_administrators_themselves() -> None:
    assert set(asked(school(), role=Role.ADMINISTRATOR, asked_by=None).places) == {HEAD}


def test_who_is_away_without_a_deputy_is_not_asked() -> None:
    assert set(asked(school(colleague(METHODIST, away=True))).places) == {DEPUTY_HEAD}


@pytest.mark.parametrize(
    ("days", "away"),
    [
        ((YESTERDAY, TODAY), True),
        ((TODAY, TODAY), True),
        ((TODAY, TOMORROW), True),
        ((TOMORROW, TOMORROW), False),
        ((YESTERDAY, YESTERDAY), False),
        ((YESTERDAY, None), True),
        ((None, None), False),
    ],
)
def test_both_ends_of_an_absence_belong_to_it(
    days: tuple[date | None, date | None], *, away: bool
) -> None:
    person = Colleague(key=1, role=Role.APPROVER, away_from=days[0], away_until=days[1])
    assert person.is_away(TODAY) is away


def test_a_deputy_is_asked_in_the_place_of_who_is_away() -> None:
    seen = asked(school(colleague(METHODIST, away=True, deputy=TEACHER)))
    assert set(seen.places) == {DEPUTY_HEAD, TEACHER}
    assert seen.stands_in_for(TEACHER) == {METHODIST}


def test_a_deputy_is_not_asked_while_nobody_is_away() -> None:
    assert not asked(school(colleague(METHODIST, deputy=TEACHER))).is_asked(TEACHER)


def test_who_is_asked_herself_stands_in_for_nobody() -> None:
    seen = asked(school(colleague(METHODIST, away=True, deputy=DEPUTY_HEAD)))
    assert (set(seen.places), seen.stands_in_for(DEPUTY_HEAD)) == ({DEPUTY_HEAD}, set())


def test_a_deputy_who_is_away_has_a_deputy_too() -> None:
    people = school(
        colleague(DEPUTY_HEAD, away=True, deputy=METHODIST),
        colleague(METHODIST, away=True, deputy=TEACHER),
    )
    assert asked(people).places == {TEACHER: {DEPUTY_HEAD, METHODIST}}


def test_deputies_who_stand_in_for_each_other_are_nobody() -> None:
    people = school(
        colleague(DEPUTY_HEAD, away=True, deputy=METHODIST),
        colleague(METHODIST, away=True, deputy=DEPUTY_HEAD),
    )
    seen = asked(people)
    assert (set(seen.places), seen.widened) == ({HEAD}, Widened.NOBODY)


@pytest.mark.parametrize("deputy", [AUTHOR, AUDITOR])
def test_neither_the_author_nor_who_only_reads_stands_in(deputy: int) -> None:
    seen = asked(school(colleague(METHODIST, away=True, deputy=deputy)))
    assert set(seen.places) == {DEPUTY_HEAD}


def test_a_deputy_without_an_account_is_nobody() -> None:
    people = school(
        colleague(METHODIST, away=True, deputy=TEACHER), without=frozenset({TEACHER, DEPUTY_HEAD})
    )
    assert set(asked(people).places) == {HEAD}


def test_an_author_who_is_away_does_not_choose_who_consents() -> None:
    people = school(colleague(METHODIST, away=True, deputy=TEACHER))
    assert set(asked(people, asked_by=METHODIST).places) == {DEPUTY_HEAD}


@pytest.mark.parametrize("overdue", [False, True])
def test_in_a_school_without_the_role_the_administrators_are_asked(*, overdue: bool) -> None:
    seen = asked(school(without=frozenset({DEPUTY_HEAD, METHODIST})), overdue=overdue)
    assert (set(seen.places), seen.widened) == ({HEAD}, None)


def test_when_none_of_the_role_is_here_the_administrators_are_asked() -> None:
    people = school(colleague(METHODIST, away=True), without=frozenset({DEPUTY_HEAD}))
    seen = asked(people)
    assert (set(seen.places), seen.widened) == ({HEAD}, Widened.NOBODY)


def test_silence_brings_the_administrators_in_beside_the_others() -> None:
    seen = asked(school(), overdue=True)
    assert (set(seen.places), seen.widened) == ({DEPUTY_HEAD, METHODIST, HEAD}, Widened.SILENCE)


def test_silence_of_the_administrators_brings_in_nobody() -> None:
    seen = asked(school(), overdue=True, role=Role.ADMINISTRATOR)
    assert (set(seen.places), seen.widened) == ({HEAD}, None)


def test_an_administrator_who_is_away_is_stood_in_for() -> None:
    people = school(
        colleague(HEAD, away=True, deputy=TEACHER), without=frozenset({DEPUTY_HEAD, METHODIST})
    )
    assert asked(people).places == {TEACHER: {HEAD}}


def test_another_role_that_may_consent_is_asked_before_those_who_are_away() -> None:
    seen = asked(school(colleague(HEAD, away=True)), role=Role.ADMINISTRATOR)
    assert set(seen.places) == {DEPUTY_HEAD, METHODIST}


def test_when_all_are_away_all_are_asked() -> None:
    people = school(*(colleague(key, away=True) for key in (DEPUTY_HEAD, METHODIST, HEAD)))
    assert set(asked(people).places) == {DEPUTY_HEAD, METHODIST, HEAD}


def test_an_only_administrator_is_not_asked_about_her_own() -> None:
    people = school(without=frozenset({DEPUTY_HEAD, METHODIST}))
    assert asked(people, asked_by=HEAD).places == {}
    assert asked(people, written_by=HEAD).places == {}


days = some.none() | some.dates(TODAY - 2 * DAY, TODAY + 2 * DAY)
keys = some.integers(1, 8)
people = some.lists(
    some.builds(
        Colleague,
        key=keys,
        role=some.sampled_from(Role),
        deputy=some.none() | keys,
        away_from=days,
        away_until=days,
    ),
    unique_by=lambda one: one.key,
)
questions = some.builds(
    Question,
    role=some.sampled_from(Role),
    asked_at=some.just(NOON),
    asked_by=some.none() | keys,
    written_by=some.none() | keys,
)


@given(question=questions, people=people, overdue=some.booleans())
def test_somebody_is_asked_as_long_as_anybody_may_consent(
    question: Question, people: list[Colleague], *, overdue: bool
) -> None:
    able = [one for one in people if may(one.role, Right.APPROVE) and question.is_anothers(one.key)]
    assert bool(circle(question, people, today=TODAY, overdue=overdue).places) is bool(able)


@given(question=questions, people=people, overdue=some.booleans())
def test_the_author_is_never_asked(
    question: Question, people: list[Colleague], *, overdue: bool
) -> None:
    seen = circle(question, people, today=TODAY, overdue=overdue)
    assert not {question.asked_by, question.written_by} & set(seen.places)


@given(question=questions, people=people, overdue=some.booleans())
def test_whoever_is_asked_may_answer_and_can_write(
    question: Question, people: list[Colleague], *, overdue: bool
) -> None:
    seen = circle(question, people, today=TODAY, overdue=overdue)
    for one in people:
        if seen.is_asked(one.key):
            assert may_answer(question, one, seen)
            assert may(one.role, Right.WRITE)


@given(question=questions, people=people)
def test_silence_takes_nobody_out(question: Question, people: list[Colleague]) -> None:
    first = circle(question, people, today=TODAY, overdue=False)
    later = circle(question, people, today=TODAY, overdue=True)
    assert set(first.places) <= set(later.places)


@pytest.mark.parametrize(
    ("who", "yes"),
    [(METHODIST, True), (HEAD, True), (TEACHER, False), (AUTHOR, False), (AUDITOR, False)],
)
def test_the_right_to_answer_stays_with_the_role(who: int, *, yes: bool) -> None:
    seen = asked(school(colleague(METHODIST, away=True)))
    assert may_answer(question(), colleague(who), seen) is yes


def test_a_deputy_may_answer_although_her_role_may_not() -> None:
    seen = asked(school(colleague(METHODIST, away=True, deputy=TEACHER)))
    assert may_answer(question(), colleague(TEACHER), seen)


# When


WEEK = question(decide_by=NOON + 8 * DAY)


@pytest.mark.parametrize(
    ("about", "now", "yes"),
    [
        (question(), NOON + 47 * HOUR, False),
        (question(), NOON + 48 * HOUR, True),
        (WEEK, NOON + 48 * HOUR, True),
        (question(decide_by=NOON + DAY), NOON + 17 * HOUR, False),
        (question(decide_by=NOON + DAY), NOON + 18 * HOUR, True),
        (question(decide_by=NOON), NOON + HOUR, False),
        (question(decide_by=NOON - DAY), NOON + 48 * HOUR, True),
    ],
)
def test_silence_lasts_two_days_or_three_quarters_of_the_time(
    about: Question, now: datetime, *, yes: bool
) -> None:
    assert is_overdue(about, after=48 * HOUR, now=now) is yes


def due(about: Question, now: datetime, quiet: QuietHours | None = None) -> bool:
    return reminder_due(about, every=DAY, quiet=quiet, now=now)


def reminded(ago: timedelta, now: datetime, **also: Any) -> Question:
    return question(reminded_at=now - ago, **also)


def test_who_is_asked_is_told_at_once() -> None:
    assert due(question(), NOON)


@pytest.mark.parametrize(("ago", "yes"), [(23 * HOUR, False), (24 * HOUR, True), (9 * DAY, True)])
def test_who_does_not_answer_is_reminded_every_day(ago: timedelta, *, yes: bool) -> None:
    assert due(reminded(ago, NOON), NOON) is yes


def test_nobody_is_written_to_at_night() -> None:
    night = datetime(2026, 11, 20, 22, tzinfo=UTC)
    assert not due(question(), night, NIGHT)
    assert due(question(), night)
    assert due(question(), night + 8 * HOUR, NIGHT)


END = NOON + 8 * DAY
QUARTER = NOON + 6 * DAY


@pytest.mark.parametrize(
    ("before", "now", "yes"),
    [
        (QUARTER - 13 * HOUR, QUARTER - HOUR, False),
        (QUARTER - 13 * HOUR, QUARTER, True),
        (QUARTER - 11 * HOUR, QUARTER, False),
        (QUARTER - 11 * HOUR, QUARTER + HOUR, True),
        (QUARTER, QUARTER + 13 * HOUR, False),
        (QUARTER, QUARTER + 24 * HOUR, True),
        (END - 13 * HOUR, END, False),
    ],
)
def test_the_last_quarter_brings_one_reminder_more(
    before: datetime, now: datetime, *, yes: bool
) -> None:
    assert due(question(decide_by=END, reminded_at=before), now) is yes


def test_what_has_no_end_has_no_last_quarter() -> None:
    assert question().last_quarter is None
    assert question(decide_by=NOON).last_quarter is None


def test_a_clock_that_went_back_brings_no_second_letter() -> None:
    assert not due(reminded(-HOUR, NOON), NOON)
    assert due(reminded(-9 * DAY, NOON), NOON)


@given(
    hours=some.lists(some.floats(0, 400), max_size=60),
    lasts=some.none() | some.floats(0.1, 400),
    every=some.floats(1, 72),
)
def test_no_two_reminders_come_within_half_the_time(
    hours: list[float], lasts: float | None, every: float
) -> None:
    end = None if lasts is None else NOON + lasts * HOUR
    about, times = question(decide_by=end), list[datetime]()
    for now in sorted(NOON + hour * HOUR for hour in hours):
        if reminder_due(about, every=every * HOUR, quiet=NIGHT, now=now):
            times.append(now)
            about = question(decide_by=end, reminded_at=now)
    assert all(NIGHT.until(one) is None for one in times)
    gaps = [after - before for before, after in itertools.pairwise(times)]
    assert all(gap >= every * HOUR / 2 for gap in gaps)


# Away


@pytest.mark.parametrize(
    ("first", "last", "deputy", "mistake"),
    [
        (TODAY, TODAY, None, None),
        (YESTERDAY, TOMORROW, TEACHER, None),
        (TOMORROW, TODAY, None, AbsenceMistake.BACKWARDS),
        (YESTERDAY, YESTERDAY, None, AbsenceMistake.OVER),
        (TODAY, TOMORROW, METHODIST, AbsenceMistake.HERSELF),
        (TODAY, TOMORROW, AUDITOR, AbsenceMistake.CANNOT),
    ],
)
def test_what_absences_there_can_be(
    first: date, last: date, deputy: int | None, mistake: AbsenceMistake | None
) -> None:
    stands_in = None if deputy is None else colleague(deputy)
    seen = absence_mistake(METHODIST, stands_in, first=first, last=last, today=TODAY)
    assert seen is mistake
