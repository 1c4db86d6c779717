"""`backup` and `restore` as somebody types them."""

from __future__ import annotations

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
from tests.cli.desk import Typed
from tests.services.backup_stage import tidied

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


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
