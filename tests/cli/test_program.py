"""The command as a program: terminals, signals, pipes, and a home of its own."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
from contextlib import closing, suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from broadcaster.cli.output import emit
from tests.cli.desk import EXAMPLES, PATIENCE, Program, Said, Typed
from tests.servers.process import free_port

URGENT = EXAMPLES / "urgent.md"
IMPORTANT = EXAMPLES / "important.md"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, new_home: Path) -> Program:
    """An installation with the sample school."""
    program = Program(tmp_path_factory.mktemp("installed") / "home")
    shutil.copytree(new_home, program.home)
    assert program.run("people", "import", EXAMPLES / "people.csv").code == 0
    assert program.run("people", "destinations", EXAMPLES / "destinations.csv").code == 0
    return program


def at_a_terminal(program: Program, answer: str, *words: str | Path, **environment: str) -> Said:
    """Run the command at a terminal and type an answer; what it says comes in `out`."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        program.line(*words),
        env=program.environment(environment | {"TERM": "xterm"}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        close_fds=True,
    )
    os.close(theirs)
    os.write(ours, f"{answer}\n".encode())
    said = b"".join(iter(lambda: _read(ours), b"")).decode()
    os.close(ours)
    return Said(child.wait(PATIENCE), said, "")


def _read(terminal: int) -> bytes:
    with suppress(OSError):  # Linux: the other side is closed
        return os.read(terminal, 65536)
    return b""


def sent(program: Program) -> int:
    """How many announcements the installation has."""
    return program.rows("store_announcement")


def mode(path: Path) -> int:
    """Who may do what with a file or folder."""
    return stat.S_IMODE(path.stat().st_mode)


def test_an_urgent_one_is_asked_about_at_a_terminal(installed: Program) -> None:
    before = sent(installed)
    said = at_a_terminal(installed, "н", "send", URGENT, "--again")
    assert "Родителей: 126, копий: 4. Отправить?" in said.out
    assert (said.code, sent(installed)) == (130, before)


def test_a_yes_sends_it(installed: Program) -> None:
    before = sent(installed)
    said = at_a_terminal(installed, "да", "send", URGENT, "--again")
    assert (said.code, sent(installed)) == (0, before + 1)


def test_a_terminal_without_colour_gets_none(installed: Program) -> None:
    said = at_a_terminal(installed, "", "send", IMPORTANT, "--dry-run", NO_COLOR="1")
    assert said.code == 0
    assert not re.search(r"\x1b\[[0-9;]*(3|4|9)[0-7][;m]", said.out)


def test_a_script_is_not_asked(installed: Program) -> None:
    assert installed.run("send", URGENT, "--again", "--json").code == 0


def test_a_second_init_leaves_the_schools_file_alone(installed: Program) -> None:
    (installed.home / "school.yaml").write_text("school: {name: Наша}", "utf-8")
    assert installed.run("init", "--json").json["created"] is False
    assert (installed.home / "school.yaml").read_text("utf-8") == "school: {name: Наша}"


@pytest.fixture
def database(new_home: Path, tmp_path: Path) -> str:
    """The URL of a database that `init` has nothing to do in."""
    file = shutil.copy(new_home / "broadcaster.sqlite3", tmp_path)
    return f"sqlite:///{file}"


@pytest.mark.parametrize("key", ["", "of-the-environment"])
def test_a_new_home_is_closed_to_other_accounts(program: Program, database: str, key: str) -> None:
    own = program.home / "config" / "school.yaml"
    said = program.run("init", SECRET_KEY=key, BROADCASTER_CONFIG=str(own), DATABASE_URL=database)
    assert (said.code, mode(program.home)) == (0, 0o700)


def test_a_home_that_is_there_stays_as_open_as_it_is(program: Program, database: str) -> None:
    program.home.mkdir()
    program.home.chmod(0o755)
    assert program.run("init", DATABASE_URL=database).code == 0
    assert mode(program.home) == 0o755


def test_a_reader_that_leaves_is_no_fault(installed: Program) -> None:
    child = installed.start("preview", IMPORTANT, "--json")
    assert child.stdout
    assert child.stderr
    child.stdout.close()
    err = child.stderr.read()
    child.stderr.close()
    assert (child.wait(PATIENCE), err) == (1, "")


@pytest.mark.parametrize(
    ("signal_", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)], ids=["Ctrl-C", "SIGTERM"]
)
def test_the_sandbox_stops_cleanly(signal_: signal.Signals, code: int, program: Program) -> None:
    with program.running("sandbox", "--port", str(free_port()), "--json") as child:
        assert child.stdout
        told = json.loads("".join(iter(child.stdout.readline, "}\n")) + "}")
        child.send_signal(signal_)
        out, err = child.communicate(timeout=PATIENCE)
    assert told["addresses"].keys() == {"telegram", "vk", "email", "phones"}
    assert (child.returncode, out, err) == (code, "", "")


def test_a_bad_list_of_faults_is_told(program: Program, tmp_path: Path) -> None:
    (tmp_path / "faults.yaml").write_text("- {platform: pigeon, kind: gone}", "utf-8")
    said = program.run("sandbox", "--faults", tmp_path / "faults.yaml", "--port", str(free_port()))
    assert said.code == 3
    assert "faults.yaml, запись 1: platform: «pigeon»" in said.err


@pytest.mark.parametrize(("keep", "words"), [("word", "Нужно целое число."), ("0", "Не меньше 1.")])
def test_a_value_that_is_refused_is_told_in_russian(typed: Typed, keep: str, words: str) -> None:
    said = typed("backup", "--keep", keep)
    assert (said.code, said.err.splitlines()[0]) == (2, f"--keep ЧИСЛО: {words}")


@pytest.fixture(params=["report", "serve"])
def needs_database(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_database_that_is_away_is_told_without_its_password(
    needs_database: str, program: Program
) -> None:
    said = program.run(needs_database, DATABASE_URL="postgres://school:secret-word@127.0.0.1:1/x")
    assert said.code == 4
    assert said.err.startswith("База данных не отвечает:")
    assert "secret-word" not in said.err
    assert len(said.err.splitlines()) == 1


def test_a_wrong_database_url_is_told(program: Program) -> None:
    said = program.run("report", "--json", DATABASE_URL="pigeon://loft")
    assert (said.code, said.json["error"]) == (3, "bad_variable")
    assert "DATABASE_URL" in said.json["problems"][0]


@pytest.mark.parametrize("url", ["127.0.0.1:6379", "localhost", "amqp://127.0.0.1/", "/run/redis"])
def test_an_address_that_is_no_redis_is_told(program: Program, url: str) -> None:
    said = program.run("report", "--json", REDIS_URL=url)
    assert (said.code, said.json["error"]) == (3, "bad_variable")
    assert "redis://127.0.0.1:6379/0" in said.json["problems"][0]


@pytest.mark.parametrize("command", ["report", "serve"])
@pytest.mark.parametrize(
    "variable",
    [
        ("DATABASE_URL", "postgres:/base"),
        ("DATABASE_URL", "mysql://server/base"),
        ("REDIS_URL", "redis://server:port/0"),
        ("BROADCASTER_LANGUAGE", "zz"),
        ("BROADCASTER_LOG", "loud"),
    ],
)
def test_a_variable_that_cannot_be_used_is_told_by_every_command(
    program: Program, command: str, variable: tuple[str, str]
) -> None:
    name, value = variable
    said = program.run(command, "--json", **{name: value})
    assert (said.code, said.json["error"], said.err) == (3, "bad_variable", "")
    assert name in said.json["problems"][0]


@pytest.mark.parametrize("key", [b"", b"\xff\xfe"])
def test_a_key_that_is_lost_is_told(program: Program, key: bytes) -> None:
    program.home.mkdir(exist_ok=True)
    (program.home / "secret_key").write_bytes(key)
    said = program.run("report", "--json", SECRET_KEY="")
    assert (said.code, said.json["error"]) == (3, "bad_variable")
    assert "верните файл из резервной копии" in said.json["problems"][0]


def test_a_home_that_cannot_be_made_is_told(program: Program, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = program.run("report", BROADCASTER_HOME=str(tmp_path / "file" / "home"))
    assert said.code == 4
    assert "BROADCASTER_HOME" in said.err


def test_serve_does_not_start_on_a_database_of_a_newer_program(prepared: Program) -> None:
    with closing(sqlite3.connect(prepared.home / "broadcaster.sqlite3")) as database, database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('store', '9999_of_tomorrow', '2030-01-01')"
        )
    said = prepared.run("serve", "--port", str(free_port()))
    assert said.code == 4
    assert said.err.startswith("База данных новее программы")
    assert not (prepared.home / "logs").exists()


def test_serve_without_its_redis_starts_nothing(program: Program) -> None:
    said = program.run("serve", "--port", str(free_port()), REDIS_URL="redis://127.0.0.1:1/0")
    assert said.code == 4
    assert said.err.startswith("Redis: соединение не принято. Запустите")
    assert not (program.home / "logs").exists()


def test_without_its_redis_an_announcement_is_kept_all_the_same(installed: Program) -> None:
    before = sent(installed)
    said = installed.run("send", IMPORTANT, "--again", REDIS_URL="redis://127.0.0.1:1/0")
    assert (said.code, sent(installed)) == (0, before + 1)
    assert "Всё сохранено" in said.err


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"no database at all, but text" * 40, "это не база данных"), (None, "файл не открывается")],
)
def test_a_file_that_is_no_database_is_told_in_words_of_files(
    program: Program, content: bytes | None, words: str
) -> None:
    file = program.home / "broadcaster.sqlite3"
    program.home.mkdir(exist_ok=True)
    file.write_bytes(content) if content else file.mkdir()
    for command in ("report", "health", "init"):
        said = program.run(command, "--json")
        (problem,) = said.json["problems"]
        assert (said.code, said.json["error"]) == (4, "no_database")
        assert f"База данных не отвечает: {file}: {words}" in problem
        assert "DATABASE_URL" not in problem


def test_a_moment_is_written_as_the_api_writes_it(capsys: pytest.CaptureFixture[str]) -> None:
    emit({"at": datetime(2026, 11, 22, 7, tzinfo=UTC), "day": date(2026, 11, 22)})
    written = json.loads(capsys.readouterr().out)
    assert written == {"at": "2026-11-22T07:00:00+00:00", "day": "2026-11-22"}
