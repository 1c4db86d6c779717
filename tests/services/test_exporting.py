"""The report as tables for a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook

from broadcaster.contract import Reason
from broadcaster.domain.reasons import AddressState, Skip
from broadcaster.domain.states import State
from broadcaster.services import exporting
from broadcaster.services.audit import Actor
from broadcaster.services.exporting import copies_sheet, note_export, people_sheet
from broadcaster.services.tables import BOM, Column, Sheet, csv_lines
from broadcaster.services.workbooks import write_xlsx
from broadcaster.store.models import Acknowledgement, AuditEntry, Delivery, ToldInPerson
from tests import school
from tests.services.stage import MOSCOW

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON
LOCAL = datetime(2026, 11, 20, 12)
FORMULAS = ["=1+1", "+7", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "=cmd|'/c calc'!A0"]


@pytest.fixture
def news() -> UUID:
    return school.announcement("1А", released_at=NOW)


def as_csv(sheet: Sheet) -> list[list[str]]:
    text = "".join(csv_lines(sheet))
    assert text.startswith(BOM)
    return list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=";"))


def as_xlsx(*sheets: Sheet) -> Any:
    file = io.BytesIO()
    write_xlsx(sheets, file)
    return load_workbook(file)


def sheet(*values: Any) -> Sheet:
    return Sheet("Лист", [Column("Имя")], lambda: [[value] for value in values])


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_text_in_csv(text: str) -> None:
    assert as_csv(sheet(text))[1] == ["'" + text]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_text_in_xlsx(text: str) -> None:
    cell = as_xlsx(sheet(text)).active["A2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert cell.value.strip() == text.strip()


@pytest.mark.parametrize("text", ["Анна", "12", "#N/A", "TRUE", "1.1.2026", "a;b", 'a"b', "a\nb"])
def test_other_text_comes_as_it_is(text: str) -> None:
    cell = as_xlsx(sheet(text)).active["A2"]
    assert (cell.value, cell.data_type) == (text, "s")
    assert as_csv(sheet(text))[1] == [text]


def test_signs_that_no_spreadsheet_takes_are_left_out() -> None:
    assert as_xlsx(sheet("a\x01b")).active["A2"].value == "ab"


def test_numbers_and_times_keep_their_types() -> None:
    page = as_xlsx(sheet(7, LOCAL, None)).active
    assert (page["A2"].value, page["A2"].data_type) == (7, "n")
    assert (page["A3"].value, page["A3"].is_date) == (LOCAL, True)
    assert page["A4"].value is None
    assert as_csv(sheet(7, LOCAL, None))[1:] == [["7"], ["20.11.2026 12:00"], [""]]


def test_the_header_stays_in_sight_and_columns_are_wide_enough(news: UUID) -> None:
    page = as_xlsx(people_sheet(news, MOSCOW))["Родители"]
    assert page.freeze_panes == "A2"
    assert page.column_dimensions["A"].width == 30
    assert page["A1"].font.bold


def test_people_are_listed_with_what_became_of_them(news: UUID) -> None:
    anna, boris = school.guardian("Анна"), school.guardian("Борис")
    school.copy(school.address(anna, "telegram"), news, state=State.SENT, sent_at=NOW)
    closed = school.address(
        boris,
        "telegram",
        state=AddressState.CLOSED,
        state_reason=Reason.BLOCKED,
        state_since=NOW,
    )
    school.copy(closed, news, state=State.SKIPPED, reason=Skip.ADDRESS_CLOSED)
    ToldInPerson.objects.create(
        announcement_id=news, guardian=boris, by="Петрова", at=NOW, note="=звонок"
    )
    Acknowledgement.objects.create(announcement_id=news, guardian=anna, channel="telegram", at=NOW)
    children = [one.pupils.get().name for one in (anna, boris)]
    assert as_csv(people_sheet(news, MOSCOW))[1:] == [
        ["Анна", children[0], "да", "1", "Telegram", "20.11.2026 12:00", "", "", "", "",
         "20.11.2026 12:00"],
        ["Борис", children[1], "нет", "0", "", "",
         "Telegram: родитель заблокировал бота 20\N{NO-BREAK SPACE}ноября\N{NO-BREAK SPACE}2026",
         "Петрова", "20.11.2026 12:00", "'=звонок", ""],
    ]  # fmt: skip


def test_more_people_than_are_fetched_at_once_are_all_listed(
    news: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    for name in ("Анна", "Борис", "Вера"):
        school.copy(school.address(school.guardian(name), "alpha"), news)
    assert [row[0] for row in as_csv(people_sheet(news, MOSCOW))[1:]] == ["Анна", "Борис", "Вера"]


def test_copies_are_listed_with_what_the_platform_calls_them(news: UUID) -> None:
    row = school.copy(school.address(school.guardian("Анна"), "telegram"), news, state=State.SENT)
    Delivery.objects.update(parts=[[0, {"message_id": 5}]], sent_at=NOW, attempts=1)
    page = as_xlsx(copies_sheet(news, MOSCOW)).active
    assert [cell.value for cell in page[2]] == [
        row.pk, "Telegram", "Анна", "родителям", "отправлено", None,
        "предпочитаемый канал родителя", 1, LOCAL, "message_id 5",
    ]  # fmt: skip


def test_a_family_that_is_named_like_a_formula_harms_nobody(news: UUID) -> None:
    school.copy(school.address(school.guardian("=HYPERLINK(1)"), "alpha"), news)
    book = as_xlsx(people_sheet(news, MOSCOW), copies_sheet(news, MOSCOW))
    assert (book["Родители"]["A2"].data_type, book["Копии"]["C2"].data_type) == ("s", "s")


def test_it_is_written_down_who_took_a_report_away(news: UUID) -> None:
    note_export(news, by=Actor("Петрова", 7), now=NOW, form="csv", table="people")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.facts) == ("report_exported", {"form": "csv", "table": "people"})
