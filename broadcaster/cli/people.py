"""`people`: the roll comes in from a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from broadcaster.bootstrap import normalisers, office
from broadcaster.cli.doors import database_open
from broadcaster.cli.output import BAD_INPUT, NEEDS_PERSON, Json, emit, fail, say, table, working
from broadcaster.contract import Capability
from broadcaster.foreign_words import system_words
from broadcaster.i18n import _
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.people import (
    ImportPlan,
    Problem,
    apply,
    plan_destinations,
    plan_people,
)

File = Annotated[
    Path,
    typer.Argument(
        metavar=_("ФАЙЛ"), help=_("Таблица CSV или XLSX, например examples/people.csv.")
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help=_("Только проверить файл."))]
GoodOnly = Annotated[
    bool, typer.Option("--good-rows", help=_("Взять верные строки, ошибочные пропустить."))
]


def import_people(
    file: File, *, dry_run: DryRun = False, good_rows: GoodOnly = False, as_json: Json = False
) -> None:
    """Import pupils, guardians and their addresses."""

    def plan(raw: BinaryIO) -> ImportPlan:
        today = datetime.now(UTC).astimezone(office().school.time_zone).date()
        return plan_people(
            raw, name=file.name, channels=normalisers(Capability.PEOPLE), today=today
        )

    _import(file, plan, dry_run=dry_run, good_rows=good_rows, as_json=as_json)


def import_destinations(
    file: File, *, dry_run: DryRun = False, good_rows: GoodOnly = False, as_json: Json = False
) -> None:
    """Import walls, channels, chats and sections of the site."""

    def plan(raw: BinaryIO) -> ImportPlan:
        return plan_destinations(raw, channels=normalisers(Capability.DESTINATIONS))

    _import(file, plan, dry_run=dry_run, good_rows=good_rows, as_json=as_json)


def _import(
    file: Path,
    plan: Callable[[BinaryIO], ImportPlan],
    *,
    dry_run: bool,
    good_rows: bool,
    as_json: bool,
) -> None:
    database_open()
    try:
        with file.open("rb") as raw, working(_("Читаю {file}…").format(file=file)):
            found = plan(raw)
    except OSError as error:
        words = _("{file}: не удалось открыть: {why}").format(file=file, why=system_words(error))
        fail("unreadable", [words], exit_code=BAD_INPUT)
    applied = not dry_run and (good_rows or not found.problems)
    if applied:
        with working(_("Записываю…")):
            apply(found, good_rows_only=good_rows, by=COMMAND_LINE, now=datetime.now(UTC))
    if as_json:
        emit(_as_json(found, applied=applied))
    else:
        _show(file, found, applied=applied)
    if found.problems:
        raise typer.Exit(NEEDS_PERSON if applied else BAD_INPUT)


def _show(file: Path, found: ImportPlan, *, applied: bool) -> None:
    for problem in found.problems:
        say(_told(file, problem), "red")
    for warning in found.warnings:
        say(_told(file, warning), "yellow")
    kinds = {
        "groups": _("группы"),
        "pupils": _("дети"),
        "guardians": _("родители"),
        "addresses": _("адреса"),
        "destinations": _("площадки"),
    }
    rows = [(kinds[kind], *count.values()) for kind, count in asdict(found.counts).items()]
    if rows := [row for row in rows if any(row[1:])]:
        table(["", _("новых"), _("изменится"), _("без изменений")], rows)
    if applied:
        say(_("Загружено строк: {count}.").format(count=found.good_rows), "bold")
    elif found.problems:
        say(_("Ничего не загружено: исправьте эти строки или добавьте --good-rows."))
        say(_("Верных строк: {count}.").format(count=found.good_rows))
    else:
        say(_("Ошибок нет. Ничего не загружено: это была проверка."))


def _told(file: Path, problem: Problem) -> str:
    where = str(file)
    if problem.line:
        where += ", " + _("строка {line}").format(line=problem.line)
    if problem.column:
        where += f", «{problem.column}»"
    return f"{where}: {problem.text} {problem.hint}".strip()


def _as_json(found: ImportPlan, *, applied: bool) -> dict[str, Any]:
    return {
        "applied": applied,
        "good_rows": found.good_rows,
        "counts": asdict(found.counts),
        "problems": [asdict(problem) for problem in found.problems],
        "warnings": [asdict(warning) for warning in found.warnings],
    }
