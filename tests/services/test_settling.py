"""The school's own file is changed with care: comments, secrets, mistakes, disks that say no."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from broadcaster.bootstrap import try_out
from broadcaster.cli.system import STARTER
from broadcaster.config import ConfigMistake, load
from broadcaster.contract import Secret
from broadcaster.services.audit import Action, Actor
from broadcaster.services.settling import Unwritable, secrets_folder, settle
from broadcaster.store.models import AuditEntry
from tests.school import NOON

pytestmark = [pytest.mark.database, pytest.mark.django_db]

ANNA = Actor("Анна Сергеевна", 7)


@pytest.fixture
def file(tmp_path: Path, settings: Any) -> Path:
    """The school's file, in an installation of its own."""
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    (tmp_path / "config").mkdir()
    return tmp_path / "config" / "school.yaml"


def put(file: Path, **changes: Any) -> list[str]:
    """Write settings; a key's dots are typed as two underscores."""
    dotted = {key.replace("__", "."): value for key, value in changes.items()}
    return settle(dotted, by=ANNA, now=NOON, check=try_out, file=file)


def test_a_school_without_a_file_gets_one(file: Path) -> None:
    put(file, school__name="Лицей № 5")
    assert load(file).school.name == "Лицей № 5"


def test_comments_and_order_stay(file: Path) -> None:
    file.write_text("# наш файл\nschool:\n  name: Лицей  # коротко\n  colour: '#112233'\n", "utf-8")
    put(file, school__name="Школа")
    assert file.read_text("utf-8") == (
        "# наш файл\nschool:\n  name: Школа  # коротко\n  colour: '#112233'\n"
    )


def test_the_file_that_init_makes_can_be_changed(file: Path) -> None:
    file.write_text(STARTER, "utf-8")
    put(file, school__name="Гимназия", channels__telegram__enabled=True)
    assert load(file).channels["telegram"].enabled
    assert "# Ключей и паролей здесь нет" in file.read_text("utf-8")
    assert "#     host: smtp.school.example" in file.read_text("utf-8")


def test_a_file_of_comments_only_keeps_them(file: Path) -> None:
    file.write_text("# school:\n#   name: Лицей\n", "utf-8")
    put(file, school__name="Гимназия")
    assert file.read_text("utf-8").startswith("# school:\n#   name: Лицей\nschool:\n")


@pytest.mark.parametrize("words", ["no", "21:00", "1e3", "null", "#5", "a: b", "две\nстроки", "'"])
def test_words_that_look_like_something_else_stay_words(file: Path, words: str) -> None:
    put(file, school__signature=words)
    assert load(file).school.signature == words


def test_times_of_quiet_hours_are_read_back(file: Path) -> None:
    put(file, quiet_hours__start="22:00", quiet_hours__enabled=False)
    hours = load(file).quiet_hours
    assert (hours.start.hour, hours.enabled) == (22, False)


def test_a_value_that_cannot_be_used_changes_nothing(file: Path) -> None:
    put(file, school__name="Лицей")
    before = file.read_bytes()
    with pytest.raises(ConfigMistake) as mistake:
        put(file, school__name="Гимназия", school__colour="красный")
    assert (mistake.value.key, file.read_bytes()) == ("school.colour", before)
    assert [path.name for path in file.parent.iterdir()] == ["school.yaml"]


def test_a_channel_that_would_not_open_changes_nothing(file: Path) -> None:
    with pytest.raises(ConfigMistake):
        put(file, channels__email__enabled=True, channels__email__sender="ни адрес")
    assert not file.exists()


def test_a_secret_lies_in_a_file_that_only_we_can_read(file: Path) -> None:
    put(file, channels__telegram__token=Secret("123:hunter2"))
    (kept,) = secrets_folder().glob("channels-telegram-token-*")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "hunter2" not in file.read_text("utf-8")
    assert "file:" in file.read_text("utf-8")


def test_a_secret_reaches_the_channel(file: Path) -> None:
    put(file, channels__telegram__token=Secret("123:hunter2"), channels__telegram__enabled=True)
    from broadcaster.bootstrap import open_office

    assert open_office(load(file)).outlets["telegram"].config.token.reveal() == "123:hunter2"


def test_a_new_secret_takes_the_old_ones_file_away(file: Path) -> None:
    for key in ("old", "new"):
        put(file, channels__vk__token=Secret(key))
    assert [path.read_text() for path in secrets_folder().glob("channels-vk-token-*")] == ["new\n"]


def test_a_refused_change_leaves_the_old_secret_in_force(file: Path) -> None:
    put(file, channels__email__password=Secret("old"))
    with pytest.raises(ConfigMistake):
        put(file, channels__email__password=Secret("new"), school__colour="красный")
    kept = secrets_folder().glob("channels-email-password-*")
    assert [path.read_text() for path in kept] == ["old\n"]


def test_the_same_values_write_nothing(file: Path) -> None:
    put(file, school__name="Лицей")
    before = file.stat().st_ino
    assert put(file, school__name="Лицей") == []
    assert file.stat().st_ino == before


def test_the_audit_log_names_keys_and_never_values(file: Path) -> None:
    put(file, school__name="Лицей", channels__telegram__token=Secret("123:hunter2"))
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor) == (Action.SETTINGS_CHANGED, "Анна Сергеевна")
    assert entry.facts == {"keys": ["school.name", "channels.telegram.token"]}


def test_a_change_that_fails_is_not_in_the_audit_log(file: Path) -> None:
    with pytest.raises(ConfigMistake):
        put(file, school__colour="красный")
    assert not AuditEntry.objects.exists()


def test_a_file_that_is_no_yaml_is_told_and_left_alone(file: Path) -> None:
    file.write_text("school: [", "utf-8")
    with pytest.raises(ConfigMistake):
        put(file, school__name="Лицей")
    assert file.read_text("utf-8") == "school: ["


def test_a_place_that_cannot_be_written_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unwritable) as told:
        put(tmp_path / "file" / "school.yaml", school__name="Лицей")
    assert "право писать" in str(told.value)


def test_the_files_rights_stay(file: Path) -> None:
    file.write_text("school: {name: Лицей}\n", "utf-8")
    file.chmod(0o640)
    put(file, school__name="Гимназия")
    assert file.stat().st_mode & 0o777 == 0o640


def test_secrets_live_in_a_folder_that_only_we_can_enter(file: Path) -> None:
    put(file, channels__telegram__token=Secret("123:abc"))
    assert secrets_folder().stat().st_mode & 0o777 == 0o700
