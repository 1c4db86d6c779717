"""On which days a school works, and where a day off moves what falls on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import assert_never

FARTHEST = 15
"""Days by which a day off moves something at most; no holidays are longer."""
DAY = timedelta(days=1)
WEEKEND = 5
"""The weekday that the law's weekend begins with, Saturday; Monday is 0."""
NEW_YEAR = 8
"""The last day of January whose weekends the government moves, and the law does not."""


class Shift(StrEnum):
    """Where something goes that falls on a day off."""

    STAY = "stay"
    NEXT = "next"
    PREVIOUS = "previous"


class Kind(StrEnum):
    """What a day is for those who work."""

    WORKING = "working"
    WEEKEND = "weekend"
    OFF = "off"
    """A day off by its name."""
    WORKED = "worked"
    """A weekend's day on which everybody works."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """Days with a name, both ends included."""

    first: date
    last: date
    name: str

    def days(self) -> Iterator[date]:
        """Each of them, in their order."""
        return (self.first + number * DAY for number in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """One year of the production calendar, beside its weekends.

    `off` are the days on which nobody works, by their names; `working` the weekend's days on which
    everybody does. Vacations are days without lessons: they are shown and move nothing, as families
    still read; they belong to the year in which they begin. `basis` is who says so. `assumed` says
    that nobody has entered this year.
    """

    off: Mapping[date, str] = field(default_factory=dict)
    working: frozenset[date] = frozenset()
    vacations: tuple[Span, ...] = ()
    basis: str = ""
    assumed: bool = True


NO_YEAR = Year()


@dataclass(frozen=True, slots=True)
class SchoolDays:
    """The days on which a school works; `week` is how many days of a week, from Monday."""

    week: int = 5
    years: Mapping[int, Year] = field(default_factory=dict)

    def year(self, number: int) -> Year:
        """A year, with nothing but its weekends when it is not known."""
        return self.years.get(number, NO_YEAR)

    def kind(self, day: date) -> Kind:
        """What a day is; a worked Saturday of a week of six days is a working day like others."""
        year = self.year(day.year)
        in_week = day.weekday() < self.week
        if day in year.working:
            return Kind.WORKING if in_week else Kind.WORKED
        if day in year.off:
            return Kind.OFF
        return Kind.WORKING if in_week else Kind.WEEKEND

    def works(self, day: date) -> bool:
        """Whether it is a working day."""
        return self.kind(day) in {Kind.WORKING, Kind.WORKED}

    def vacation(self, day: date) -> str:
        """The name of the vacation on a day, which may have begun last year; empty when none."""
        spans = (*self.year(day.year).vacations, *self.year(day.year - 1).vacations)
        return next((span.name for span in spans if span.first <= day <= span.last), "")

    def moved(self, day: date, shift: Shift) -> date:
        """The day itself, or the working day to which `shift` moves it.

        A day stays where it is when there is no working day near.
        """
        match shift:
            case Shift.STAY:
                return day
            case Shift.NEXT:
                step = DAY
            case Shift.PREVIOUS:
                step = -DAY
            case _:
                assert_never(shift)
        near = (day + step * number for number in range(FARTHEST + 1))
        return next((one for one in near if self.works(one)), day)


def spans(off: Mapping[date, str]) -> list[Span]:
    """Named days, those that follow each other under one name as one span."""
    found: list[Span] = []
    for day, name in sorted(off.items()):
        if found and found[-1].name == name and found[-1].last + DAY == day:
            found[-1] = Span(first=found[-1].first, last=day, name=name)
        else:
            found.append(Span(first=day, last=day, name=name))
    return found


def named_days(given: Iterable[Span]) -> dict[date, str]:
    """Each day of these spans with its name; a later span names a day anew."""
    return {day: span.name for span in given for day in span.days()}


def carried_over(holidays: Mapping[date, str]) -> dict[date, date]:
    """The working days of a week of five that become days off, each with the holiday it is for.

    A holiday that falls on a weekend moves the day off to the next working day; the weekends
    of 1 to 8 January go where the government says (Labour Code of Russia, article 112).
    """
    carried: dict[date, date] = {}
    for holiday in sorted(holidays):
        if holiday.weekday() < WEEKEND or (holiday.month == 1 and holiday.day <= NEW_YEAR):
            continue
        day = holiday
        while day.weekday() >= WEEKEND or day in holidays or day in carried:
            day += DAY
        carried[day] = holiday
    return carried


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What one year has otherwise than another one: days gained, lost and called otherwise."""

    off: tuple[Span, ...] = ()
    no_longer_off: tuple[Span, ...] = ()
    renamed: tuple[Span, ...] = ()
    working: tuple[date, ...] = ()
    no_longer_working: tuple[date, ...] = ()
    vacations: tuple[Span, ...] = ()
    no_longer_vacations: tuple[Span, ...] = ()

    def __bool__(self) -> bool:
        return self != Difference()


def difference(new: Year, old: Year) -> Difference:
    """What `new` has otherwise than `old`."""

    def days(these: Mapping[date, str], *, without: Mapping[date, str]) -> tuple[Span, ...]:
        return tuple(spans({day: name for day, name in these.items() if day not in without}))

    renamed = {day: name for day, name in new.off.items() if old.off.get(day, name) != name}
    return Difference(
        off=days(new.off, without=old.off),
        no_longer_off=days(old.off, without=new.off),
        renamed=tuple(spans(renamed)),
        working=tuple(sorted(new.working - old.working)),
        no_longer_working=tuple(sorted(old.working - new.working)),
        vacations=tuple(sorted(set(new.vacations) - set(old.vacations))),
        no_longer_vacations=tuple(sorted(set(old.vacations) - set(new.vacations))),
    )
