"""Changing a year of the school's days off: its own file is written, or taken away again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path

from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from broadcaster.config import ConfigMistake
from broadcaster.domain.days_off import Span, Year, named_days, spans
from broadcaster.i18n import _
from broadcaster.services.audit import Action, Actor
from broadcaster.services.calendar.days_off import own_year, read_year, shipped_year
from broadcaster.services.settling import About, settle, take_away

HEAD = _(
    """\
# Выходные и каникулы вашей школы. Этот файл заменяет исходный календарь года целиком; его меняют
# на странице «Выходные и каникулы» или здесь.
"""
)


class ChangedMeanwhile(Exception):
    """Somebody else has changed this year since it was looked at."""


def edition(number: int) -> str:
    """What tells the school's own file of a year from what it was or will be."""
    try:
        return hashlib.sha256(own_year(number).read_bytes()).hexdigest()[:16]
    except OSError:
        return ""


def save_year(
    number: int,
    off: Iterable[Span],
    working: Iterable[date],
    vacations: Iterable[Span],
    *,
    by: Actor,
    now: datetime,
    basis: str = "",
    seen: str | None = None,
) -> bool:
    """Write the school's own file of a year; False when that changes nothing.

    `seen` is the edition that was looked at. Raises ChangedMeanwhile, ConfigMistake when a part
    cannot be used, or Unwritable, and then nothing is written.
    """
    year = Year(
        off=named_days(off),
        working=frozenset(working),
        vacations=tuple(sorted(vacations)),
        basis=basis,
        assumed=False,
    )
    file = own_year(number)
    if not file.exists() and year == shipped_year(number):
        return False
    check = _checked(number, seen)
    return bool(settle(_written(year), by=by, now=now, check=check, file=file, about=_of(number)))


def reset_year(number: int, *, by: Actor, now: datetime) -> bool:
    """Go back to the year as it is shipped; False when it is. Raises Unwritable."""
    return take_away(own_year(number), _of(number), by=by, now=now)


def _of(number: int) -> About:
    return About(Action.CALENDAR_CHANGED, "calendar", str(number), head=HEAD)


def _checked(number: int, seen: str | None) -> Callable[[Path], None]:
    """What a candidate must pass while nobody else may write."""

    def check(candidate: Path) -> None:
        if seen is not None and edition(number) != seen:
            raise ChangedMeanwhile
        for problem in read_year(candidate, number)[1]:
            raise ConfigMistake(own_year(number), problem.key, problem.text)

    return check


def _written(year: Year) -> dict[str, object]:
    return {
        "basis": DoubleQuotedScalarString(year.basis),
        "days_off": _named(spans(year.off)),
        "working": sorted(year.working),
        "vacations": _named(year.vacations),
    }


def _named(given: Iterable[Span]) -> CommentedMap:
    """Spans as the file has them; words get quotes, so that none is read as something else."""
    return CommentedMap(
        (
            span.first if span.first == span.last else f"{span.first}..{span.last}",
            DoubleQuotedScalarString(span.name),
        )
        for span in given
    )
