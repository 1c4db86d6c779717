"""`people find`, `export`, `erase`, `merge`: one person at a time."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from openpyxl import Workbook

from broadcaster.domain.states import State
from broadcaster.store.models import AuditEntry, Guardian, Pupil
from tests import school
from tests.cli.desk import Typed

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("day"),
]


@pytest.fixture
def anna() -> Guardian:
    return school.guardian("Анна Королёва", email="anna@example.org")


def test_a_person_is_found(typed: Typed, anna: Guardian) -> None:
    school.guardian("Борис")
    told = typed("people", "find", "КОРОЛЕВА", "--json").json
    assert told["total"] == 1
    assert told["people"][0]["number"] == anna.pk


def test_a_find_shows_number_children_and_addresses(typed: Typed, anna: Guardian) -> None:
    out = typed("people", "find", "анна", "короле").out
    for words in (str(anna.pk), "Анна Королёва", "1А", "anna@example.org"):
        assert words in out


def test_nobody_found_is_told(typed: Typed) -> None:
    assert "Никто не найден." in typed("people", "find", "никто").out


def test_a_person_is_taken_out_as_json(typed: Typed, anna: Guardian) -> None:
    assert typed("people", "export", str(anna.pk)).json["name"] == "Анна Королёва"


def test_a_file_taken_out_is_for_its_owner_only(
    typed: Typed, anna: Guardian, tmp_path: Path
) -> None:
    file = tmp_path / "person.json"
    assert typed("people", "export", str(anna.pk), "-o", file).code == 0
    assert json.loads(file.read_text("utf-8"))["number"] == anna.pk
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_erasing_wants_the_number_twice(typed: Typed, anna: Guardian) -> None:
    said = typed("people", "erase", str(anna.pk), "--json")
    assert (said.code, said.json["error"]) == (3, "not_confirmed")
    said = typed("people", "erase", str(anna.pk), "--confirm", "0", "--json")
    assert (said.code, said.json["error"]) == (130, "declined")
    assert Guardian.objects.exists()


def test_a_confirmed_person_is_erased(typed: Typed, anna: Guardian) -> None:
    number = str(anna.pk)
    told = typed("people", "erase", number, "--confirm", number, "--with-children", "--json").json
    assert (told["erased"], told["pupils"]) == (anna.pk, 1)
    assert not Guardian.objects.exists()
    assert not Pupil.objects.exists()


def test_a_person_who_is_being_written_to_is_erased_later(typed: Typed, anna: Guardian) -> None:
    school.copy(anna.addresses.get(), state=State.SENDING)
    number = str(anna.pk)
    said = typed("people", "erase", number, "--confirm", number, "--json")
    assert (said.code, said.json["error"]) == (1, "still_sending")


def test_two_become_one(typed: Typed, anna: Guardian) -> None:
    other = school.guardian("Анна К.", vk="5")
    told = typed("people", "merge", str(anna.pk), str(other.pk), "--json").json
    assert (told["stays"], told["gone"], told["addresses"]) == (anna.pk, other.pk, 1)
    assert Guardian.objects.get() == anna


@pytest.mark.parametrize(
    "words", [("export", "7"), ("erase", "7", "--confirm", "7"), ("merge", "7", "8")]
)
def test_who_is_not_there_is_told(typed: Typed, words: tuple[str, ...]) -> None:
    said = typed("people", *words, "--json")
    assert (said.code, said.json["error"]) == (3, "no_such_person")
    assert not AuditEntry.objects.exists()


def test_of_two_to_be_merged_only_who_is_not_there_is_named(typed: Typed, anna: Guardian) -> None:
    said = typed("people", "merge", str(anna.pk), str(anna.pk + 1))
    assert (said.code, f"В списке нет: №{anna.pk + 1}. " in said.err) == (3, True)


def test_nobody_is_merged_with_herself(typed: Typed, anna: Guardian) -> None:
    said = typed("people", "merge", str(anna.pk), str(anna.pk), "--json")
    assert (said.code, said.json["error"]) == (3, "same_person")
    assert Guardian.objects.get() == anna


def test_a_workbook_comes_in_like_a_csv(typed: Typed, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["группа", "ребёнок", "родитель", "vk"])
    sheet.append(["1А", "Маша С.", "Анна Сергеева", 1900000001])
    book.save(tmp_path / "people.xlsx")
    assert typed("people", "import", tmp_path / "people.xlsx").code == 0
    assert Guardian.objects.get().addresses.get().value == "1900000001"
    assert AuditEntry.objects.get().action == "people_imported"
