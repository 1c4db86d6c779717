"""From a workbook of Excel to its records, read as the person who made it sees them.

The file is hostile until proved otherwise: its size unpacked is known before anything is unpacked,
entities are refused by defusedxml, and rows and columns are read up to a limit, whatever the file
says of itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook

from broadcaster.i18n import _
from broadcaster.services.people.plan import Problem, Unreadable
from broadcaster.services.people.tables import MOST_ROWS, Record

MOST_UNPACKED = 100_000_000
"""Bytes; the largest table that may be read takes a fifth of it."""
MOST_PARTS = 1000
MOST_COLUMNS = 60
LOWEST_ROW = 2 * MOST_ROWS
"""Nobody leaves more empty rows than full ones; what stands lower is told."""

Cells = Sequence[Any]


def read_workbook(raw: bytes) -> tuple[list[Record], list[Problem]]:
    """The rows of the first sheet that hold anything, and the cells that hold no value.

    Raises Unreadable.
    """
    _refuse_bomb(raw)
    try:
        rows = list(_rows(raw, values=False))
        if any(cell.data_type == "f" for _line, cells in rows for cell in cells):
            return _with_values(rows, dict(_rows(raw, values=True)))
        return [_record(line, cells) for line, cells in rows], _faults(rows)
    except Unreadable:
        raise
    except Exception as fault:  # a broken workbook breaks the reader in a hundred ways
        raise _broken() from fault


def text_of(value: Any) -> str:
    """A cell's value as people read it: no «.0» behind a whole number, a day without its hour."""
    match value:
        case None:
            return ""
        case bool():
            return _("да") if value else _("нет")
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time.min:
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return str(value)


def _with_values(
    formulas: list[tuple[int, Cells]], counted: Mapping[int, Cells]
) -> tuple[list[Record], list[Problem]]:
    """The rows with what Excel has counted in place of formulas, and formulas nobody counted."""
    uncounted = [
        _problem(
            line,
            _("В ячейке {place} формула, а её значения в файле нет.").format(place=cell.coordinate),
            _("Откройте файл в Excel и сохраните или впишите значение вместо формулы."),
        )
        for line, cells in formulas
        for place, cell in enumerate(cells)
        if cell.data_type == "f" and (line not in counted or counted[line][place].value is None)
    ]
    records = [_record(line, cells) for line, cells in counted.items()]
    return records, [*uncounted, *_faults(list(counted.items()))]


def _rows(raw: bytes, *, values: bool) -> Iterator[tuple[int, Cells]]:
    """The rows of the first sheet that hold anything, by number."""
    book = load_workbook(BytesIO(raw), read_only=True, data_only=values, keep_links=False)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_row=LOWEST_ROW + 1, max_col=MOST_COLUMNS + 1)
        for line, cells in enumerate(rows, start=1):
            full = [cell for cell in cells if cell.value is not None]
            if full:
                _refuse_far(line, cells)
                yield line, cells
    finally:
        book.close()


def _refuse_far(line: int, cells: Cells) -> None:
    if line > LOWEST_ROW:
        raise Unreadable(
            _problem(
                line,
                _("Таблица кончается ниже строки {most}.").format(most=LOWEST_ROW),
                _("Удалите лишние строки или разделите файл на несколько."),
            )
        )
    if len(cells) > MOST_COLUMNS and cells[MOST_COLUMNS].value is not None:
        raise Unreadable(
            _problem(
                line,
                _("Колонок больше {most}.").format(most=MOST_COLUMNS),
                _("Удалите лишние колонки; образец таблицы — на странице импорта."),
            )
        )


def _record(line: int, cells: Cells) -> Record:
    texts = [text_of(cell.value) for cell in cells]
    while texts and not texts[-1].strip():
        texts.pop()
    return Record(line, tuple(texts))


def _faults(rows: list[tuple[int, Cells]]) -> list[Problem]:
    """Cells in which Excel itself shows an error."""
    return [
        _problem(
            line,
            _("В ячейке {place} ошибка Excel: {error}.").format(
                place=cell.coordinate, error=str(cell.value)[:20]
            ),
            _("Впишите значение или очистите ячейку."),
        )
        for line, cells in rows
        for cell in cells
        if cell.data_type == "e"
    ]


def _refuse_bomb(raw: bytes) -> None:
    """The reader never unpacks more of a part than the list of contents says it has."""
    try:
        with ZipFile(BytesIO(raw)) as book:
            parts = book.infolist()
    except (BadZipFile, ValueError, NotImplementedError) as fault:
        raise _broken() from fault
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Unreadable(
            _problem(
                0,
                _("Книга Excel в распакованном виде слишком велика."),
                _("Скопируйте таблицу в новую книгу без оформления и сохраните её."),
            )
        )


def _broken() -> Unreadable:
    return Unreadable(
        _problem(
            0,
            _("Это не книга Excel, или она повреждена."),
            _("Откройте файл в Excel и сохраните заново как «Книга Excel (*.xlsx)» или CSV."),
        )
    )


def _problem(line: int, text: str, hint: str) -> Problem:
    return Problem(line, "", text, hint)
