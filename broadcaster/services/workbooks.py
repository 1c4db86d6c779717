"""Tables as XLSX with typed columns. The library is large: import this where a workbook is wanted.

A value that a spreadsheet would take for a formula stays text: families name themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from broadcaster.services.tables import Column, Sheet, Value, is_formula

LONGEST = 32_767
"""Characters that a cell of Excel holds."""

TIME = "dd.mm.yyyy hh:mm"


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
