"""`backup` and `restore` as somebody types them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings

from broadcaster.cli import backup as door
from broadcaster.cli.output import AWAY, BAD_INPUT, INTERRUPTED, NEEDS_PERSON
from broadcaster.domain.policy import Importance
from broadcaster.store.models import Guardian
from broadcaster.store.queries.heartbeats import SWEEP, beat
from tests import school
from tests.cli.conftest import Settings
from tests.cli.desk import Program, Typed
from tests.services.backup_stage import tidied

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

SECRET = "never-in-a-copy-5f1c"


@pytest.fixture(autouse=True)
def clean_home(day: None) -> Iterator[None]:
    yield from tidied()


@pytest.fixture
def archive(typed: Typed, tmp_path: Path) -> Path:
    """A copy of a school with one family and a broadcast that is under way."""
    person = school.guardian("Анна")
    made = school.announcement(
        "1А", title="Гололёд", released_at=school.NOON, importance=Importance.URGENT
    )
    school.copy(school.address(person, "alpha"), made)
    file = tmp_path / "school.tar.gz"
    assert typed("backup", file).code == 0
    return file


def answering(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """Somebody sits at a terminal and types this."""
    monkeypatch.setattr(door, "can_ask", lambda: True)
    monkeypatch.setattr("sys.stdin", StringIO(words + "\n"))


def test_without_a_place_the_copy_lies_beside_the_data(typed: Typed) -> None:
    said = typed("backup", "--json").json
    assert Path(said["file"]).parent == settings.HOME / "backups"
    assert said["secrets"] is False


def test_a_person_is_told_where_it_is_and_what_is_not_in_it(typed: Typed, tmp_path: Path) -> None:
    said = typed("backup", tmp_path)
    assert said.code == 0
    assert "Копия готова" in said.out
    assert "Ключей каналов в ней нет" in said.out


def test_folders_outside_of_the_home_are_named_as_left_out(
    typed: Typed, settings_file: Settings, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    settings_file(f"templates: {own}")
    assert f"В копию не вошло: {own}" in typed("backup", tmp_path).err
    said = typed("backup", tmp_path, "--json")
    assert (said.code, said.json["left_out"]) == (0, [str(own)])


def test_folders_below_the_home_are_not_left_out(typed: Typed, settings_file: Settings) -> None:
    own = settings.HOME / "own"
    own.mkdir()
    settings_file(f"templates: {own}")
    assert typed("backup", "--json").json["left_out"] == []


def test_a_place_that_cannot_be_written_to_ends_the_command(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = typed("backup", tmp_path / "file" / "below", "--json")
    assert (said.code, said.json["error"]) == (AWAY, "unwritable")


def test_a_restore_tells_what_to_look_at(typed: Typed, archive: Path) -> None:
    said = typed("restore", archive, "--yes")
    assert said.code == NEEDS_PERSON
    for words in ("Восстановлено из копии", "Гололёд", "1 копия", "broadcaster resume"):
        assert words in said.out


def test_a_restore_tells_programs_what_to_look_at(typed: Typed, archive: Path) -> None:
    said = typed("restore", archive, "--yes", "--json")
    assert said.code == NEEDS_PERSON
    ((told),) = said.json["announcements"]
    assert (told["title"], told["unknown"]) == ("Гололёд", 1)


def test_the_report_says_why_it_stands(typed: Typed, archive: Path) -> None:
    number = typed("restore", archive, "--yes", "--json").json["announcements"][0]["announcement"]
    assert "что ушло после неё, неизвестно" in typed("report", number).out


def test_a_database_that_is_not_empty_is_not_replaced_unasked(typed: Typed, archive: Path) -> None:
    school.guardian("Борис")
    said = typed("restore", archive)
    assert said.code == BAD_INPUT
    assert "--yes" in said.err
    assert Guardian.objects.count() == 2


def test_a_person_types_the_word(
    typed: Typed, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    school.guardian("Борис")
    answering(monkeypatch, "восстановить")
    assert typed("restore", archive).code == NEEDS_PERSON
    assert Guardian.objects.get().name == "Анна"


def test_another_word_changes_nothing(
    typed: Typed, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    school.guardian("Борис")
    answering(monkeypatch, "да")
    assert typed("restore", archive).code == INTERRUPTED
    assert Guardian.objects.count() == 2


def test_a_program_that_runs_is_not_replaced(typed: Typed, archive: Path) -> None:
    beat(SWEEP, now=datetime.now(UTC))
    said = typed("restore", archive, "--yes", "--json")
    assert (said.code, said.json["error"]) == (BAD_INPUT, "still_running")


def test_what_is_no_copy_is_refused(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "holiday.tar.gz").write_bytes(b"photos")
    said = typed("restore", tmp_path / "holiday.tar.gz", "--yes", "--json")
    assert (said.code, said.json["error"]) == (BAD_INPUT, "archive_refused")


def test_a_school_moves_to_another_machine(tmp_path: Path) -> None:
    """Here with its people, its settings and its key; there is nothing but the program."""
    here, there = Program(tmp_path / "here"), Program(tmp_path / "there")
    assert here.run("init").code == 0
    assert here.run("people", "import", "examples/people.csv").code == 0
    (here.home / "secrets").mkdir()
    (here.home / "secrets" / "key").write_text(SECRET, "utf-8")
    file = tmp_path / "school.tar.gz"
    assert here.run("backup", file).code == 0
    said = there.run("restore", file)
    assert said.code == 0, said
    assert there.rows("store_guardian") == here.rows("store_guardian") > 0
    for name in ("secret_key", "school.yaml"):
        assert (there.home / name).read_bytes() == (here.home / name).read_bytes()
    assert not (there.home / "secrets").exists()


def test_templates_that_come_with_the_copy_count_at_once(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    assert program.run("init").code == 0
    own = program.home / "own"
    own.mkdir()
    (own / "readme.txt").write_text("ours", "utf-8")
    (program.home / "school.yaml").write_text(f"templates: {own}", "utf-8")
    file = tmp_path / "school.tar.gz"
    assert program.run("backup", file).code == 0
    shutil.rmtree(program.home)
    said = program.run("restore", file)
    assert (said.code, said.err) == (0, "")
    assert (own / "readme.txt").exists()


def test_templates_that_are_nowhere_do_not_spoil_a_restore(
    typed: Typed, settings_file: Settings, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    settings_file(f"templates: {own}")
    assert typed("backup", tmp_path / "school.tar.gz").code == 0
    own.rmdir()
    said = typed("restore", tmp_path / "school.tar.gz", "--yes", "--json")
    assert (said.code, said.json["settings_problem"]) == (0, "")


def test_a_broken_database_is_put_aside_and_replaced(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    assert program.run("init").code == 0
    file = tmp_path / "school.tar.gz"
    assert program.run("backup", file).code == 0
    database = program.home / "broadcaster.sqlite3"
    database.write_bytes(b"the disk is dying" * 1000)
    said = program.run("restore", file, "--yes")
    assert said.code == 0, said
    (aside,) = program.home.glob("before-restore-*/database.sqlite3")
    assert aside.read_bytes().startswith(b"the disk")
    assert program.run("check", "--json").json["findings"][1]["ok"]
