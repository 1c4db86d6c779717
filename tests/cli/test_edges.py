"""Where the command meets the world: its home, its children, ports, narrow screens, faults."""

from __future__ import annotations

import errno
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import IntegrityError, OperationalError

from broadcaster.cli import home
from broadcaster.cli.ending import told
from broadcaster.cli.home import MARK, demo_environment
from broadcaster.cli.output import Failed, out, table
from broadcaster.cli.ports import refuse_taken
from broadcaster.cli.processes import ChildEnded, Children, children
from tests.cli.desk import ROOT, wait_for


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the demo would live; its lock is given back."""
    folder = tmp_path / "demo"
    monkeypatch.setenv("BROADCASTER_DEMO", str(folder))
    yield folder
    while home.held:
        home.held.pop().release()


def test_the_demo_has_a_home_of_its_own(demo: Path) -> None:
    environment = demo_environment()
    assert environment["BROADCASTER_HOME"] == str(demo)
    assert environment["DATABASE_URL"] == environment["REDIS_URL"] == ""


def test_an_old_demo_is_wiped(demo: Path) -> None:
    demo.mkdir()
    (demo / MARK).touch()
    (demo / "broadcaster.sqlite3").touch()
    demo_environment()
    assert [file.name for file in demo.iterdir()] == [MARK]


def test_a_folder_with_anything_else_is_left_alone(demo: Path) -> None:
    demo.mkdir()
    (demo / "thesis.doc").touch()
    with pytest.raises(Failed, match="чужие файлы"):
        demo_environment()
    assert (demo / "thesis.doc").exists()


def test_two_demos_do_not_share_a_home(demo: Path) -> None:
    demo_environment()
    with pytest.raises(Failed, match=f"Показ в папке {demo} уже идёт"):
        demo_environment()


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Children]:
    """Children that find their modules beside their logs."""
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    with children(tmp_path / "logs", environment) as group:
        yield group


def ended(group: Children) -> ChildEnded | None:
    """What is told of the first child that has ended."""
    try:
        group.check()
    except ChildEnded as told:
        return told
    return None


def test_a_child_that_ends_by_itself_is_told_with_its_log(group: Children, tmp_path: Path) -> None:
    (tmp_path / "reader.py").write_text("raise SystemExit('no paper')", "utf-8")
    group.start("reader", "reader")
    log = tmp_path / "logs" / "reader.log"
    assert str(wait_for(lambda: ended(group))).endswith(f"код 1. Почему — в журнале: {log}")
    assert log.read_text() == "no paper\n"


def interrupted_with_a_child(folder: Path) -> None:
    (folder / "sleeper.py").write_text("import time; time.sleep(60)", "utf-8")
    environment = os.environ | {"PYTHONPATH": str(folder)}
    with children(folder / "logs", environment) as group:
        group.start("sleeper", "sleeper")
        (folder / "pid").write_text(str(group._running["sleeper"].pid))
        raise KeyboardInterrupt


def test_children_are_stopped_whatever_happens_in_the_block(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted_with_a_child(tmp_path)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Failed, match=f"Порт занят: 127.0.0.1:{port}") as failed:
            refuse_taken("127.0.0.1", port)
    assert failed.value.exit_code == 4


def test_a_host_that_is_not_ours_is_told() -> None:
    with pytest.raises(Failed, match="--host"):
        refuse_taken("192.0.2.1", 8000)


ROWS = [("Telegram", "родителям", 89), ("сайт", "площадкам", 4)]


def test_a_narrow_screen_gets_lines_instead_of_a_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(out, "_width", 24)
    table(["Канал", "Кому", "Копий"], ROWS, title="Копии")
    assert capsys.readouterr().out == "Копии\nTelegram · родителям · 89\nсайт · площадкам · 4\n"


def test_a_wide_screen_gets_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    table(["Канал", "Кому", "Копий"], ROWS)
    assert "│ Telegram │ родителям │    89 │" in capsys.readouterr().out


def test_a_database_that_is_away_is_told_in_one_line() -> None:
    failed = told(OperationalError("connection refused\n\tIs the server running?"))
    assert (failed.code, failed.exit_code) == ("no_database", 4)
    assert "connection refused Is the server running?" in failed.problems[0]


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOSPC])
def test_a_place_that_cannot_be_written_is_told_with_its_name(number: int) -> None:
    ended = told(OSError(number, os.strerror(number), "/var/lib/broadcaster"))
    assert (ended.code, ended.exit_code) == ("no_access", 4)
    assert "/var/lib/broadcaster" in ended.problems[0]


@pytest.mark.parametrize("fault", [ZeroDivisionError("x"), IntegrityError("x")])
def test_a_fault_of_ours_is_logged_and_never_looks_like_a_result(
    fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        failed = told(fault)
    assert (failed.code, failed.exit_code) == ("fault", 70)
    assert caplog.records[0].exc_info


@pytest.mark.parametrize(
    ("part", "not_needed"),
    [
        ("broadcaster.cli.app, broadcaster.cli.doors", {"PIL", "celery", "kombu"}),
        ("broadcaster.web.urls, broadcaster.tasks", {"aiohttp"}),
    ],
    ids=["a command", "the web and the worker"],
)
def test_what_is_not_needed_yet_is_not_loaded(part: str, not_needed: set[str]) -> None:
    look = f"import django, sys; django.setup(); import {part}; print(*sys.modules)"
    out = subprocess.run(
        [sys.executable, "-c", look],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "broadcaster.settings"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert not_needed & set(out.split()) == set()
