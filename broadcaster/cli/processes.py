"""The parts of a running system as child processes, started together and stopped cleanly."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn, Protocol

from broadcaster.i18n import _

ROOT = Path(__file__).resolve().parents[2]
"""The program's folder; what only watches over processes does not import the configuration."""

SANDBOX = "sandbox"
"""The child that stands in for the platforms."""

FAULTS = "examples/sandbox.yaml"
"""What goes wrong in it: the report is to have something to tell."""

PATIENCE = 15.0
"""Seconds a child has to finish what is under way."""

LOOK_EVERY = 0.05
"""Seconds between looks at a child that somebody waits for."""


PARENT_DEATH_SIGNAL = 1
"""What Linux's `prctl` calls the signal that a process gets when its parent has ended."""


TERMINATED = 128 + signal.SIGTERM
"""The exit code of what SIGTERM has ended before its work was done."""


class ChildEnded(Exception):
    """A part of the system ended by itself; the message names it and its log."""


class Terminated(SystemExit):
    """Somebody has asked this process to end with SIGTERM; `code` is what it ends with."""


def obey_sigterm(exit_code: int = TERMINATED) -> None:
    """Let a request to end go through every `finally`, so that children are stopped too."""

    def stop(*_args: object) -> NoReturn:
        raise Terminated(exit_code)

    signal.signal(signal.SIGTERM, stop)


class Child(Protocol):
    """A child process, as `subprocess` knows it."""

    @property
    def pid(self) -> int:
        """Its number."""

    @property
    def returncode(self) -> int | None:
        """How it ended, as far as anybody has looked."""

    def poll(self) -> int | None:
        """How it has ended; None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Return when it has ended; raises TimeoutExpired."""

    def send_signal(self, sig: int) -> None:
        """Send it a signal unless it has ended."""


class Adopted:
    """A child of this process that what this process was before has started."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """How it has ended; None while it runs."""
        if self.returncode is None:
            with suppress(ChildProcessError):
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid:
                    self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return when it has ended; raises TimeoutExpired."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            time.sleep(LOOK_EVERY)
        return code

    def send_signal(self, sig: int) -> None:
        """Send it a signal unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, sig)


class Children:
    """Child processes by name; each writes to its own log under `logs`."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        self._logs = logs
        self.environment = dict(environment)
        self._running: dict[str, Child] = {}

    @property
    def pids(self) -> dict[str, int]:
        """The number of each child."""
        return {name: child.pid for name, child in self._running.items()}

    def adopt(self, name: str, pid: int) -> None:
        """Take in a child that this process has had before it became what it is."""
        self._running[name] = Adopted(pid)

    def start(self, name: str, *command: str) -> None:
        """Start `python -m …` as a child that terminal signals do not reach."""
        self._logs.mkdir(parents=True, exist_ok=True)
        with self._log(name).open("ab") as log:
            self._running[name] = subprocess.Popen(  # noqa: S603 - our own words
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_bound_to_us(),  # noqa: PLW1509 - it makes system calls, nothing else
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


def _bound_to_us() -> Callable[[], None] | None:
    """What a new child does first: be asked to end when we are killed; None where it cannot be.

    Without it a killed `serve` would leave a worker behind, and the next one start a second.
    """
    if sys.platform != "linux":
        return None
    prctl, us = ctypes.CDLL(None).prctl, os.getpid()  # looked up before the fork

    def bind() -> None:
        prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)
        if os.getppid() != us:
            os.kill(os.getpid(), signal.SIGTERM)

    return bind


def _kill(child: Child) -> None:
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
    """Start the Celery worker with the schedule inside."""
    group.start("worker", "celery", "--app", "worker", "--quiet", "worker", "--with-schedule")


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
