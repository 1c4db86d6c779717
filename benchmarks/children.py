"""Contenders and servers as processes of their own, spoken to in lines of JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120.0
"""Seconds that one contender may take by itself; none that sends needs a quarter of it."""


class Failed(Exception):
    """A child ended badly or sent nonsense; the message holds what it wrote."""


def contend(
    name: str, environment: Mapping[str, str], *, patience: float = PATIENCE, **options: Any
) -> dict[str, Any]:
    """The figures of one contender, run to its end; raises Failed."""
    command = [sys.executable, "-m", "benchmarks.child", name, json.dumps(options)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=patience,
        check=False,
    )
    if done.returncode:
        raise Failed(f"{name} {options}:\n{done.stderr}")
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


class Server:
    """A running server; `address` is what it listens on."""

    def __init__(self, child: subprocess.Popen[str]) -> None:
        self._child = child
        self.address: str = self._read()["address"]

    def report(self) -> dict[str, Any]:
        """What arrived since the last report."""
        assert self._child.stdin is not None
        self._child.stdin.write("\n")
        self._child.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        output: IO[str] | None = self._child.stdout
        line = output.readline() if output else ""
        if not line:
            raise Failed(f"{self._child.args!r} ended")
        told: dict[str, Any] = json.loads(line)
        return told


@contextmanager
def serving(module: str, *arguments: str) -> Iterator[Server]:
    """Run `benchmarks.<module>` as a server for the length of the block; raises Failed."""
    child = subprocess.Popen(
        [sys.executable, "-m", f"benchmarks.{module}", *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        try:
            yield Server(child)
        finally:
            assert child.stdin is not None
            child.stdin.close()  # it ends when nobody can ask any more
