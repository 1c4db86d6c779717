"""How days are written, in the files and on the screen: a date or a range, and a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from babel.dates import format_date

from broadcaster.domain.days_off import WEEKEND, Span
from broadcaster.i18n import LANGUAGE, _

LONGEST_NAME = 100
"""Characters of a day's name."""
LONGEST_SPAN = 366
"""Days of a vacation."""
CENTURY = 2000
"""Of years that are written with two digits."""

_DATE = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}\.[0-9]{1,2}(?:\.(?:[0-9]{4}|[0-9]{2}\b))?"
_LINE = re.compile(rf"({_DATE})(?:\s*(?:\.\.\.?|…|[-–—−])\s*({_DATE}))?(?:(?=[\s:,;–—-])(.*))?")


def read_line(text: str, year: int, *, to_next_year: bool = False) -> Span:
    """The days that a line begins with and the name that follows, which may be empty.

    A date without a year is of `year`. A range begins in `year` and ends there too, unless it may
    go on `to_next_year`. Raises ValueError, in words for people.
    """
    if (found := _LINE.fullmatch(text.strip())) is None:
        raise ValueError(_no_date(text))
    first = _date(found[1], year)
    last = _date(found[2], year) if found[2] else first
    _refuse_other_years(first, last, year, to_next_year=to_next_year)
    return Span(first=first, last=last, name=(found[3] or "").strip(" \t:,;-–—"))


def read_days(value: object, year: int, *, to_next_year: bool = False) -> Span:
    """The days of a file's key or list, which have no name yet; raises ValueError, in words."""
    match value:
        case date():
            text = value.isoformat()[:10]
        case str():
            text = value
        case _:
            raise ValueError(_no_date(value))
    span = read_line(text, year, to_next_year=to_next_year)
    if span.name:
        raise ValueError(_no_date(value))
    return span


def read_name(value: object) -> str:
    """What days are called; raises ValueError, in words."""
    if not isinstance(value, str):
        raise ValueError(  # noqa: TRY004 - the file has a wrong value
            _("ожидается название, например День Победы, а не «{value}»").format(value=value)
        )
    if not (name := " ".join(value.split())):
        raise ValueError(_("нет названия: допишите его после даты"))
    if len(name) > LONGEST_NAME or not name.isprintable():
        words = _("название — до {most} обычных знаков в одну строку")
        raise ValueError(words.format(most=LONGEST_NAME))
    return name


def objections(off: set[date], working: set[date]) -> Iterator[tuple[date, str]]:
    """What speaks against worked weekends, each with its day, in words."""
    for day in sorted(working):
        if day in off:
            yield day, _("этот день назван и выходным, и рабочим: оставьте что-нибудь одно")
        if day.weekday() < WEEKEND:
            weekday = format_date(day, "EEEE", locale=LANGUAGE)
            words = _("это {weekday}, он и так рабочий: сюда вписывают субботы и воскресенья")
            yield day, words.format(weekday=weekday)


def day_words(day: date) -> str:
    """«01.05.2026»."""
    return day.strftime("%d.%m.%Y")


def span_words(span: Span) -> str:
    """A line that `read_line` reads back: «01.05.2026–03.05.2026 Праздник Весны и Труда»."""
    days = day_words(span.first)
    if span.last != span.first:
        days += f"–{day_words(span.last)}"
    return f"{days} {span.name}".strip()


def _date(text: str, year: int) -> date:
    parts = [int(part) for part in re.split(r"[.-]", text)]
    its_year, month, day = parts if "-" in text else [*parts, year][2::-1]
    its_year += CENTURY if its_year < 100 and "-" not in text else 0  # noqa: PLR2004 - «26»
    try:
        return date(its_year, month, day)
    except ValueError:
        words = _("дня «{text}» нет в календаре")
        raise ValueError(words.format(text=text)) from None


def _no_date(value: object) -> str:
    words = _("ожидается дата или промежуток, например 01.05.{year} или {range}, а не «{value}»")
    return words.format(year=2026, range="2026-05-01..2026-05-03", value=str(value)[:60])


def _refuse_other_years(first: date, last: date, year: int, *, to_next_year: bool) -> None:
    if last < first:
        words = _("промежуток идёт назад: {first} позже, чем {last}")
        raise ValueError(words.format(first=day_words(first), last=day_words(last)))
    wrong = first if first.year != year else last
    if wrong.year not in ({year, year + 1} if to_next_year and wrong is last else {year}):
        words = _("{day} — не {year}\N{NO-BREAK SPACE}год: впишите в календарь своего года")
        if to_next_year:
            words = _(
                "{day} — не {year}\N{NO-BREAK SPACE}год: каникулы вписывают в тот год, в котором"
                " они начинаются"
            )
        raise ValueError(words.format(day=day_words(wrong), year=year))
    if (last - first).days >= LONGEST_SPAN:
        raise ValueError(_("промежуток длиннее года"))
