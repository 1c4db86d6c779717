"""On which days something repeats itself: an RRULE of iCalendar (RFC 5545), by days only.

The rule is read by python-dateutil. What is refused here would fall more than once a day, has no
end that dateutil could find, or never falls at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import takewhile
from typing import cast

from dateutil.rrule import rrule, rrulestr

EPOCH = date(2020, 1, 6)
"""The first day of rules that name none; a Monday."""
LOOK_AHEAD = timedelta(days=366 * 9)
"""A rule that does not fall within nine years, which hold a 29 February, never does."""
LONGEST, MOST_INTERVAL, MOST_COUNT = 300, 100, 10_000

COMMON = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYMONTH"})
ALLOWED = {
    "DAILY": COMMON | {"BYDAY"},
    "WEEKLY": COMMON | {"BYDAY"},
    "MONTHLY": COMMON | {"BYDAY", "BYMONTHDAY", "BYSETPOS"},
    "YEARLY": COMMON | {"BYDAY", "BYMONTHDAY", "BYSETPOS"},
}
"""The parts each frequency may have: with others dateutil might search until the year 9999."""

APART = (
    ("COUNT", "UNTIL"),
    ("INTERVAL", "BYMONTH"),
    ("INTERVAL", "BYDAY"),
    ("BYSETPOS", "BYMONTHDAY"),
)
"""Parts that do not go together: what they mean together may never come."""
TOGETHER = {("YEARLY", "INTERVAL", "BYMONTH")} | {
    (frequency, "INTERVAL", "BYDAY") for frequency in ("WEEKLY", "MONTHLY", "YEARLY")
}
SET_POSITIONS = re.compile(r"[+-]?[1-4]")
"""A month has at least four of every weekday."""

UNTIL = re.compile(r"\d{8}")
WEEKDAYS = re.compile(r"(?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU))*")
NTH_WEEKDAYS = re.compile(
    r"(?:[+-]?[1-5])?(?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:[+-]?[1-5])?(?:MO|TU|WE|TH|FR|SA|SU))*"
)
MONTH_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Mistake(StrEnum):
    """What can be wrong with a rule; their words are in `broadcaster.calendar_words`."""

    TOO_LONG = "too_long"
    NO_FREQUENCY = "no_frequency"
    PART = "part"
    NUMBER = "number"
    UNTIL = "until"
    UNREADABLE = "unreadable"
    NEVER = "never"
    NEEDS_BEGINNING = "needs_beginning"


class RuleRefused(ValueError):
    """The text is no rule for days; `part` is what is wrong in it, `problem` a `Mistake`."""

    def __init__(self, problem: Mistake, part: str = "") -> None:
        super().__init__(f"{problem} {part}".strip())
        self.problem = problem
        self.part = part


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule that has been checked: `text` in capitals, without blanks, and its first day."""

    text: str
    begins: date
    _rule: rrule = field(repr=False, compare=False, hash=False)

    def days(self, first: date, last: date) -> list[date]:
        """The days on which it falls, from `first` to `last`, both included."""
        moments = self._rule.xafter(datetime.combine(first, time()), inc=True)
        return [at.date() for at in takewhile(lambda at: at.date() <= last, moments)]

    def after(self, day: date) -> date | None:
        """The first day on which it falls after `day`; None when it has come to its end."""
        found = self._rule.after(datetime.combine(day, time()))
        return found.date() if found else None

    @property
    def leap_years_only(self) -> bool:
        """Whether it falls on 29 February alone: three years of four would be left out."""
        ahead = takewhile(lambda at: at.date() <= self.begins + LOOK_AHEAD, self._rule)
        return all((at.month, at.day) == (2, 29) for at in ahead)


def recurrence(text: str, *, begins: date | None = None) -> Recurrence:
    """Read a rule; raises RuleRefused.

    `begins` is the first possible day. A rule with INTERVAL or COUNT needs one, and a rule that
    does not say which days it means: it falls on the weekday or the date of its first one.
    """
    parts = _parts(text)
    floats = parts["FREQ"] != "DAILY" and not {"BYDAY", "BYMONTHDAY"} & parts.keys()
    if begins is None and (floats or {"COUNT", "INTERVAL"} & parts.keys()):
        raise RuleRefused(Mistake.NEEDS_BEGINNING)
    start = begins or EPOCH
    canonical = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        rule = cast(
            "rrule", rrulestr(canonical, dtstart=datetime.combine(start, time()), cache=True)
        )
        first = next(iter(rule), None)
    except (ValueError, KeyError, TypeError, OverflowError, IndexError) as error:
        raise RuleRefused(Mistake.UNREADABLE, canonical) from error
    if first is None or first.date() > start + LOOK_AHEAD:
        raise RuleRefused(Mistake.NEVER, canonical)
    return Recurrence(canonical, start, rule)


def _parts(text: str) -> dict[str, str]:
    """The parts by name, each checked for what dateutil lets pass."""
    plain = "".join(text.upper().split()).removeprefix("RRULE:")
    if len(plain) > LONGEST:
        raise RuleRefused(Mistake.TOO_LONG)
    pairs = [part.partition("=") for part in plain.split(";") if part]
    parts = {name: value for name, _equals, value in pairs}
    frequency = parts.get("FREQ", "")
    if frequency not in ALLOWED or len(parts) != len(pairs):
        raise RuleRefused(Mistake.NO_FREQUENCY, frequency)
    for name, value in parts.items():
        _refuse_part(frequency, name, value)
    _refuse_endless(parts)
    return parts


def _refuse_part(frequency: str, name: str, value: str) -> None:
    if name not in ALLOWED[frequency] or not value:
        raise RuleRefused(Mistake.PART, name)
    most = {"INTERVAL": MOST_INTERVAL, "COUNT": MOST_COUNT}.get(name)
    if most and not (value.isascii() and value.isdecimal() and 1 <= int(value) <= most):
        raise RuleRefused(Mistake.NUMBER, name)
    if name == "UNTIL" and not UNTIL.fullmatch(value):
        raise RuleRefused(Mistake.UNTIL, value)
    weekdays = WEEKDAYS if frequency in {"DAILY", "WEEKLY"} else NTH_WEEKDAYS
    if name == "BYDAY" and not weekdays.fullmatch(value):
        raise RuleRefused(Mistake.PART, f"BYDAY={value}")


def _refuse_endless(parts: dict[str, str]) -> None:
    """Refuse what may never fall, before dateutil looks for it until the year 9999."""
    for one, other in APART:
        if {one, other} <= parts.keys() and (parts["FREQ"], one, other) not in TOGETHER:
            raise RuleRefused(Mistake.PART, f"{one}, {other}")
    if "BYSETPOS" in parts and not (
        SET_POSITIONS.fullmatch(parts["BYSETPOS"]) and WEEKDAYS.fullmatch(parts.get("BYDAY", ""))
    ):
        raise RuleRefused(Mistake.PART, f"BYSETPOS={parts['BYSETPOS']}")
    if "BYMONTHDAY" in parts and not WEEKDAYS.fullmatch(parts.get("BYDAY", "MO")):
        raise RuleRefused(Mistake.PART, "BYDAY, BYMONTHDAY")
    try:
        months = [int(month) for month in parts.get("BYMONTH", "").split(",") if month]
        days = [int(day) for day in parts.get("BYMONTHDAY", "").split(",") if day]
    except ValueError as error:
        raise RuleRefused(Mistake.UNREADABLE, "BYMONTH, BYMONTHDAY") from error
    if any(not 1 <= month <= len(MONTH_LENGTHS) for month in months):
        raise RuleRefused(Mistake.NUMBER, "BYMONTH")
    longest = max((MONTH_LENGTHS[month - 1] for month in months), default=31)
    if days and not any(1 <= abs(day) <= longest for day in days):
        raise RuleRefused(Mistake.NEVER, "BYMONTHDAY")
