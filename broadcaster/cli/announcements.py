"""`preview` and `report`: looking at an announcement before and after it is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from broadcaster.bootstrap import office, showroom
from broadcaster.cli.doors import announcement_of, database_open
from broadcaster.cli.exporting import write_report
from broadcaster.cli.options import Channels, File, as_number
from broadcaster.cli.output import BAD_COMMAND, BAD_INPUT, NEEDS_PERSON, Json, emit, fail, say
from broadcaster.cli.previewing import preview_as_json, show_preview, write_preview
from broadcaster.cli.reporting import (
    history_as_json,
    latest_as_json,
    report_as_json,
    show_history,
    show_latest,
    show_report,
)
from broadcaster.foreign_words import system_words
from broadcaster.i18n import _
from broadcaster.services.drafting import Draft, no_such_channel, read_draft
from broadcaster.services.follow import NoSuchCopy, history, latest, report
from broadcaster.services.front_matter import DraftRefused
from broadcaster.services.outlets import Office

LATEST = 20

Page = Annotated[
    Path | None,
    typer.Option("--html", metavar=_("ФАЙЛ"), help=_("Записать страницу с образцами в файл.")),
]
Csv = Annotated[
    Path | None,
    typer.Option("--csv", metavar=_("ФАЙЛ"), help=_("Записать родителей в таблицу CSV.")),
]
Xlsx = Annotated[
    Path | None,
    typer.Option("--xlsx", metavar=_("ФАЙЛ"), help=_("Записать родителей и копии в XLSX.")),
]
Copies = Annotated[bool, typer.Option("--copies", help=_("Перечислить каждую копию."))]
Copy = Annotated[
    int | None,
    typer.Option(
        "--copy",
        parser=as_number,
        metavar="№",
        help=_("История одной копии: каждая попытка и ответ платформы."),
    ),
]


def preview(
    file: File, channel: Channels = None, html: Page = None, *, as_json: Json = False
) -> None:
    """Show how the announcement will look on every configured channel; sends nothing."""
    place = showroom()
    draft = read(place, file)
    names = known_channels(place, channel or []) or list(place.outlets)
    if html:
        _write(place, draft, names, html)
    if as_json:
        emit(preview_as_json(place, draft, names))
    elif html:
        say(_("Образцы записаны в {file}").format(file=html))
    else:
        show_preview(place, draft, names)


def _write(place: Office, draft: Draft, names: list[str], file: Path) -> None:
    try:
        write_preview(place, draft, names, file)
    except OSError as error:
        words = _("{file}: не удалось записать: {why}").format(file=file, why=system_words(error))
        fail("unwritable", [words], exit_code=BAD_INPUT)


def show(
    number: Annotated[
        str | None,
        typer.Argument(
            metavar=_("НОМЕР"), help=_("Номер объявления или его начало; без него — список.")
        ),
    ] = None,
    *,
    copies: Copies = False,
    copy: Copy = None,
    csv: Csv = None,
    xlsx: Xlsx = None,
    as_json: Json = False,
) -> None:
    """Show the newest announcements, one announcement's report or one copy's history."""
    if number is None and (copies | (copy is not None) or csv or xlsx):
        words = _("Укажите номер объявления: broadcaster report НОМЕР --copies")
        fail("no_number", [words], exit_code=BAD_COMMAND)
    if number is None:
        _show_latest(as_json=as_json)
    elif csv or xlsx:
        write_report(announcement_of(number), csv=csv, xlsx=xlsx, as_json=as_json)
    elif copy is not None:
        _show_copy(announcement_of(number), copy, as_json=as_json)
    else:
        show_one(announcement_of(number), copies=copies, as_json=as_json)


def show_one(announcement: UUID, *, copies: bool = False, as_json: bool) -> None:
    """Show a report; the command ends with NEEDS_PERSON when somebody was not reached."""
    seen = report(announcement, with_copies=copies)
    if as_json:
        emit(report_as_json(seen))
    else:
        show_report(seen, office().school.time_zone)
    if seen.standing.released_at and not seen.complete:
        raise typer.Exit(NEEDS_PERSON)


def _show_latest(*, as_json: bool) -> None:
    database_open()
    rows = latest(LATEST)
    if as_json:
        emit(latest_as_json(rows))
    else:
        show_latest(rows, office().school.time_zone)


def _show_copy(announcement: UUID, copy: int, *, as_json: bool) -> None:
    try:
        line, steps = history(announcement, copy)
    except NoSuchCopy:
        words = _(
            "Копии № {copy} у этого объявления нет. Номера: broadcaster report НОМЕР --copies"
        )
        fail("no_such_copy", [words.format(copy=copy)], exit_code=BAD_INPUT)
    if as_json:
        emit(history_as_json(announcement, line, steps))
    else:
        show_history(line, steps, office().school.time_zone)


def read(place: Office, file: Path) -> Draft:
    """The announcement in a file; ends the command with everything that is wrong with it."""
    try:
        return read_draft(place, file)
    except DraftRefused as refused:
        fail("draft_refused", str(refused).splitlines(), exit_code=BAD_INPUT)


def known_channels(place: Office, names: list[str]) -> list[str]:
    """The names again; ends the command when one is no channel that is switched on."""
    missing = [no_such_channel(name, place) for name in names if name not in place.outlets]
    if missing:
        fail("no_such_channel", missing, exit_code=BAD_INPUT)
    return names
