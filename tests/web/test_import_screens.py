"""A table comes in through the browser: looked at first, applied when somebody agrees."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from broadcaster.services.people import shelf
from broadcaster.services.people.shelf import Kind
from broadcaster.store.models import AuditEntry, Destination, Guardian
from tests import school
from tests.web.staff import administrator

pytestmark = [pytest.mark.database, pytest.mark.django_db]

HEAD = "группа;ребёнок;родитель;vk;email;предпочитает;согласие;источник согласия\n"
GOOD = "1А;Маша С.;Анна Сергеева;1900000001;anna@example.org;email;2026-09-01;анкета\n"
BAD = "1А;;Олег Ким;сто;oleg@example.org;;;\n"


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.IMPORT_FOLDER = tmp_path / "imports"
    return tmp_path / "imports"


@pytest.fixture
def client(folder: Path) -> Client:
    return administrator()


def give(client: Client, raw: bytes | str, name: str = "люди.csv", kind: str = "people") -> Any:
    content = raw if isinstance(raw, bytes) else raw.encode()
    file = SimpleUploadedFile(name, content, content_type="text/csv")
    return client.post("/people/import/", {"kind": kind, "file": file})


def plan_of(client: Client, raw: bytes | str, **also: str) -> str:
    """The address of the page that shows what a table would change."""
    response = give(client, raw, **also)
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


def test_looking_changes_nothing_and_tells_what_would(client: Client) -> None:
    text = client.get(plan_of(client, HEAD + GOOD)).content.decode()
    assert "Ошибок нет" in text
    assert "Анна Сергеева" in text
    assert not Guardian.objects.exists()


def test_one_row_is_loaded_in_its_case(client: Client) -> None:
    assert ">Загрузить 1 строку<" in client.get(plan_of(client, HEAD + GOOD)).content.decode()
    shown = client.get(plan_of(client, HEAD + GOOD + BAD)).content.decode()
    assert "загрузить 1 строку<" in shown


def test_new_parents_who_would_get_nothing_are_counted(client: Client) -> None:
    rows = "1А;Петя К.;Олег Ким;;oleg@example.org;;;\n1А;Ира В.;Ольга Вант;;;;;\n"
    text = client.get(plan_of(client, HEAD + GOOD + rows)).content.decode()
    assert "Новых родителей, у которых есть адреса, но нет согласия: 1." in text
    assert "Новых родителей без единого адреса: 1." in text


def test_parents_who_would_get_something_are_not_warned_of(client: Client) -> None:
    rows = "1А;Петя К.;Анна Сергеева;1900000001;;;;\n"
    text = client.get(plan_of(client, HEAD + GOOD + rows)).content.decode()
    assert "Им ничего не уйдёт" not in text


def test_an_agreed_table_comes_in_and_its_file_goes(client: Client, folder: Path) -> None:
    url = plan_of(client, HEAD + GOOD)
    assert client.post(f"{url}apply/").status_code == 302
    assert Guardian.objects.get().name == "Анна Сергеева"
    assert list(folder.iterdir()) == []
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.facts["rows"]) == ("people_imported", 1)


def test_every_problem_is_told_by_row_and_column(client: Client) -> None:
    text = client.get(plan_of(client, HEAD + GOOD + BAD)).content.decode()
    for words in ("2 ошибки", "ребёнок", "Ячейка пуста.", "число, id123"):
        assert words in text
    assert '<td class="count">3</td>' in text


def test_a_community_in_a_parents_row_is_refused(client: Client) -> None:
    row = "1А;Петя К.;Олег Ким;vk.com/club777;;;;\n"
    text = client.get(plan_of(client, HEAD + row)).content.decode()
    assert "1 ошибка" in text
    assert "стены и беседы не подойдут" in text


def test_a_table_with_problems_comes_in_only_without_its_bad_rows(client: Client) -> None:
    url = plan_of(client, HEAD + GOOD + BAD)
    client.post(f"{url}apply/")
    assert not Guardian.objects.exists()
    client.post(f"{url}apply/", {"good_rows": "yes"})
    assert Guardian.objects.get().name == "Анна Сергеева"


def test_a_table_without_a_good_row_cannot_be_applied(client: Client) -> None:
    url = plan_of(client, HEAD + BAD)
    assert "Пропустить строки" not in client.get(url).content.decode()
    client.post(f"{url}apply/", {"good_rows": "yes"})
    assert not AuditEntry.objects.exists()


def test_whom_the_file_does_not_name_is_shown_and_stays(client: Client) -> None:
    school.guardian("Пропавшая Семья", ("1А",), email="p@example.org")
    url = plan_of(client, HEAD + GOOD)
    assert "Пропавшая Семья" in client.get(url).content.decode()
    client.post(f"{url}apply/")
    assert Guardian.objects.filter(name="Пропавшая Семья").exists()


def test_nobody_else_may_look_at_the_table(client: Client, folder: Path) -> None:
    url = plan_of(client, HEAD + GOOD)
    other = administrator()
    assert other.get(url)["Location"] == "/people/import/"
    other.post(f"{url}apply/")
    other.post(f"{url}drop/")
    assert not Guardian.objects.exists()
    assert client.get(url).status_code == 200


def test_a_table_is_thrown_away_when_nobody_wants_it(client: Client, folder: Path) -> None:
    url = plan_of(client, HEAD + GOOD)
    client.post(f"{url}drop/")
    assert list(folder.iterdir()) == []
    assert client.get(url)["Location"] == "/people/import/"


def test_a_table_given_an_hour_ago_is_gone(client: Client, folder: Path) -> None:
    before = datetime.now(UTC) - timedelta(minutes=61)
    user = int(client.session["_auth_user_id"])
    kept = shelf.keep(
        folder, [HEAD.encode()], name="x.csv", kind=Kind.PEOPLE, user=user, now=before
    )
    assert client.get(f"/people/import/{kept.token}/")["Location"] == "/people/import/"
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("token", ["x", "..", "a" * 43])
def test_a_wrong_token_leads_back_to_the_beginning(client: Client, token: str) -> None:
    assert client.get(f"/people/import/{token}/").status_code in (302, 404)


def test_a_table_is_applied_once(client: Client) -> None:
    url = plan_of(client, HEAD + GOOD)
    client.post(f"{url}apply/")
    client.post(f"{url}apply/")
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_tables_of_usual_encodings_are_read(client: Client, encoding: str) -> None:
    text = client.get(plan_of(client, (HEAD + GOOD).encode(encoding))).content.decode()
    assert "Ошибок нет" in text


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ((HEAD + GOOD).encode("utf-16"), "кодировке"),
        (b"PK\x03\x04 nonsense", "книга Excel"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 60, "старого вида"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "Ничего"),
        (b"=HYPERLINK(1);<script>alert(1)</script>\n1;2\n", "Неизвестная колонка"),
    ],
)
def test_what_is_no_table_is_told_in_words(client: Client, raw: bytes, words: str) -> None:
    response = client.get(plan_of(client, raw, name="x.xlsx"))
    text = response.content.decode()
    assert response.status_code == 200
    assert "<script>alert" not in text
    assert words in text or "файл" in text


def test_a_file_too_large_is_refused_at_once(client: Client, folder: Path) -> None:
    text = give(client, b"x" * 5_000_001).content.decode()
    assert "Файл больше 5" in text
    assert not folder.exists()


@pytest.mark.parametrize("values", [{}, {"kind": "nonsense"}])
def test_a_form_without_a_file_is_told(client: Client, values: dict[str, str]) -> None:
    text = client.post("/people/import/", values).content.decode()
    assert "Выберите файл." in text


@pytest.mark.parametrize("name", ["../../etc/passwd", "<b>x</b>.csv", "я" * 199])
def test_a_hostile_name_of_a_file_is_only_shown(client: Client, folder: Path, name: str) -> None:
    text = client.get(plan_of(client, HEAD + GOOD, name=name)).content.decode()
    assert "<b>x</b>" not in text
    assert {path.suffix for path in folder.iterdir()} == {".json", ".table"}


def test_places_come_in_too(client: Client) -> None:
    raw = "группа;канал;адрес;название;данные\n;site;feed;Новости школы;открытые\n"
    url = plan_of(client, raw, kind="places")
    client.post(f"{url}apply/")
    assert Destination.objects.get().title == "Новости школы"


@pytest.mark.parametrize("kind", ["people", "places"])
def test_a_sample_can_be_filled_in_and_comes_in_as_it_is(client: Client, kind: str) -> None:
    for form in ("csv", "xlsx"):
        response = client.get(f"/people/import/sample-{kind}.{form}")
        assert "attachment" in response["Content-Disposition"]
        url = plan_of(client, response.content, name=f"x.{form}", kind=kind)
        assert "Ошибок нет" in client.get(url).content.decode()


def test_cells_of_the_sample_are_text(client: Client) -> None:
    raw = client.get("/people/import/sample-people.xlsx").content
    sheet = load_workbook(BytesIO(raw)).worksheets[0]
    assert {cell.number_format for row in sheet.rows for cell in row} == {"@"}


@pytest.mark.parametrize("name", ["sample-nonsense.csv", "sample-people.exe"])
def test_an_unknown_sample_is_not_found(client: Client, name: str) -> None:
    assert client.get(f"/people/import/{name}").status_code == 404


def test_many_problems_come_in_pages(client: Client) -> None:
    url = plan_of(client, HEAD + BAD * 80)
    first, second = (client.get(url, {"page": page}).content.decode() for page in (1, 2))
    assert "160 ошибок" in first
    assert "Страница 2 из 2" in second
