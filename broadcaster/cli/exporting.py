"""The report of an announcement as files for a spreadsheet."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from broadcaster.bootstrap import office
from broadcaster.cli.output import BAD_INPUT, emit, fail, say
from broadcaster.foreign_words import system_words
from broadcaster.i18n import _
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.exporting import copies_sheet, note_export, people_sheet
from broadcaster.services.follow import standing
from broadcaster.services.tables import csv_lines


def write_report(announcement: UUID, *, csv: Path | None, xlsx: Path | None, as_json: bool) -> None:
    """Write the people as CSV, people and copies as XLSX; ends the command when it cannot."""
    if standing(announcement).released_at is None:
        words = _("Объявление ещё не отправлено, отчёта о нём нет.")
        fail("not_released", [words], exit_code=BAD_INPUT)
    if csv:
        _write_csv(announcement, csv)
    if xlsx:
        _write_xlsx(announcement, xlsx)
    files = [file for file in (csv, xlsx) if file]
    if as_json:
        emit({"announcement": announcement, "files": files})
        return
    for file in files:
        say(_("Отчёт записан в {file}").format(file=file))


def _write_csv(announcement: UUID, file: Path) -> None:
    sheet = people_sheet(announcement, office().school.time_zone)
    try:
        with file.open("w", encoding="utf-8", newline="") as target:
            target.writelines(csv_lines(sheet))
    except OSError as error:
        _unwritable(file, error)
    _note(announcement, "csv")


def _write_xlsx(announcement: UUID, file: Path) -> None:
    from broadcaster.services.workbooks import write_xlsx  # noqa: PLC0415 - large, rarely wanted

    zone = office().school.time_zone
    try:
        with file.open("wb") as target:
            write_xlsx([people_sheet(announcement, zone), copies_sheet(announcement, zone)], target)
    except OSError as error:
        _unwritable(file, error)
    _note(announcement, "xlsx")


def _note(announcement: UUID, form: str) -> None:
    table = "people" if form == "csv" else "all"
    note_export(announcement, by=COMMAND_LINE, now=datetime.now(UTC), form=form, table=table)


def _unwritable(file: Path, error: OSError) -> None:
    words = _("{file}: не удалось записать: {why}").format(file=file, why=system_words(error))
    fail("unwritable", [words], exit_code=BAD_INPUT)
