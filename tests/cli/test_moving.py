"""`backup` and `restore` as programs of their own: to another machine, after a loss."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.cli.desk import Program

SECRET = "never-in-a-copy-5f1c"


def test_a_school_moves_to_another_machine(prepared: Program, tmp_path: Path) -> None:
    """Here with its people, its settings and its key; there is nothing but the program."""
    here, there = prepared, Program(tmp_path / "there")
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


def test_templates_that_come_with_the_copy_count_at_once(prepared: Program, tmp_path: Path) -> None:
    own = prepared.home / "own"
    own.mkdir()
    (own / "readme.txt").write_text("ours", "utf-8")
    (prepared.home / "school.yaml").write_text(f"templates: {own}", "utf-8")
    file = tmp_path / "school.tar.gz"
    assert prepared.run("backup", file).code == 0
    shutil.rmtree(prepared.home)
    said = prepared.run("restore", file)
    assert (said.code, said.err) == (0, "")
    assert (own / "readme.txt").exists()


def test_a_broken_database_is_put_aside_and_replaced(prepared: Program, tmp_path: Path) -> None:
    file = tmp_path / "school.tar.gz"
    assert prepared.run("backup", file).code == 0
    database = prepared.home / "broadcaster.sqlite3"
    database.write_bytes(b"the disk is dying" * 1000)
    said = prepared.run("restore", file, "--yes")
    assert said.code == 0, said
    (aside,) = prepared.home.glob("before-restore-*/database.sqlite3")
    assert aside.read_bytes().startswith(b"the disk")
    assert prepared.run("check", "--json").json["findings"][1]["ok"]
