"""A year as twelve small sheets, with what each day is."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date, get_day_names, get_month_names

from broadcaster.domain.days_off import Kind, SchoolDays, Span
from broadcaster.i18n import LANGUAGE, _


@dataclass(frozen=True, slots=True)
class Cell:
    """A day on a sheet; `words` tell what is special about it, for who cannot see how it looks."""

    day: date
    kind: Kind
    vacation: bool
    words: str
    today: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A sheet: weeks from Monday; None where another month's day would stand."""

    name: str
    weeks: Sequence[Sequence[Cell | None]]


def months(days: SchoolDays, year: int, *, today: date) -> list[Month]:
    """The sheets of a year."""
    names = get_month_names("wide", "stand-alone", locale=LANGUAGE)
    return [
        Month(
            names[number].capitalize(),
            [
                [_cell(days, day, today) if day.month == number else None for day in week]
                for week in Calendar().monthdatescalendar(year, number)
            ],
        )
        for number in range(1, 13)
    ]


def weekdays() -> list[tuple[str, str]]:
    """The heads of a sheet's columns: in short and in full."""
    short = get_day_names("short", "stand-alone", locale=LANGUAGE)
    full = get_day_names("wide", "stand-alone", locale=LANGUAGE)
    return [(short[number], full[number]) for number in range(7)]


def dates(span: Span) -> str:
    """«7 января», «1–6 января», «27 мая – 31 августа», with years where a span has two of them."""
    form = "d MMMM" if span.first.year == span.last.year else "d MMMM y"
    first, last = (
        format_date(day, form, locale=LANGUAGE).replace(" ", "\N{NO-BREAK SPACE}")
        for day in (span.first, span.last)
    )
    if span.first == span.last:
        return first
    if (span.first.year, span.first.month) == (span.last.year, span.last.month):
        return f"{span.first.day}–{last}"
    return f"{first} – {last}"


def _cell(days: SchoolDays, day: date, today: date) -> Cell:
    kind, vacation = days.kind(day), days.vacation(day)
    words = {
        Kind.OFF: days.year(day.year).off.get(day, ""),
        Kind.WORKED: _("рабочий день"),
    }.get(kind, "")
    said = ", ".join(part for part in (words, vacation) if part)
    return Cell(day, kind, bool(vacation), said, day == today)
