"""`serve` on a machine where nothing has been prepared."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.cli.desk import EXAMPLES, PATIENCE, Program, Said, wait_for
from tests.servers.process import free_port


def children_of(pid: int) -> dict[str, int]:
    """The parts that a `serve` has started: the module → its process id."""
    pids = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    lines = {int(pid): Path(f"/proc/{pid}/cmdline").read_text().split("\0") for pid in pids}
    return {line[2]: pid for pid, line in lines.items() if line[1:2] == ["-m"]}


def alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def answers(url: str) -> int:
    """The page's status, 0 while nobody answers."""
    with suppress(URLError, ConnectionError, TimeoutError):
        return int(urlopen(url, timeout=5).status)
    return 0


@dataclass(frozen=True, slots=True)
class Served:
    """A `serve` that has run, sent an announcement and been asked to end."""

    status: int
    sent: Any
    code: int
    left: list[int]
    err: str
    calendar_problems: list[str]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Served:
    program = Program(tmp_path_factory.mktemp("served"))
    (program.home / "school.yaml").write_text("calendar: {enabled: true}\n")
    (program.home / "seasonal.yaml").write_text("ticks: {rule: FREQ=HOURLY}\n")
    port = free_port()
    words = ("serve", "--port", str(port), "--json")
    with program.running(*words, REDIS_URL=redis_url) as child:
        status = wait_for(lambda: answers(f"http://127.0.0.1:{port}/site/"))
        parts = children_of(child.pid)
        program.run("people", "import", EXAMPLES / "people.csv")
        program.run("people", "destinations", EXAMPLES / "destinations.csv")
        urgent = ("send", EXAMPLES / "urgent.md", "--wait", "--json")
        sent = program.run(*urgent, REDIS_URL=redis_url).json
        child.send_signal(signal.SIGTERM)
        out, err = child.communicate(timeout=PATIENCE)
    told = json.loads(out)
    assert told.keys() == {"url", "logs", "start", "calendar_problems"}
    assert told["start"].startswith(f"http://127.0.0.1:{port}/start/")
    assert parts.keys() == {"celery", "gunicorn"}
    left = [pid for pid in parts.values() if alive(pid)]
    return Served(status, sent, child.returncode, left, err, told["calendar_problems"])


def test_it_works_without_any_preparation(served: Served) -> None:
    assert served.status == 200


def test_it_says_at_its_start_what_is_wrong_in_the_calendar(served: Served) -> None:
    (problem,) = served.calendar_problems
    assert "seasonal.yaml: ticks.rule: " in problem


def test_it_sends_what_another_process_releases_through_redis(served: Served) -> None:
    states = {
        one["state"]: one["count"]
        for one in served.sent["copies_by_state"]
        if one["channel"] == "site"
    }
    assert states == {"sent": 4}


def test_sigterm_ends_it_with_all_its_parts(served: Served) -> None:
    assert (served.code, served.left, served.err) == (0, [], "")


@pytest.fixture
def starting(prepared: Program) -> Iterator[subprocess.Popen[str]]:
    """A `serve` that has just started its parts."""
    with prepared.running("serve", "--port", str(free_port())) as child:
        assert child.stdout
        child.stdout.readline()
        yield child


def test_a_part_that_dies_ends_it_and_names_the_log(
    starting: subprocess.Popen[str], program: Program
) -> None:
    parts = children_of(starting.pid)
    os.kill(parts["gunicorn"], signal.SIGKILL)
    err = starting.communicate(timeout=PATIENCE)[1]
    assert starting.returncode == 4
    assert f"Часть «web» завершилась сама, код -9. Почему — в журнале: {program.home}" in err
    assert not alive(parts["celery"])


def test_ctrl_c_ends_it_without_a_traceback(starting: subprocess.Popen[str]) -> None:
    parts = children_of(starting.pid)
    starting.send_signal(signal.SIGINT)
    err = starting.communicate(timeout=PATIENCE)[1]
    assert (starting.returncode, err) == (130, "")
    assert not any(map(alive, parts.values()))


def obeys_sigterm(pid: int) -> bool:
    """Whether a process has said what it does when it is asked to end."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


@pytest.mark.parametrize("prepares", [False, True])
def test_sigterm_while_it_is_still_starting_is_no_fault(
    prepared: Program, *, prepares: bool
) -> None:
    lock = prepared.home / "serve.lock"
    lock.unlink(missing_ok=True)
    with prepared.running("serve", "--port", str(free_port())) as child:
        wait_for(lock.exists if prepares else lambda: obeys_sigterm(child.pid))
        parts = children_of(child.pid)
        child.send_signal(signal.SIGTERM)
        err = child.communicate(timeout=PATIENCE)[1]
    assert (child.returncode, err) == (0, "")
    assert not any(map(alive, parts.values()))


def served_again(program: Program, **environment: str) -> Said:
    """What another `serve` says in the same home, on a port of its own."""
    return program.run("serve", "--port", str(free_port()), **environment)


def test_a_second_one_in_the_same_home_is_refused(
    starting: subprocess.Popen[str], program: Program
) -> None:
    wait_for(lambda: "broadcaster.cli.keeping" in Path(f"/proc/{starting.pid}/cmdline").read_text())
    said = served_again(program)
    assert (said.code, len(said.err.splitlines())) == (4, 1)
    assert said.err.startswith("Программа уже работает с этими данными")
    assert str(program.home) in said.err


def test_a_killed_one_takes_its_parts_along_and_leaves_the_home_to_the_next(
    starting: subprocess.Popen[str], program: Program
) -> None:
    parts = children_of(starting.pid)
    starting.kill()
    starting.wait(PATIENCE)
    wait_for(lambda: not any(map(alive, parts.values())))
    with program.running("serve", "--port", str(free_port())) as child:
        assert child.stdout
        assert child.stdout.readline().startswith("Работает: ")
