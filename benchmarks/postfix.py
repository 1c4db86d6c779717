"""Postfix's own pair for measuring SMTP, two C programs: smtp-source and smtp-sink.

The system's, else those of the Debian package, unpacked below var/; nothing is installed.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.children import ROOT, Failed
from benchmarks.stopwatch import spent

UNPACKED = ROOT / "var" / "postfix"
SESSIONS = 8
PATIENCE = 60.0
"""Seconds for the package to come, and for the sink to listen."""


class Absent(Exception):
    """The programs are not here and cannot be had; the message says why."""


@dataclass(frozen=True, slots=True)
class Postfix:
    """The two programs and the environment in which they find their libraries."""

    source: str
    sink: str
    environment: dict[str, str]


def postfix() -> Postfix:
    """The pair, fetched when it is not here; raises Absent."""
    system = f"{os.environ.get('PATH', '')}:/usr/sbin"
    source, sink = (shutil.which(name, path=system) for name in ("smtp-source", "smtp-sink"))
    if source and sink:
        return Postfix(source, sink, dict(os.environ))
    return unpacked()


def unpacked(folder: Path = UNPACKED) -> Postfix:
    """The pair out of the Debian package, which is fetched the first time; raises Absent."""
    programs = folder / "usr" / "sbin"
    if not (programs / "smtp-source").exists():
        _fetch(folder)
    libraries = {"LD_LIBRARY_PATH": str(folder / "usr" / "lib" / "postfix")}
    found = Postfix(
        str(programs / "smtp-source"), str(programs / "smtp-sink"), {**os.environ, **libraries}
    )
    usage = subprocess.run(
        [found.source], env=found.environment, capture_output=True, text=True, check=False
    )
    if "usage:" not in usage.stderr:
        raise Absent(f"the package's smtp-source does not run here: {usage.stderr.strip()}")
    return found


def _fetch(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    try:
        subprocess.run(
            ["apt-get", "download", "--quiet=2", "postfix"],
            cwd=folder,
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )
        (package,) = folder.glob("postfix_*.deb")
        subprocess.run(["dpkg", "-x", package, folder], capture_output=True, check=True)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise Absent(
            "there is no smtp-source, and the package postfix could not be had"
            f" ({type(error).__name__}); install it, or run `apt-get update`"
        ) from error


def send(pair: Postfix, *, server: str, message: str, count: int) -> dict[str, Any]:
    """Let smtp-source send the bytes of the file `message` so often; raises Failed.

    The start of the program is part of its time, as it takes a millisecond.
    """
    lines = Path(message).with_suffix(".lines")  # it ends the lines itself
    lines.write_bytes(Path(message).read_bytes().replace(b"\r\n", b"\n"))
    command = [pair.source, "-d", "-s", f"{SESSIONS}", "-m", f"{count}", "-F", f"{lines}"]
    command += ["-f", "school@school.example", "-t", "parent@family.example", server]
    started = time.perf_counter()
    child = os.posix_spawn(pair.source, command, pair.environment)
    _, status, used = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    if status:
        raise Failed(f"{command!r} ended with {os.waitstatus_to_exitcode(status)}")
    return {"seconds": seconds, "cpu": used.ru_utime + used.ru_stime}


class Sink:
    """A running smtp-sink at `address`; it counts nothing, but what it costs can be seen."""

    def __init__(self, child: subprocess.Popen[bytes], address: str) -> None:
        self._child = child
        self.address = address

    def cpu(self) -> float:
        """Processor seconds until now; nan where the system does not tell."""
        with suppress(OSError):
            return spent(self._child.pid)
        return float("nan")


@contextmanager
def sinking(pair: Postfix) -> Iterator[Sink]:
    """Run smtp-sink for the length of the block."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [pair.sink, *_account(), address, "100"]
    with subprocess.Popen(command, env=pair.environment) as child:
        try:
            _wait_for(address)
            yield Sink(child, address)
        finally:
            child.terminate()


def _account() -> list[str]:
    """Root may not run it; anybody else needs no other account."""
    if os.geteuid() != 0:
        return []
    return ["-u", pwd.getpwnam("nobody").pw_name]


def _wait_for(address: str) -> None:
    host, _, port = address.rpartition(":")
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(ConnectionRefusedError):
            socket.create_connection((host, int(port))).close()
            return
        time.sleep(0.02)
    raise Failed(f"smtp-sink does not listen on {address}")
