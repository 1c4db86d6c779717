"""Families that another program sends as data: laid out as a table and read like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from broadcaster.i18n import _
from broadcaster.services.audit import Actor
from broadcaster.services.people.cells import LONGEST_NAME, Normalise
from broadcaster.services.people.changes import compare
from broadcaster.services.people.doubts import doubts
from broadcaster.services.people.importing import apply
from broadcaster.services.people.plan import ImportPlan, Problem, ProblemsRemain
from broadcaster.services.people.rows import Customs, people_rows
from broadcaster.services.people.sheet import Record, Sheet
from broadcaster.store.queries.people import read_roll

FIELDS = ("groups", "pupil", "guardian", "prefers", "consent", "consent_source")
"""Of a person sent by a program, in the order of the columns below."""
TITLES = ("group", "pupil", "guardian", "prefers", "consent", "consent source")
"""The columns of a table that say the same."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """One guardian of one pupil, as a program sends them; `addresses` are channel → address."""

    groups: Sequence[str]
    pupil: str
    guardian: str
    addresses: Mapping[str, str] = field(default_factory=dict)
    prefers: str = ""
    consent: str = ""
    consent_source: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A problem of what a program sent: at which index, in which field; -1 stands for all of it."""

    index: int
    field: str
    text: str
    hint: str


def plan_pushed(
    people: Sequence[Pushed], *, name: str, channels: Mapping[str, Normalise], today: date
) -> ImportPlan:
    """Compare what was sent with the database; changes nothing.

    `name` is the program's, for consents that name no source. A problem's line is the index + 1.
    """
    source = _("программа {name}").format(name=name)[:LONGEST_NAME]
    rows = people_rows(_sheet(people, channels), Customs(channels, today, source))
    roll = read_roll()
    comparison = compare(rows.good, (), roll)
    return ImportPlan(
        people=rows.good,
        counts=comparison.counts,
        problems=(*_unknown_channels(people, channels), *rows.problems),
        warnings=tuple(doubts(comparison.matches, roll, rows.header)),
    )


def push(
    people: Sequence[Pushed],
    *,
    name: str,
    channels: Mapping[str, Normalise],
    today: date,
    dry_run: bool,
    by: Actor,
    now: datetime,
) -> ImportPlan:
    """Take families in, all or none, or with `dry_run` only say what that would change.

    Raises ProblemsRemain, nothing written.
    """
    plan = plan_pushed(people, name=name, channels=channels, today=today)
    if plan.problems:
        raise ProblemsRemain(plan.problems)
    if not dry_run:
        apply(plan, good_rows_only=False, by=by, now=now)
    return plan


def spot(problem: Problem) -> Spot:
    """Where in the data a problem of the table lies."""
    known = dict(zip(TITLES, FIELDS, strict=True))
    column = problem.column
    path = known.get(column, f"addresses.{column}" if column else "")
    return Spot(problem.line - 1, path, problem.text, problem.hint)


def _unknown_channels(people: Sequence[Pushed], known: Mapping[str, Normalise]) -> list[Problem]:
    """A table would tell it once, of the column; here every index is told."""
    text, hint = _("Нет такого канала."), _("Можно: {names}.").format(names=", ".join(known))
    return [
        Problem(line, name, text, hint)
        for line, person in enumerate(people, start=1)
        for name in person.addresses
        if name not in known
    ]


def _sheet(people: Sequence[Pushed], known: Mapping[str, Normalise]) -> Sheet:
    """A table with a column for every channel that somebody names."""
    named = dict.fromkeys(name for person in people for name in person.addresses)
    channels = [name for name in named if name in known]
    records = tuple(
        Record(line, _cells(person, channels)) for line, person in enumerate(people, start=1)
    )
    return Sheet(Record(0, (*TITLES, *channels)), records, ())


def _cells(person: Pushed, channels: Sequence[str]) -> tuple[str, ...]:
    return (
        ",".join(person.groups),
        person.pupil,
        person.guardian,
        person.prefers,
        person.consent,
        person.consent_source,
        *(person.addresses.get(channel, "") for channel in channels),
    )
