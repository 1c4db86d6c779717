"""`resend`, `decide`, `told`, and the report as files."""

from __future__ import annotations

import csv
from pathlib import Path
from uuid import UUID

import pytest
from openpyxl import load_workbook

from broadcaster.domain.reasons import Why
from broadcaster.domain.states import State
from broadcaster.store.models import Announcement, AuditEntry, Guardian, ToldInPerson
from tests import school
from tests.cli.desk import Typed

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("day"),
]


def copy(news: UUID, state: State, name: str = "", reason: str = "") -> Guardian:
    made = school.guardian(name)
    row = school.address(made, "site")
    school.copy(row, news, state=state, reason=reason, why=Why.EVERY_CHANNEL)
    return made


def test_resend_queues_what_failed(typed: Typed, news: UUID) -> None:
    copy(news, State.FAILED, reason="tries_spent")
    copy(news, State.FAILED, reason="content")
    said = typed("resend", news.hex[:8], "--reason", "content", "--channel", "site")
    assert "Снова в очереди: 1 копия." in said.out
    assert school.states(news) == [State.FAILED, State.QUEUED]
    assert AuditEntry.objects.get().actor == "command line"


def test_resend_tells_machines_how_many(typed: Typed, news: UUID) -> None:
    copy(news, State.FAILED)
    assert typed("resend", news, "--json").json == {"announcement": str(news), "resent": 1}


def test_resending_nothing_is_told(typed: Typed, news: UUID) -> None:
    said = typed("resend", news)
    assert (said.code, "Отправлять снова нечего" in said.out) == (0, True)


def test_what_is_out_of_date_is_refused(typed: Typed, news: UUID) -> None:
    Announcement.objects.update(expires_at=school.NOON)
    said = typed("resend", news)
    assert (said.code, "Срок объявления прошёл" in said.err) == (3, True)


@pytest.mark.parametrize("option", ["--reason", "--channel", "--copy"])
def test_what_there_is_not_is_told(typed: Typed, news: UUID, option: str) -> None:
    assert typed("resend", news, option, "нет").code in {2, 3}


@pytest.mark.parametrize(
    ("decision", "state"),
    [("arrived", State.SENT), ("lost", State.FAILED), ("again", State.QUEUED)],
)
def test_decide_settles_what_nobody_knows(
    typed: Typed, news: UUID, decision: str, state: State
) -> None:
    copy(news, State.UNCONFIRMED)
    said = typed("decide", news, decision, "--channel", "site")
    assert "Решено: 1 копия." in said.out
    assert school.states(news) == [state]


def test_decide_wants_to_know_about_what(typed: Typed, news: UUID) -> None:
    copy(news, State.UNCONFIRMED)
    said = typed("decide", news, "arrived")
    assert (said.code, school.states(news)) == (2, [State.UNCONFIRMED])
    assert typed("decide", news, "arrived", "--all", "--json").json["decided"] == 1


def test_a_decision_that_there_is_not_is_told(typed: Typed, news: UUID) -> None:
    said = typed("decide", news, "maybe", "--all")
    assert (said.code, "arrived, lost, again" in said.err) == (2, True)


def test_told_marks_and_unmarks(typed: Typed, news: UUID) -> None:
    who = copy(news, State.FAILED, "Анна Иванова")
    assert "Отмечено, что сообщили лично: Анна Иванова" in typed("told", news, "анна").out
    assert ToldInPerson.objects.get().guardian == who
    assert typed("told", news, str(who.pk), "--undo", "--json").json["told"] is False
    assert not ToldInPerson.objects.exists()


def test_told_asks_whom_when_there_are_several(typed: Typed, news: UUID) -> None:
    first, second = copy(news, State.FAILED, "Анна 1"), copy(news, State.FAILED, "Анна 2")
    said = typed("told", news, "Анна")
    assert said.code == 3
    assert f"Анна 1 ({first.pk}), Анна 2 ({second.pk})" in said.err
    assert typed("told", news, "Борис").code == 3


def test_a_report_is_written_into_files(typed: Typed, news: UUID, tmp_path: Path) -> None:
    copy(news, State.SENT, "Анна")
    table, book = tmp_path / "people.csv", tmp_path / "report.xlsx"
    said = typed("report", news, "--csv", table, "--xlsx", book)
    assert said.code == 0
    rows = list(csv.reader(table.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert rows[1][0] == "Анна"
    assert load_workbook(book).sheetnames == ["Родители", "Копии"]
    assert AuditEntry.objects.count() == 2


def test_a_file_that_cannot_be_written_is_told(typed: Typed, news: UUID, tmp_path: Path) -> None:
    said = typed("report", news, "--csv", tmp_path)
    assert (said.code, "не удалось записать" in said.err) == (3, True)


def test_what_has_not_left_has_no_files(typed: Typed, tmp_path: Path) -> None:
    news = school.announcement("1А")
    assert typed("report", news, "--csv", tmp_path / "x.csv").code == 3
