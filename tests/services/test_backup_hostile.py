"""An archive that somebody else has made, or a disk has damaged, is refused; nothing changes."""

from __future__ import annotations

import json
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from broadcaster.services.backup import Refused
from broadcaster.services.backup.manifest import DATABASES
from broadcaster.store.models import Guardian
from tests import school
from tests.services.backup_stage import Parts, copied, packed, parts, put_back, remade
from tests.services.stage import Platform, office

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

EVIL = b"#!/bin/sh"
NAMES = {
    "up": "settings/../../evil",
    "up from attachments": "files/../evil",
    "absolute": "/tmp/evil",
    "unknown": "evil.py",
    "another database": "database.other",
    "hidden": "templates/.git/hooks/pre-commit",
    "somebody else's program": "settings/evil.py",
    "below a file": "settings/school.yaml/evil",
    "no digest": "files/ab/evil",
    "wrong shelf": f"files/ab/{'c' * 64}",
    "backslash": "templates\\..\\evil",
    "new line": "templates/a\nb",
    "very deep": "/".join(["templates", *"abcdefghijklm"]),
}


@pytest.fixture
def whole(tmp_path: Path) -> Parts:
    """What is in a good copy."""
    return parts(copied(tmp_path).file)


@pytest.fixture(autouse=True)
def nothing_changes() -> Iterator[None]:
    """Whatever is tried, the database and the home stay as they were."""
    school.guardian("Анна")
    before = everything()
    yield
    assert Guardian.objects.get().name == "Анна"
    assert everything() == before


def everything() -> set[Path]:
    """Every file of our home beside those that SQLite comes and goes with."""
    there = settings.HOME.rglob("*")
    return {one for one in there if not one.name.endswith(("-wal", "-shm", "-journal"))}


@pytest.fixture
def refused(tmp_path: Path) -> Callable[[Path, str], None]:
    """Asks that a restore is refused in these words."""

    def ask(archive: Path, words: str) -> None:
        with pytest.raises(Refused, match=words):
            put_back(archive, office(Platform()))

    return ask


Ask = Callable[[Path, str], None]


@pytest.fixture(params=["a filter", "no filter"])
def filters(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's tarfile with its filters, and as Debian 12 has it."""
    if request.param == "no filter":
        monkeypatch.delattr(tarfile, "data_filter", raising=False)


@pytest.mark.usefixtures("filters")
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_that_is_none_of_ours_is_refused(
    name: str, whole: Parts, tmp_path: Path, refused: Ask
) -> None:
    refused(remade(tmp_path / "a.tar.gz", {**whole, name: EVIL}), "чего в копии не бывает")


@pytest.mark.usefixtures("filters")
@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE]
)
def test_what_is_no_plain_file_is_refused(
    kind: bytes, whole: Parts, tmp_path: Path, refused: Ask
) -> None:
    link = tarfile.TarInfo("settings/school.yaml")
    link.type, link.linkname = kind, "secret_key"
    rest = {name: body for name, body in whole.items() if name != link.name}
    told = json.loads(whole["manifest.json"])["members"]
    told[link.name] = {"size": 0, "sha256": "0" * 64}
    refused(remade(tmp_path / "a.tar.gz", rest, link, members=told), "не бывает|повреждён")


def test_a_member_that_the_manifest_does_not_know_is_refused(
    whole: Parts, tmp_path: Path, refused: Ask
) -> None:
    archive = packed(tmp_path / "a.tar.gz", {**whole, "templates/more.html": b""})
    refused(archive, "чего в копии не бывает")


def test_a_member_that_comes_twice_is_refused(whole: Parts, tmp_path: Path, refused: Ask) -> None:
    again = tarfile.TarInfo("secret_key")
    refused(packed(tmp_path / "a.tar.gz", whole, again), "чего в копии не бывает")


def test_another_content_than_was_hashed_is_refused(
    whole: Parts, tmp_path: Path, refused: Ask
) -> None:
    other = bytes(byte ^ 1 for byte in whole["secret_key"])
    refused(packed(tmp_path / "a.tar.gz", {**whole, "secret_key": other}), "не тот, что в описании")


def test_a_copy_without_a_file_that_it_names_is_refused(
    whole: Parts, tmp_path: Path, refused: Ask
) -> None:
    rest = {name: body for name, body in whole.items() if name != "secret_key"}
    refused(packed(tmp_path / "a.tar.gz", rest), "не хватает файла secret_key")


def test_a_copy_that_was_cut_off_is_refused(whole: Parts, tmp_path: Path, refused: Ask) -> None:
    archive = packed(tmp_path / "a.tar.gz", whole)
    archive.write_bytes(archive.read_bytes()[:-2000])
    refused(archive, "архив повреждён")


@pytest.mark.parametrize("content", [b"", b"not a copy", b"\x1f\x8b" + b"\0" * 50])
def test_what_is_no_archive_is_refused(content: bytes, tmp_path: Path, refused: Ask) -> None:
    (tmp_path / "a.tar.gz").write_bytes(content)
    refused(tmp_path / "a.tar.gz", "не копия программы")


def test_a_file_that_is_not_there_is_told(tmp_path: Path, refused: Ask) -> None:
    refused(tmp_path / "a.tar.gz", "нет")


def test_a_copy_larger_than_the_disk_is_refused_before_anything_is_unpacked(
    whole: Parts, tmp_path: Path, refused: Ask
) -> None:
    told = json.loads(whole["manifest.json"])["members"]
    told["secret_key"]["size"] = 1 << 60
    refused(remade(tmp_path / "a.tar.gz", whole, members=told), "свободно")


def test_a_file_larger_than_it_says_is_refused(whole: Parts, tmp_path: Path, refused: Ask) -> None:
    large = {**whole, "secret_key": b"\0" * 50_000_000}
    refused(packed(tmp_path / "a.tar.gz", large), "чего в копии не бывает")


def test_an_archive_that_unpacks_to_more_than_it_promises_is_refused(
    whole: Parts, tmp_path: Path, refused: Ask
) -> None:
    """The names of a tar's members are content too, and are unpacked before we see them."""
    bomb = tarfile.TarInfo("templates/" + "a" * 100_000_000)
    refused(packed(tmp_path / "a.tar.gz", whole, bomb), "больше, чем обещает")


def test_a_manifest_that_does_not_end_is_refused(tmp_path: Path, refused: Ask) -> None:
    archive = packed(tmp_path / "a.tar.gz", {"manifest.json": b" " * (65 << 20)})
    refused(archive, "не начинается с её описания")


@pytest.mark.parametrize(
    "told",
    [
        {"made_at": "yesterday"},
        {"made_at": "2026-11-20T12:00:00"},
        {"database": "oracle"},
        {"members": []},
        {"rows": {"store_guardian": "many"}},
        {"migrations": 5},
    ],
    ids=str,
)
def test_a_manifest_that_we_would_not_write_is_refused(
    told: dict[str, object], whole: Parts, tmp_path: Path, refused: Ask
) -> None:
    refused(remade(tmp_path / "a.tar.gz", whole, **told), "описание не читается")


def test_a_copy_of_a_newer_program_is_refused(whole: Parts, tmp_path: Path, refused: Ask) -> None:
    known = json.loads(whole["manifest.json"])["migrations"]
    newer = [*known, "store.9999_tomorrow"]
    refused(remade(tmp_path / "a.tar.gz", whole, migrations=newer), "store.9999_tomorrow")


def test_a_copy_of_another_form_is_refused(whole: Parts, tmp_path: Path, refused: Ask) -> None:
    refused(remade(tmp_path / "a.tar.gz", whole, format=2), "Обновите программу")


def test_a_copy_of_another_kind_of_database_is_refused(
    whole: Parts, tmp_path: Path, refused: Ask
) -> None:
    (other,) = set(DATABASES) - {connection.vendor}
    whole[DATABASES[other]] = whole.pop(DATABASES[connection.vendor])
    refused(remade(tmp_path / "a.tar.gz", whole, database=other), "того же вида")


def test_a_copy_without_a_database_is_refused(whole: Parts, tmp_path: Path, refused: Ask) -> None:
    del whole[DATABASES[connection.vendor]]
    refused(remade(tmp_path / "a.tar.gz", whole), "нет базы данных")


STRANGERS = {
    "a trigger": "CREATE TRIGGER audit_keeps_x AFTER INSERT ON store_group BEGIN SELECT 1; END",
    "a view": "CREATE VIEW more AS SELECT 1",
}


@pytest.mark.parametrize("words", STRANGERS.values(), ids=STRANGERS)
def test_a_database_that_would_run_somebodys_words_is_refused(
    words: str, whole: Parts, tmp_path: Path, refused: Ask
) -> None:
    if connection.vendor != "sqlite":
        return  # PostgreSQL's dumps are programs: the guide says to restore only one's own
    refused(changed(whole, tmp_path, words), "чего в ней не бывает")


def test_a_database_with_loose_ends_is_refused(whole: Parts, tmp_path: Path, refused: Ask) -> None:
    if connection.vendor != "sqlite":
        return  # PostgreSQL itself lets no such rows in
    words = "INSERT INTO store_pupil_groups (pupil_id, group_id) VALUES (99, 99)"
    refused(changed(whole, tmp_path, words), "повреждена")


def test_a_database_with_other_rows_than_it_says_is_refused(
    whole: Parts, tmp_path: Path, refused: Ask
) -> None:
    if connection.vendor != "sqlite":
        return
    words = "INSERT INTO store_group (name) VALUES ('9Я')"
    refused(changed(whole, tmp_path, words), "не столько строк")


def changed(whole: Parts, folder: Path, words: str) -> Path:
    """The copy with a database in which these words were said."""
    file = folder / "changed.sqlite3"
    file.write_bytes(whole["database.sqlite3"])
    database = sqlite3.connect(file)
    database.execute(words)
    database.commit()
    database.close()
    return remade(folder / "a.tar.gz", {**whole, "database.sqlite3": file.read_bytes()})
