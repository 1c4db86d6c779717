"""`people`: tables come in whole or, with mistakes, not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadcaster.store.models import Destination, Guardian
from tests.cli.desk import EXAMPLES, Typed

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("day"),
]

HEAD = "группа;ребёнок;родитель;telegram;vk;email;предпочитает;согласие;источник согласия\n"
GOOD = "1А;Маша С.;Анна Петровна Сергеева;;;anna@example.org;email;2026-09-01;анкета\n"
BAD = "1А;Петя К.;Олег Иванович Ким;;;олег;email;2026-09-01;анкета\n"


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """A good row and a bad one."""
    file = tmp_path / "people.csv"
    file.write_text(HEAD + GOOD + BAD, "utf-8")
    return file


def test_the_sample_school_comes_in(typed: Typed) -> None:
    said = typed("people", "import", EXAMPLES / "people.csv")
    assert said.code == 0
    assert Guardian.objects.count() > 100


def test_a_second_import_changes_nothing(typed: Typed) -> None:
    typed("people", "import", EXAMPLES / "people.csv")
    told = typed("people", "import", EXAMPLES / "people.csv", "--json").json
    assert {(count["new"], count["changed"]) for count in told["counts"].values()} == {(0, 0)}


def test_a_dry_run_only_looks(typed: Typed) -> None:
    said = typed("people", "import", EXAMPLES / "people.csv", "--dry-run")
    assert (said.code, Guardian.objects.count()) == (0, 0)
    assert "Ничего не загружено: это была проверка." in said.out


def test_a_mistake_is_told_with_line_and_column_and_nothing_comes_in(
    typed: Typed, mixed: Path
) -> None:
    said = typed("people", "import", mixed)
    assert (said.code, Guardian.objects.count()) == (3, 0)
    assert "people.csv, строка 3, «email»" in said.out
    assert "--good-rows" in said.out


def test_good_rows_come_in_when_asked(typed: Typed, mixed: Path) -> None:
    said = typed("people", "import", mixed, "--good-rows", "--json")
    assert (said.code, said.json["applied"]) == (1, True)
    assert Guardian.objects.get().name == "Анна Петровна Сергеева"


def test_a_file_that_is_not_there_is_told(typed: Typed, tmp_path: Path) -> None:
    said = typed("people", "import", tmp_path / "none.csv", "--json")
    assert (said.code, said.json["error"]) == (3, "unreadable")


def test_the_sample_places_come_in(typed: Typed) -> None:
    typed("people", "import", EXAMPLES / "people.csv")
    assert typed("people", "destinations", EXAMPLES / "destinations.csv").code == 0
    assert Destination.objects.count() == 12
