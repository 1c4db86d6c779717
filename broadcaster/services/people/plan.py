"""What an import found in a file and what it would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from broadcaster.contract import DataClass


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in a file: where, what is wrong, and what to do about it.

    `line` counts from 1 as an editor does, 0 means the file as a whole; `column` is the column's
    title as the file writes it, empty when the whole line is meant.
    """

    line: int
    column: str
    text: str
    hint: str


@dataclass(frozen=True, slots=True)
class Given:
    """An address as a row gives it: in the one spelling of its channel, `place` is its column."""

    place: int
    channel: str
    value: str

    @property
    def key(self) -> tuple[str, str]:
        """Channel and value."""
        return self.channel, self.value


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A good row of a file of people: one guardian of one pupil."""

    line: int
    groups: tuple[str, ...]
    pupil: str
    guardian: str
    addresses: tuple[Given, ...] = ()
    prefers: str = ""
    consent_on: date | None = None
    consent_source: str = ""


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A good row of a file of destinations; without groups it is the school's own."""

    line: int
    groups: tuple[str, ...]
    channel: str
    value: str
    title: str
    data_class: DataClass


@dataclass(frozen=True, slots=True)
class Count:
    """How many of one kind are new, differ from the database, or are there already."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """What the good rows of a file speak of, by kind."""

    groups: Count = Count()
    pupils: Count = Count()
    guardians: Count = Count()
    addresses: Count = Count()
    destinations: Count = Count()


@dataclass(frozen=True, slots=True)
class Gone:
    """Display names of those who are on the roll and not in the file, sorted."""

    pupils: tuple[str, ...] = ()
    guardians: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """A file that has been read and compared with the database; nothing is written yet.

    `counts` are of the good rows, `newcomers` the parents who are new. `gone` are children and
    parents of the file's groups whom no good row speaks of; an import removes nobody. A mistake in
    the header leaves no good row, because a column might be lost. `warnings` are worth a look and
    stop nothing.
    """

    people: tuple[PersonRow, ...] = ()
    destinations: tuple[PlaceRow, ...] = ()
    counts: Counts = Counts()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    newcomers: tuple[str, ...] = ()
    gone: Gone = Gone()

    @property
    def good_rows(self) -> int:
        """How many rows can be imported."""
        return len(self.people) + len(self.destinations)


class ProblemsRemain(Exception):
    """The file has mistakes and nobody said to leave the bad rows out; nothing was written."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems remain")
        self.problems = tuple(problems)


class Unreadable(Exception):
    """The file is no table; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text)
        self.problem = problem
