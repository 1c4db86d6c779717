"""Tables as files: CSV that Russian Excel opens by itself, and XLSX with typed columns.

A value that a spreadsheet would take for a formula stays text: families name themselves.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

Value = str | int | datetime | None
"""What stands in a cell; times are local and without a zone."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a text begins with that a spreadsheet would calculate."""

LONGEST = 32_767
"""Characters that a cell of Excel holds."""

TIME = "dd.mm.yyyy hh:mm"
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column's title and its width in characters."""

    title: str
    width: int = 16


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its name, its columns, and its rows, made as they are asked for."""

    name: str
    columns: Sequence[Column]
    rows: Callable[[], Iterable[Sequence[Value]]]


class _Line:
    """Takes one line from the CSV writer and gives it back."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        """Keep the line."""
        self.text = text


def csv_lines(sheet: Sheet) -> Iterator[str]:
    """The sheet as CSV, line by line, with the mark by which Excel knows UTF-8."""
    line = _Line()
    writer = csv.writer(line, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.title for column in sheet.columns])
    yield BOM + line.text
    for row in sheet.rows():
        writer.writerow([_written(value) for value in row])
        yield line.text


def _written(value: Value) -> str | int:
    match value:
        case None:
            return ""
        case int():
            return value
        case datetime():
            return f"{value:%d.%m.%Y %H:%M}"
        case str():
            return f"'{value}" if is_formula(value) else value


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could take a text for a formula."""
    return text.startswith(FORMULA) or text.lstrip().startswith(FORMULA)


def write_xlsx(sheets: Iterable[Sheet], to: IO[bytes]) -> None:
    """Write a workbook, a row at a time: so it stays light however long the sheets are."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        page.freeze_panes = "A2"
        for place, column in enumerate(sheet.columns, 1):
            page.column_dimensions[get_column_letter(place)].width = column.width
        page.append([_header(page, column) for column in sheet.columns])
        for row in sheet.rows():
            page.append([_cell(page, value) for value in row])
    book.save(to)


def _header(page: Any, column: Column) -> Any:
    cell = WriteOnlyCell(page, column.title)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _cell(page: Any, value: Value) -> Any:
    """A cell of its value's type; a text is a text, whatever it looks like."""
    match value:
        case str():
            text = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST]
            return _text(page, text) if is_formula(text) or text.startswith("#") else text
        case datetime():
            cell = WriteOnlyCell(page, value)
            cell.number_format = TIME
            return cell
        case _:
            return value


def _text(page: Any, text: str) -> Any:
    """A text that the library itself would take for a formula or an error."""
    cell = WriteOnlyCell(page, text)
    cell.data_type = "s"
    cell.quotePrefix = is_formula(text)  # it stays text when somebody edits it
    return cell
