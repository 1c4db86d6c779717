"""Which dates a repetition has, and what is wrong with it; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from broadcaster.calendar_words import refusal_words
from broadcaster.domain.occasions import Occasion
from broadcaster.domain.recurrence import RuleRefused
from broadcaster.domain.repeating import (
    FARTHEST_END,
    Repetition,
    bounded,
    dates_ahead,
    end_of,
)
from broadcaster.i18n import _
from broadcaster.services.calendar.days_off import school_days
from broadcaster.services.outlets import Office, local_day


def ahead(office: Office, repeats: Repetition, *, now: datetime) -> list[Occasion]:
    """The dates that leave after `now`, in their order; raises RuleRefused."""
    zone, days = office.school.time_zone, school_days(office.calendar.week).days
    kept = bounded(repeats, local_day(office, now))
    return dates_ahead(kept, now=now, zone=zone, days=days)


def faults(office: Office, repeats: Repetition, *, now: datetime) -> Iterator[str]:
    """Why nothing can be repeated like this, and what to do."""
    today = local_day(office, now)
    try:
        found = ahead(office, repeats, now=now)
    except RuleRefused as refused:
        yield _("Правило повторения: {why}.").format(why=refusal_words(refused))
        return
    end = end_of(repeats.rule)
    if end is not None and end > today + FARTHEST_END:
        yield _("Выберите последний день не дальше пяти лет.")
    elif not found:
        yield _("По этому правилу не наступит ни одна дата. Проверьте дни и последний день.")
