"""The command at work: typed inside this process, or run as a program with a home of its own."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one object on standard output; fails when there is anything else."""
        return json.loads(self.out)


Typed = Callable[..., Said]


@dataclass(frozen=True, slots=True)
class Program:
    """The command as a program of its own: `home` is its installation."""

    home: Path

    def run(self, *words: str | Path, **environment: str) -> Said:
        """Run it to its end."""
        child = self.start(*words, **environment)
        out, err = child.communicate(timeout=PATIENCE * 2)
        return Said(child.returncode, out, err)

    def start(self, *words: str | Path, **environment: str) -> subprocess.Popen[str]:
        """Start it and leave it running."""
        return subprocess.Popen(
            self.line(*words),
            cwd=ROOT,
            env=self.environment(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def line(self, *words: str | Path) -> list[str]:
        """The whole command line."""
        return [sys.executable, "-m", "broadcaster", *map(str, words)]

    def rows(self, table: str) -> int:
        """So many rows has a table of its database."""
        with closing(sqlite3.connect(self.home / "broadcaster.sqlite3")) as database:
            (count,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(count)

    def environment(self, more: dict[str, str]) -> dict[str, str]:
        """Ours, but with the program's own home and without our database."""
        own = {
            "BROADCASTER_HOME": str(self.home),
            "BROADCASTER_CONFIG": str(self.home / "school.yaml"),
            "DATABASE_URL": "",
            "REDIS_URL": "",
        }
        return os.environ | own | more

    @contextmanager
    def running(self, *words: str | Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
        """Run it for the length of the block and end it, if it has not ended itself."""
        child = self.start(*words, **environment)
        try:
            yield child
        finally:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
            child.communicate(timeout=PATIENCE)


def wait_for(what: Callable[[], Any], *, seconds: float = PATIENCE) -> Any:
    """The first truth that `what` tells."""
    deadline = time.monotonic() + seconds
    while not (seen := what()):
        assert time.monotonic() < deadline, what
        time.sleep(0.05)
    return seen
