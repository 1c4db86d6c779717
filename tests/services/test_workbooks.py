"""Workbooks of Excel as a school saves them, and as somebody who wishes ill does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from broadcaster.services.people import workbook
from broadcaster.services.people.tables import MOST_ROWS
from tests.services.import_desk import HEADER, families, plan_bytes

pytestmark = [pytest.mark.database, pytest.mark.django_db]

TITLES = HEADER.split(";")
ROW = ["1А", "Камила А.", "Алсу Ахметова", 101, None, "alsu@example.org", "email",
       datetime(2026, 9, 1), "анкета"]  # fmt: skip


def saved(*rows: Sequence[Any], titles: Sequence[Any] = TITLES) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Люди")
    for row in (titles, *rows):
        sheet.append(row)
    return to_bytes(book)


def to_bytes(book: Workbook) -> bytes:
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def changed(raw: bytes, part: str, old: str, new: str) -> bytes:
    """The same workbook with the text of one part changed."""
    file = BytesIO()
    with ZipFile(BytesIO(raw)) as source, ZipFile(file, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            text = source.read(name)
            target.writestr(
                name, text.replace(old.encode(), new.encode()) if part == name else text
            )
    return file.getvalue()


def where(raw: bytes) -> list[tuple[int, str]]:
    planned = plan_bytes(raw)
    assert all(problem.text and problem.hint for problem in planned.problems)
    return [(problem.line, problem.column) for problem in planned.problems]


def test_a_workbook_is_read_like_a_csv() -> None:
    (row,) = plan_bytes(saved(ROW)).people
    assert (row.groups, row.pupil, row.guardian) == (("1А",), "Камила А.", "Алсу Ахметова")
    assert [given.value for given in row.addresses] == ["101", "alsu@example.org"]
    assert row.consent_on == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4200000748237, "4200000748237"),
        (101.0, "101"),
        (1.5, "1.5"),
        ("0101", "0101"),
        (True, "да"),
        (None, ""),
        (datetime(2026, 9, 1), "2026-09-01"),
        (datetime(2026, 9, 1, 8, 30), "2026-09-01T08:30:00"),
        (date(2026, 9, 1), "2026-09-01"),
    ],
)
def test_a_cell_is_read_as_it_is_seen(value: Any, text: str) -> None:
    assert workbook.text_of(value) == text


def test_empty_rows_are_passed_over_and_rows_keep_their_numbers() -> None:
    bad = ["1А", "", "Алсу"]
    assert where(saved([], ROW, [None], bad)) == [(5, "ребёнок")]


def test_a_formula_nobody_has_counted_is_told() -> None:
    assert where(saved(["1А", "Камила А.", '=HYPERLINK("http://x","y")'])) == [
        (2, ""),
        (2, "родитель"),
    ]


def test_a_formula_is_read_as_excel_has_counted_it() -> None:
    raw = saved(["1А", "Камила А.", "=A1"])
    counted = changed(raw, "xl/worksheets/sheet1.xml", "<v></v>", "<v>Алсу</v>")
    counted = changed(counted, "xl/worksheets/sheet1.xml", "<v />", "<v>Алсу</v>")
    counted = changed(counted, "xl/worksheets/sheet1.xml", '<c r="C2">', '<c r="C2" t="str">')
    (row,) = plan_bytes(counted).people
    assert row.guardian == "Алсу"


def test_an_error_of_excel_is_told() -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(TITLES)
    cell = WriteOnlyCell(sheet, value="#N/A")
    cell.data_type = "e"
    sheet.append(["1А", "Камила А.", cell])
    assert where(to_bytes(book)) == [(2, "")]


def test_a_formula_in_text_stays_text() -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(TITLES)
    cell = WriteOnlyCell(sheet, value="=cmd|' /C calc'!A0")
    cell.data_type = "s"
    sheet.append(["1А", "Камила А.", cell])
    (row,) = plan_bytes(to_bytes(book)).people
    assert row.guardian == "=cmd|' /C calc'!A0"


@pytest.mark.parametrize("rows", [[], [[None]]])
def test_an_empty_workbook_is_told(rows: list[list[Any]]) -> None:
    assert where(saved(*rows, titles=[])) == [(0, "")]


def test_a_header_alone_is_told() -> None:
    assert where(saved()) == [(0, "")]


def test_a_text_far_to_the_right_is_refused() -> None:
    assert where(saved([*ROW, *[None] * 80])) == []
    assert where(saved(["x"] * 61)) == [(2, "")]


def test_a_text_far_below_is_refused_in_no_time() -> None:
    raw = changed(saved(ROW, ROW), "xl/worksheets/sheet1.xml", '<row r="3"', '<row r="1048576"')
    assert where(raw) in ([], [(2 * MOST_ROWS + 1, "")])


def test_a_workbook_that_swells_is_refused_unread() -> None:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as bomb:
        for number in range(11):
            bomb.writestr(f"xl/{number}.xml", b"0" * 10_000_000)
    assert len(file.getvalue()) < 200_000
    (problem,) = plan_bytes(file.getvalue()).problems
    assert "распакованном" in problem.text


def test_a_workbook_of_thousands_of_parts_is_refused() -> None:
    file = BytesIO()
    with ZipFile(file, "w") as bomb:
        for number in range(workbook.MOST_PARTS + 1):
            bomb.writestr(f"xl/{number}.xml", b"")
    (problem,) = plan_bytes(file.getvalue()).problems
    assert "распакованном" in problem.text


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_entities_are_not_unfolded(part: str) -> None:
    laugh = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    raw = saved(ROW)
    for opening in ("<worksheet", "<workbook"):
        raw = changed(raw, part, opening, laugh + opening)
    (problem,) = plan_bytes(raw).problems
    assert "Excel" in problem.text


def test_files_outside_are_not_read() -> None:
    steal = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    raw = changed(saved(ROW), "xl/worksheets/sheet1.xml", "<worksheet", steal + "<worksheet")
    assert where(raw) == [(0, "")]


@pytest.mark.parametrize("size", [0, 10, 100, 1000, 3000])
def test_a_broken_workbook_is_told(size: int) -> None:
    raw = b"PK\x03\x04" + saved(ROW)[4 : 4 + size]
    assert where(raw) == [(0, "")]


def test_a_zip_of_something_else_is_told() -> None:
    file = BytesIO()
    with ZipFile(file, "w") as other:
        other.writestr("readme.txt", "no workbook")
    assert where(file.getvalue()) == [(0, "")]


def test_nothing_is_written_while_looking() -> None:
    plan_bytes(saved(ROW))
    assert families() == set()
