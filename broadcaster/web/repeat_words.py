"""How an announcement repeats itself, as its pages say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from broadcaster.bootstrap import office
from broadcaster.calendar_words import day_and_month, rule_words
from broadcaster.domain.occasions import Occasion
from broadcaster.domain.repeating import Repetition, bounded
from broadcaster.i18n import _
from broadcaster.services.calendar.series_ahead import ahead, faults
from broadcaster.services.outlets import local_day

NEXT_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Repeated:
    """A repetition in words: its rule, how often it is to come, and the next dates.

    `quiet` tells that its hour lies within the school's quiet hours. `problems` are told instead
    where nothing would be sent.
    """

    rule: str = ""
    count: int = 0
    following: str = ""
    quiet: str = ""
    problems: tuple[str, ...] = ()


def repeated(repeats: Repetition, *, now: datetime) -> Repeated:
    """A repetition, right or wrong, in words."""
    if problems := tuple(faults(office(), repeats, now=now)):
        return Repeated(problems=problems)
    dates = ahead(office(), repeats, now=now)
    kept = bounded(repeats, local_day(office(), now))
    return Repeated(
        rule=rule_words(kept.recurrence(), kept.at),
        count=len(dates),
        following=", ".join(day_words(one) for one in dates[:NEXT_SHOWN]),
        quiet=_quiet(dates),
    )


def day_words(one: Occasion) -> str:
    """«27 ноября», on the school's clock; where a day off has moved it, the day to which."""
    return day_and_month(one.send_at.astimezone(office().school.time_zone).date())


def _quiet(dates: Sequence[Occasion]) -> str:
    quiet = office().quiet
    until = quiet.until(dates[0].send_at) if quiet and dates else None
    if until is None:
        return ""
    at = until.astimezone(office().school.time_zone)
    words = _("В это время тихие часы: обычные и важные копии будут ждать до {time}.")
    return words.format(time=f"{at:%H:%M}")
