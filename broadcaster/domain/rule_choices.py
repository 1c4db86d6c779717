"""The usual recurrences as a few choices on a screen, each of them an RRULE and back."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NUMBERS = ("1", "2", "3", "4", "-1")
"""Which weekday of a month; the fifth is not offered, as most months have none."""
LAST_DAY = -1
LONGEST_MONTH = 31


class How(StrEnum):
    """The shapes that can be chosen."""

    YEAR_DATE = "year_date"
    YEAR_WEEKDAY = "year_weekday"
    MONTH_DATE = "month_date"
    MONTH_WEEKDAY = "month_weekday"
    WEEK = "week"
    OTHER = "other"
    """The rule itself, as it is written."""


def rule_of(how: How, chosen: Mapping[str, Any]) -> str:
    """The RRULE of a choice; its values are named as `choice_of` names them."""
    match how:
        case How.YEAR_DATE:
            day, month = chosen["year_day"], chosen["year_month"]
            return f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day}"
        case How.YEAR_WEEKDAY:
            number, weekday = chosen["weekday_number"], chosen["weekday"]
            month = chosen["weekday_month"]
            return f"FREQ=YEARLY;BYMONTH={month};BYDAY={number}{weekday}"
        case How.MONTH_DATE:
            return f"FREQ=MONTHLY;BYMONTHDAY={chosen['month_day']}"
        case How.MONTH_WEEKDAY:
            return f"FREQ=MONTHLY;BYDAY={chosen['month_number']}{chosen['month_weekday']}"
        case How.WEEK:
            days = [day for day in WEEKDAYS if day in chosen["week_days"]]
            return f"FREQ=WEEKLY;BYDAY={','.join(days)}"
        case How.OTHER:
            return str(chosen["rule"]).strip()


def choice_of(text: str) -> tuple[How, dict[str, Any]]:
    """The choice that makes this RRULE, with its values; OTHER when none does."""
    parts = _parts(text)
    for how, names in _SHAPES.items():
        if parts.keys() == names:
            chosen = _chosen(how, parts)
            if chosen and set(_parts(rule_of(how, chosen)).items()) == set(parts.items()):
                return how, chosen
    return How.OTHER, {"rule": text}


def same_rule(one: str, other: str) -> bool:
    """Whether two texts say the same, in whatever order of their parts."""
    return sorted(_parts(one).items()) == sorted(_parts(other).items())


_SHAPES: Mapping[How, frozenset[str]] = {
    How.YEAR_DATE: frozenset({"FREQ", "BYMONTH", "BYMONTHDAY"}),
    How.YEAR_WEEKDAY: frozenset({"FREQ", "BYMONTH", "BYDAY"}),
    How.MONTH_DATE: frozenset({"FREQ", "BYMONTHDAY"}),
    How.MONTH_WEEKDAY: frozenset({"FREQ", "BYDAY"}),
    How.WEEK: frozenset({"FREQ", "BYDAY"}),
}


def _parts(text: str) -> dict[str, str]:
    plain = "".join(str(text).upper().split()).removeprefix("RRULE:")
    pairs = (part.partition("=") for part in plain.split(";") if part)
    return {name: value.replace("+", "") for name, _equals, value in pairs}


def _chosen(how: How, parts: Mapping[str, str]) -> dict[str, Any]:
    """The values of a choice as far as they can be shown; empty when they cannot."""
    month, day = _number(parts.get("BYMONTH"), 12), _number(parts.get("BYMONTHDAY"), LONGEST_MONTH)
    weekday, number = parts.get("BYDAY", "")[-2:], parts.get("BYDAY", "")[:-2]
    is_nth = weekday in WEEKDAYS and number in NUMBERS
    days = parts.get("BYDAY", "").split(",")
    match how:
        case How.YEAR_DATE if month and day:
            return {"year_day": day, "year_month": month}
        case How.YEAR_WEEKDAY if month and is_nth:
            return {"weekday_number": number, "weekday": weekday, "weekday_month": month}
        case How.MONTH_DATE if day or parts["BYMONTHDAY"] == str(LAST_DAY):
            return {"month_day": day or LAST_DAY}
        case How.MONTH_WEEKDAY if is_nth:
            return {"month_number": number, "month_weekday": weekday}
        case How.WEEK if set(days) <= set(WEEKDAYS):
            return {"week_days": days}
    return {}


def _number(text: str | None, most: int) -> int:
    """A plain number from 1 to `most`; 0 for anything else."""
    fits = text is not None and text.isascii() and text.isdecimal() and len(text) <= len(str(most))
    return int(text or 0) if fits and 1 <= int(text or 0) <= most else 0
