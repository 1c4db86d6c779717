"""Tables to fill in: the columns an import knows, and a row that shows how."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping, Sequence
from io import BytesIO, StringIO

from broadcaster.i18n import _
from broadcaster.services.people.header import Column
from broadcaster.services.people.rows import PLACE_COLUMNS
from broadcaster.services.people.shelf import Kind

EXAMPLES: Mapping[str, str] = {
    "telegram": "4200000000001",
    "vk": "id1900000001",
    "email": "parent@example.org",
}
"""Addresses that belong to nobody."""

WIDE = 22


def sample(kind: Kind, channels: Collection[str]) -> list[list[str]]:
    """The header and one row; `channels` are those that reach people."""
    if kind is Kind.PLACES:
        return [
            [column.value for column in PLACE_COLUMNS],
            ["1А", "site", "1a", _("Страница 1А на сайте"), _("открытые")],
        ]
    known = [channel for channel in EXAMPLES if channel in channels]
    cells = {
        Column.GROUP: "1А",
        Column.PUPIL: _("Маша И."),
        Column.GUARDIAN: _("Анна Петровна Иванова"),
        **{channel: EXAMPLES[channel] for channel in known},
        Column.PREFERS: known[0] if known else "",
        Column.CONSENT: "01.09.2026",
        Column.SOURCE: _("анкета на собрании"),
    }
    return [[str(title) for title in cells], list(cells.values())]


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """A table that Excel opens in Russian: UTF-8 with its mark, semicolons."""
    text = StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def as_workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook whose cells are text, so that Excel makes no numbers and dates of addresses."""
    from openpyxl import Workbook  # noqa: PLC0415 - large, rarely wanted
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Таблица"))
    for place in range(len(rows[0])):
        sheet.column_dimensions[chr(ord("A") + place)].width = WIDE
    for row in rows:
        cells = [WriteOnlyCell(sheet, value=value) for value in row]
        for cell in cells:
            cell.number_format = "@"
        sheet.append(cells)
    file = BytesIO()
    book.save(file)
    return file.getvalue()
