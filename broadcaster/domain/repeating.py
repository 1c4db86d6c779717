"""How an announcement repeats itself: on which days, at what time, and until when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from broadcaster.domain.days_off import SchoolDays, Shift
from broadcaster.domain.occasions import MARGIN, Missed, Occasion, Rhythm, occasions
from broadcaster.domain.recurrence import Recurrence, recurrence

WITHOUT_END = timedelta(days=2 * 366)
"""By then a series ends for which nobody has named an end: somebody should look at it again."""
FARTHEST_END = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True)
class Repetition:
    """An RRULE with a time of day; `begins` is its first possible day, where it needs one."""

    rule: str
    at: time
    shift: Shift = Shift.NEXT
    begins: date | None = None

    def recurrence(self) -> Recurrence:
        """The rule as it has been read; raises RuleRefused."""
        return recurrence(self.rule, begins=self.begins)

    def rhythm(self) -> Rhythm:
        """When it falls, with nobody asked; raises RuleRefused."""
        return Rhythm(
            rule=self.recurrence(),
            at=self.at,
            shift=self.shift,
            lead=timedelta(),
            consent=None,
            missed=Missed.SKIP,
        )


def end_of(rule: str) -> date | None:
    """The last possible day of a rule that has been read; None when it names none."""
    try:
        return date.fromisoformat(_parts(rule).get("UNTIL", ""))
    except ValueError:
        return None


def without_end(rule: str) -> str:
    """The rule without its last day."""
    return ";".join(f"{name}={value}" for name, value in _parts(rule).items() if name != "UNTIL")


def with_end(rule: str, last: date) -> str:
    """The rule until this day."""
    return f"{without_end(rule)};UNTIL={last:%Y%m%d}"


def bounded(repeats: Repetition, today: date) -> Repetition:
    """The same with an end: where none is named, it is a long time from now."""
    if {"UNTIL", "COUNT"} & _parts(repeats.rule).keys():
        return repeats
    return replace(repeats, rule=with_end(repeats.rule, today + WITHOUT_END))


def dates_ahead(
    repeats: Repetition, *, now: datetime, zone: ZoneInfo, days: SchoolDays
) -> list[Occasion]:
    """The dates that leave after `now`, in their order; raises RuleRefused."""
    rhythm, today = repeats.rhythm(), now.astimezone(zone).date()
    named = end_of(repeats.rule)
    last = today + (FARTHEST_END if named else WITHOUT_END)
    around = occasions(rhythm, today - MARGIN, min(named or last, last), zone=zone, days=days)
    return [one for one in around if one.send_at > now and not one.coincides]


def _parts(rule: str) -> dict[str, str]:
    plain = "".join(rule.upper().split()).removeprefix("RRULE:")
    return dict(part.split("=", 1) for part in plain.split(";") if "=" in part)
