"""Planning an import and applying it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction

from broadcaster.i18n import _
from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.people.absent import gone
from broadcaster.services.people.cells import LONGEST_NAME, Normalise
from broadcaster.services.people.changes import compare
from broadcaster.services.people.doubts import doubts, moved_up, out_of_reach
from broadcaster.services.people.plan import Counts, ImportPlan, ProblemsRemain, Unreadable
from broadcaster.services.people.rows import Customs, people_rows, place_rows
from broadcaster.services.people.sheet import Readable, read_sheet
from broadcaster.store.queries.people import lock_roll, read_roll, write_changes

log = logging.getLogger(__name__)


def plan_people(
    file: Readable, *, name: str, channels: Mapping[str, Normalise], today: date
) -> ImportPlan:
    """Read a file of people and compare it with the database; changes nothing.

    `channels` are those that can reach a person. `name` is the file's, for consents that name no
    source.
    """
    customs = Customs(channels, today, _("файл {name}").format(name=name)[:LONGEST_NAME])
    try:
        rows = people_rows(read_sheet(file), customs)
    except Unreadable as fault:
        return ImportPlan(problems=(fault.problem,))
    roll = read_roll()
    comparison = compare(rows.good, (), roll)
    return ImportPlan(
        people=rows.good,
        counts=comparison.counts,
        problems=rows.problems,
        warnings=(
            *out_of_reach(comparison.matches),
            *moved_up(comparison.matches, roll),
            *doubts(comparison.matches, roll, rows.header),
        ),
        newcomers=tuple(sorted(comparison.changes.guardians.values())),
        gone=gone(comparison.matches, roll),
    )


def plan_destinations(file: Readable, *, channels: Mapping[str, Normalise]) -> ImportPlan:
    """Read a file of destinations and compare it with the database; changes nothing.

    `channels` are those that have public or group places.
    """
    try:
        rows = place_rows(read_sheet(file), channels)
    except Unreadable as fault:
        return ImportPlan(problems=(fault.problem,))
    comparison = compare((), rows.good, read_roll())
    return ImportPlan(destinations=rows.good, counts=comparison.counts, problems=rows.problems)


def apply(plan: ImportPlan, *, good_rows_only: bool, by: Actor, now: datetime) -> Counts:
    """Write the good rows in one transaction and return what became of them.

    They are compared once more: the database may have changed since the plan was made. Raises
    ProblemsRemain, nothing written, when there are problems and `good_rows_only` is False.
    """
    if plan.problems and not good_rows_only:
        raise ProblemsRemain(plan.problems)
    with transaction.atomic():
        lock_roll()
        comparison = compare(plan.people, plan.destinations, read_roll())
        write_changes(comparison.changes, now=now)
        told = {kind: count["new"] for kind, count in asdict(comparison.counts).items()}
        record(by, Action.PEOPLE_IMPORTED, now=now, rows=plan.good_rows, new=told)
    log.info("roll.imported", extra=asdict(comparison.counts))
    return comparison.counts
