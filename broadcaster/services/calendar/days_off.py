"""The production calendar, a file a year: shipped ones, and the school's own in their place.

A year that nobody has entered is taken from the library `holidays`: its feasts, and the days off
that the law moves from a weekend. A wrong file is told with its key and stays out, the year is then
what it would be without the file; the other years go on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date

from broadcaster.config import ConfigMistake, read_yaml
from broadcaster.config_values import ROOT, unknown
from broadcaster.domain.days_off import SchoolDays, Span, Year, carried_over, named_days
from broadcaster.i18n import LANGUAGE, _
from broadcaster.services.calendar.day_spans import objections, read_days, read_name
from broadcaster.services.calendar.own_files import own_place

SHIPPED = ROOT / "config" / "days-off"
YEAR_FILE = re.compile(r"[12][0-9]{3}\.yaml")
KEYS = ("basis", "days_off", "working", "vacations")
BACK, AHEAD = 1, 11
"""Years before and after the present one that are known in any case."""

Stamps = tuple[tuple[Path, int, int, int], ...]
"""Files, and what tells that each has changed."""


@dataclass(frozen=True, slots=True)
class DaysProblem:
    """What is wrong in a year's file; `key` is empty when it is the whole file."""

    file: Path
    key: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.text}" if self.key else f"{self.file}: {self.text}"


@dataclass(frozen=True, slots=True)
class Days:
    """The days on which the school works, and what is wrong with files that were left out."""

    days: SchoolDays
    problems: tuple[DaysProblem, ...]


def own_folder() -> Path:
    """The school's own years; the folder need not exist."""
    return own_place(SHIPPED)


def own_year(number: int) -> Path:
    """The school's own file of a year; it need not exist."""
    return own_folder() / f"{number}.yaml"


def years_shown(now: datetime) -> range:
    """The years that are known in any case."""
    return range(now.year - BACK, now.year + AHEAD + 1)


def school_days(week: int, *, now: datetime | None = None) -> Days:
    """The school's days as the files have them now; they are read again only when one has changed.

    `week` is how many days of a week the school works, from Monday.
    """
    years = years_shown(now or datetime.now(UTC))
    return _school_days(week, years, _stamps(SHIPPED), _stamps(own_folder()))


def shipped_year(number: int) -> Year:
    """A year without the school's own file."""
    return _as_shipped(number, _stamps(SHIPPED))


def read_year(file: Path, number: int) -> tuple[Year, list[DaysProblem]]:
    """A year's file, which is good when there is no problem."""
    try:
        reading = _Reading(file, number, read_yaml(file))
    except ConfigMistake as mistake:
        text = " ".join(mistake.problem.split())
        return Year(), [DaysProblem(file, mistake.key, text)]
    return reading.year(), reading.problems


@lru_cache(maxsize=8)
def _school_days(week: int, years: range, shipped: Stamps, own: Stamps) -> Days:
    found = {number: _as_shipped(number, shipped) for number in {*years, *_numbers(shipped)}}
    problems = [*_read(shipped).problems, *_read(own).problems, *_strangers(own)]
    return Days(SchoolDays(week, {**found, **_read(own).years}), tuple(problems))


def _as_shipped(number: int, shipped: Stamps) -> Year:
    return _read(shipped).years.get(number) or _assumed(number)


@dataclass(frozen=True, slots=True)
class _Read:
    """The good years of a folder, and what is wrong with the others."""

    years: Mapping[int, Year]
    problems: tuple[DaysProblem, ...]


@lru_cache(maxsize=8)
def _read(stamps: Stamps) -> _Read:
    read = {number: read_year(file, number) for number, file in _numbers(stamps).items()}
    return _Read(
        years={number: year for number, (year, told) in read.items() if not told},
        problems=tuple(problem for _year, told in read.values() for problem in told),
    )


@lru_cache(maxsize=64)
def _assumed(number: int) -> Year:
    """A year as the library knows it, with the transfers when it knows them."""
    from holidays import country_holidays  # noqa: PLC0415 - most commands need no year of it

    known = country_holidays("RU", years=number, language="ru")
    off = dict(known)
    if number not in known.special_public_holidays:
        off |= {
            day: _("Выходной, перенесён с {day}").format(
                day=format_date(holiday, "d MMMM", locale=LANGUAGE)
            )
            for day, holiday in carried_over(off).items()
        }
    return Year(off=off, working=frozenset(known.weekend_workdays), basis=_("праздники по ТК РФ"))


def _stamps(folder: Path) -> Stamps:
    try:
        files = sorted(one for one in folder.iterdir() if one.suffix in {".yaml", ".yml"})
    except OSError:
        return ()
    return tuple(_stamp(file) for file in files if not file.name.startswith("."))


def _stamp(file: Path) -> tuple[Path, int, int, int]:
    try:
        seen = file.stat()
    except OSError:
        return file, 0, 0, 0
    return file, seen.st_mtime_ns, seen.st_size, seen.st_ino


def _numbers(stamps: Stamps) -> dict[int, Path]:
    files = (file for file, *_rest in stamps)
    return {int(file.stem): file for file in files if YEAR_FILE.fullmatch(file.name)}


def _strangers(stamps: Stamps) -> Iterator[DaysProblem]:
    for file, *_rest in stamps:
        if not YEAR_FILE.fullmatch(file.name):
            yield DaysProblem(file, "", _("имя файла — это год, например 2026.yaml"))


@dataclass(slots=True)
class _Reading:
    """Reads one file whole; every problem is noted, none stops it."""

    file: Path
    number: int
    read: Mapping[Any, Any]
    problems: list[DaysProblem] = field(default_factory=list)

    def year(self) -> Year:
        for name in self.read:
            if name not in KEYS:
                key = "off" if name is False else str(name)  # as YAML 1.1 reads it
                self._note(key, unknown(key, dict.fromkeys(KEYS)))
        off = named_days(self._named("days_off"))
        working = self._working(set(off))
        vacations = tuple(sorted(self._named("vacations", to_next_year=True)))
        return Year(
            off=off, working=working, vacations=vacations, basis=self._basis(), assumed=False
        )

    def _named(self, key: str, *, to_next_year: bool = False) -> Iterator[Span]:
        block = self.read.get(key) or {}
        if not isinstance(block, dict):
            self._note(key, _("ожидаются строки «дата: название»"))
            return
        for when, name in block.items():
            try:
                days = read_days(when, self.number, to_next_year=to_next_year)
                yield Span(first=days.first, last=days.last, name=read_name(name))
            except ValueError as error:
                self._note(f"{key}.{when}", str(error))

    def _working(self, off: set[date]) -> frozenset[date]:
        block = self.read.get("working") or []
        if not isinstance(block, list):
            self._note("working", _("ожидается список дат"))
            return frozenset()
        found: set[date] = set()
        for when in block:
            try:
                found.update(read_days(when, self.number).days())
            except ValueError as error:
                self._note("working", str(error))
        for day, text in objections(off, found):
            self._note(f"working.{day}", text)
        return frozenset(found)

    def _basis(self) -> str:
        try:
            return read_name(self.read["basis"]) if self.read.get("basis") else ""
        except ValueError as error:
            self._note("basis", str(error))
            return ""

    def _note(self, key: str, text: str) -> None:
        self.problems.append(DaysProblem(self.file, key, text))
