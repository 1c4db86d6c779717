"""The whole system as `broadcaster serve` starts it, in an installation."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.request import Request, urlopen

from benchmarks.children import ROOT, Failed
from benchmarks.installation import Installation
from tests.servers.process import free_port

PATIENCE = 90.0
"""Seconds that it may take to start, and again to end."""


@dataclass(frozen=True, slots=True)
class Served:
    """A system that runs: the process that keeps it, and where its pages are."""

    pid: int
    url: str


@contextmanager
def served(installation: Installation) -> Iterator[Served]:
    """Run everything for the length of the block; raises Failed when its pages do not answer."""
    port = free_port()
    words = [sys.executable, "-m", "broadcaster", "serve", "--json", "--port", str(port)]
    log = installation.home / "serve.log"
    with log.open("wb") as output:
        child = subprocess.Popen(
            words,
            cwd=ROOT,
            env={**os.environ, **installation.environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://127.0.0.1:{port}/"
        if not _answers(child, url):
            raise Failed(log.read_text(encoding="utf-8"))
        yield Served(child.pid, url)
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(PATIENCE)


def _answers(child: subprocess.Popen[bytes], url: str) -> bool:
    """Whether its pages answer before it ends or patience does."""
    page = Request(f"{url}account/login", headers={"X-Forwarded-Proto": "https"})
    deadline = time.monotonic() + PATIENCE
    while child.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), urlopen(page, timeout=10):
            return True
        time.sleep(0.1)
    return False
