"""What `serve` becomes: parts are taken over, watched and stopped, the sandbox comes and goes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import pytest

from broadcaster.cli import keeping
from broadcaster.cli.keeping import UNWANTED, WANTED, Charge, Wish, stamp_of
from broadcaster.cli.processes import Adopted, ChildEnded, children
from tests.cli.desk import PATIENCE, Program, wait_for

ENDLESS = "import time; time.sleep(600)"
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def forked() -> Iterator[int]:
    """A child of this process of which `subprocess` knows nothing."""
    pid = os.posix_spawn(sys.executable, [sys.executable, "-c", ENDLESS], os.environ)
    try:
        yield pid
    finally:
        try:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass


def test_a_child_that_was_taken_over_is_stopped_with_the_others(tmp_path: Path) -> None:
    with forked() as pid:
        with children(tmp_path) as group:
            group.adopt("worker", pid)
            group.check()
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_child_that_was_taken_over_and_ends_is_told(tmp_path: Path) -> None:
    with forked() as pid, children(tmp_path) as group:
        group.adopt("worker", pid)
        os.kill(pid, signal.SIGKILL)
        group._running["worker"].wait(PATIENCE)
        with pytest.raises(ChildEnded, match="«worker» завершилась сама, код -9"):
            group.check()


def test_a_child_that_runs_on_is_waited_for_only_so_long() -> None:
    with forked() as pid, pytest.raises(subprocess.TimeoutExpired):
        Adopted(pid).wait(0.0)


def test_how_a_child_has_ended_is_known_for_good() -> None:
    with forked() as pid:
        child = Adopted(pid)
        assert child.poll() is None
        child.send_signal(signal.SIGTERM)
        assert child.wait(PATIENCE) == child.poll() == -signal.SIGTERM
        child.send_signal(signal.SIGTERM)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "school.yaml"


def answering(monkeypatch: pytest.MonkeyPatch, *answers: int) -> list[int]:
    """The whole program answers this, one after the other; what it has not been asked is left."""
    left = list(answers)
    monkeypatch.setattr(keeping, "_asked", lambda: left.pop(0))
    return left


def test_the_program_is_asked_only_when_the_file_has_changed(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = answering(monkeypatch, WANTED, UNWANTED)
    wish = Wish(file, stamp_of(file), wanted=False)
    assert not wish.look()
    file.write_text("sandbox: true\n")
    assert wish.look()
    assert wish.look()
    assert left == [UNWANTED]


def test_a_file_that_cannot_be_used_changes_nothing(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, 1)
    wish = Wish(file, None, wanted=True)
    file.write_text("sandbox: maybe\n")
    assert wish.look()


@pytest.mark.parametrize(("text", "code"), [("", UNWANTED), ("sandbox: true\n", WANTED)])
def test_the_whole_program_knows_what_the_file_wishes(
    program: Program, text: str, code: int
) -> None:
    program.home.mkdir(exist_ok=True)
    (program.home / "school.yaml").write_text(text)
    words = [sys.executable, "-m", "broadcaster.cli.wishing"]
    asked = subprocess.run(words, cwd=ROOT, env=program.environment({}), check=False)
    assert asked.returncode == code


def test_the_keeper_takes_over_nothing_but_what_it_is_given_and_ends_with_it(
    file: Path, tmp_path: Path
) -> None:
    charge = Charge(
        parts={},
        logs=str(tmp_path),
        file=str(file),
        stamp=None,
        sandbox=False,
        addresses=str(tmp_path / "sandbox.json"),
        as_json=False,
    )
    words = [sys.executable, "-m", "broadcaster.cli.keeping", json.dumps(asdict(charge))]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        wait_for(lambda: "SigCgt" in handled(child.pid))
        child.send_signal(signal.SIGTERM)
        out, _ = child.communicate(timeout=PATIENCE)
    assert (child.returncode, "Останавливаюсь" in out) == (0, True)


def handled(pid: int) -> str:
    """The name of the field when the process has a handler of SIGTERM."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, mask = line.partition(":")
        if name == "SigCgt" and int(mask, 16) >> (signal.SIGTERM - 1) & 1:
            return name
    return ""


def test_what_keeps_imports_next_to_nothing() -> None:
    heavy = "import broadcaster.cli.keeping, sys; print(len(sys.modules), 'django' in sys.modules)"
    out = subprocess.run(
        [sys.executable, "-c", heavy], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    modules, django = out.split()
    assert (int(modules) < 250, django) == (True, "False")
