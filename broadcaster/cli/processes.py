"""The parts of a running system as child processes, started together and stopped cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from broadcaster.config_values import ROOT
from broadcaster.i18n import _

SANDBOX = "sandbox"
"""The child that stands in for the platforms."""

FAULTS = "examples/sandbox.yaml"
"""What goes wrong in it: the report is to have something to tell."""

PATIENCE = 15.0
"""Seconds a child has to finish what is under way."""


class ChildEnded(Exception):
    """A part of the system ended by itself; the message names it and its log."""


class Terminated(SystemExit):
    """Somebody has asked this process to end with SIGTERM."""

    def __init__(self) -> None:
        super().__init__(128 + signal.SIGTERM)


def obey_sigterm() -> None:
    """Let a request to end go through every `finally`, so that children are stopped too."""

    def stop(*_args: object) -> NoReturn:
        raise Terminated

    signal.signal(signal.SIGTERM, stop)


class Children:
    """Child processes by name; each writes to its own log under `logs`."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        self._logs = logs
        self._environment = dict(environment)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *command: str) -> None:
        """Start `python -m …` as a child that terminal signals do not reach."""
        self._logs.mkdir(parents=True, exist_ok=True)
        with self._log(name).open("ab") as log:
            self._running[name] = subprocess.Popen(  # noqa: S603 - our own words
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def check(self) -> None:
        """Raise ChildEnded when a child is no longer there."""
        for name, child in self._running.items():
            if child.poll() is not None:
                words = _("Часть «{name}» завершилась сама, код {code}. Почему — в журнале: {log}")
                raise ChildEnded(
                    words.format(name=name, code=child.returncode, log=self._log(name))
                )

    def has(self, name: str) -> bool:
        """Whether a child of this name has been started."""
        return name in self._running

    def end(self, name: str) -> None:
        """Stop one child and forget it."""
        child = self._running.pop(name)
        with suppress(ProcessLookupError):
            child.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            child.wait(PATIENCE)
        _kill(child)

    def stop(self) -> None:
        """Ask every child to finish and end those that do not, at once when interrupted again."""
        try:
            for child in self._running.values():
                with suppress(ProcessLookupError):
                    child.send_signal(signal.SIGTERM)
            deadline = time.monotonic() + PATIENCE
            for child in self._running.values():
                with suppress(subprocess.TimeoutExpired):
                    child.wait(max(deadline - time.monotonic(), 0.1))
        finally:
            for child in self._running.values():
                _kill(child)
            self._running.clear()

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End a child that still runs, with everything that it has started."""
    if child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


@contextmanager
def children(logs: Path, environment: Mapping[str, str] | None = None) -> Iterator[Children]:
    """Children that are stopped when the block ends, however it ends."""
    group = Children(logs, environment or os.environ)
    try:
        yield group
    finally:
        group.stop()


def start_worker(group: Children) -> None:
    """Start the Celery worker with beat inside."""
    group.start("worker", "celery", "--app", "worker", "--quiet", "worker", "--beat")


def start_web(group: Children, address: str) -> None:
    """Start the web server on `host:port`."""
    group.start(
        "web", "gunicorn", "broadcaster.web.wsgi:application", "--bind", address,
        "--workers", "1", "--threads", "8", "--no-control-socket",
    )  # fmt: skip


def start_sandbox(group: Children) -> None:
    """Start the platforms of the sandbox, which say under BROADCASTER_HOME where they listen."""
    faults = ("--faults", str(ROOT / FAULTS)) if (ROOT / FAULTS).exists() else ()
    group.start(SANDBOX, "broadcaster", "sandbox", "--shared", "--json", *faults)
