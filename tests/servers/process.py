"""A server as a child of the tests: started, waited for, ended by its process id."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 30.0
"""Seconds that a server may take to answer, and again to end."""


class NoServer(Exception):
    """This machine has no such server, or it does not start; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `folder` holds its data and is gone when it has ended."""

    url: str
    pid: int
    folder: Path


def only_wheels() -> bool:
    """Whether the system's own servers are to be left alone (BROADCASTER_TEST_SERVERS=wheels)."""
    return os.environ.get("BROADCASTER_TEST_SERVERS") == "wheels"


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses right now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str],
    *,
    folder: Path,
    answers: Callable[[int], bool],
    ended_by: signal.Signals = signal.SIGTERM,
    account: pwd.struct_passwd | None = None,
) -> Iterator[int]:
    """Run a server for the length of the block; gives its process id.

    `answers` is asked, with that id, until it says yes. Raises NoServer with what the server wrote
    when it ends or keeps silent instead.
    """
    log = folder / "server.log"
    child = start(command, folder=folder, log=log, account=account)
    try:
        _wait(child, answers, log)
        yield child.pid
    finally:
        _end(child, ended_by)


def start(
    command: Sequence[str],
    *,
    folder: Path,
    log: Path,
    account: pwd.struct_passwd | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in `folder` as `account` (None: ourselves); what it says is added to `log`.

    Without an `environment` it has ours but for the PG* variables. In a session of its own no
    Ctrl-C and no kill of ours reaches it beside its parent.
    """
    ours = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=ours if environment is None else dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )


def _wait(child: subprocess.Popen[bytes], answers: Callable[[int], bool], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not answers(child.pid):
        if child.poll() is not None or time.monotonic() > deadline:
            raise NoServer(f"{child.args!r} does not answer:\n{log.read_text(errors='replace')}")
        time.sleep(0.02)


def _end(child: subprocess.Popen[bytes], ended_by: signal.Signals) -> None:
    child.send_signal(ended_by)
    try:
        child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
