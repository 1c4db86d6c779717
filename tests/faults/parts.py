"""A part of an installation: a process with a name, a log and a supervisor's care."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from tests.servers import process

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
"""Seconds that a process may take to end, and a condition to come true, on a busy machine."""


RUNNING: set[subprocess.Popen[Any]] = set()
"""Every process that was started and not seen to end."""


MOUNTED: set[str] = set()
"""Folders on which a disk of ours is mounted."""


def end_all() -> None:
    """Kill all processes and take all disks away, when the harness itself is to end at once.

    Folders stay, for whoever wants to look into them.
    """
    for child in list(RUNNING):
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    for folder in list(MOUNTED):
        unmount(folder)


def unmount(folder: str) -> None:
    """Take a disk away, now or when nobody uses it any more."""
    subprocess.run(["umount", "--lazy", folder], check=False)
    MOUNTED.discard(folder)


class Impatient(Exception):
    """Something did not happen in time; the message says what was waited for."""


def until(
    met: Callable[[], object],
    what: str,
    *,
    patience: float = PATIENCE,
    every: float = 0.05,
    meanwhile: Callable[[], object] = lambda: None,
) -> None:
    """Return when a condition is met; raises Impatient with what was waited for."""
    deadline = time.monotonic() + patience
    while not met():
        if time.monotonic() > deadline:
            raise Impatient(f"{what}: not within {patience:.0f} s")
        meanwhile()
        time.sleep(every)


class Part:
    """One process, started again when it ends by itself: `restarts` counts how often.

    It has a session of its own, so that no Ctrl-C and no kill of ours reaches another.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        folder: Path = ROOT,
        account: pwd.struct_passwd | None = None,
    ) -> None:
        self.name = name
        self.command = list(command)
        self.log = log
        self.environment = environment
        self.restarts = 0
        self._folder = folder
        self._account = account
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process's number; raises AssertionError when it was never started."""
        assert self._child is not None
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._child is not None and self._child.poll() is None

    @property
    def wanted(self) -> bool:
        """Whether the process should run: it was started and nobody has stopped it."""
        return self._child is not None

    def start(self) -> None:
        """Start the process; what it says is added to its log."""
        self._child = process.start(
            self.command,
            folder=self._folder,
            log=self.log,
            account=self._account,
            environment=self.environment,
        )
        RUNNING.add(self._child)

    def tend(self) -> bool:
        """Start a process again that has ended by itself, as its unit would; say whether."""
        if not self.wanted or self.alive:
            return False
        self.restarts += 1
        RUNNING.discard(cast("subprocess.Popen[bytes]", self._child))
        self.start()
        return True

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process, if it still is there."""
        if self._child is not None:
            with suppress(ProcessLookupError):
                self._child.send_signal(number)

    def kill(self) -> None:
        """`kill -9`, and wait until it is gone; it stays wanted."""
        self.send(signal.SIGKILL)
        if self._child is not None:
            self._child.wait(PATIENCE)
            RUNNING.discard(self._child)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ask the process to end, kill it when it does not; it is not wanted any more."""
        child, self._child = self._child, None
        if child is None:
            return
        with suppress(ProcessLookupError):
            child.send_signal(number)
        try:
            child.wait(PATIENCE / 2)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait(PATIENCE)
        RUNNING.discard(child)
