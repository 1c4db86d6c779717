"""A wall clock that can be set while processes run; what else they measure time with stays right.

A library of thirty lines of C is loaded into them. libfaketime, which is meant for this, also
changes how its processes wait (0.9.10: Python's sleep fails, a worker of Celery never starts).
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import time
from pathlib import Path

from tests.faults.scene import Skipped

SOURCE = Path(__file__).with_name("wall_clock.c")


class WallClock:
    """The clock of processes that have `environment` in theirs; raises Skipped without a compiler.

    `offset` is by how many seconds it is wrong.
    """

    def __init__(self, folder: Path) -> None:
        compiler = shutil.which("cc")
        if compiler is None:
            raise Skipped("there is no C compiler here: install gcc")
        library = folder / "wall_clock.so"
        command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(SOURCE)]
        subprocess.run(command, check=True)
        self._file = folder / "wall_clock"
        self.set(0)
        self.environment = {"LD_PRELOAD": str(library), "WALL_CLOCK_FILE": str(self._file)}

    def set(self, seconds: int) -> None:
        """Let the clock be wrong by so much."""
        with self._file.open("r+b" if self._file.exists() else "wb") as file:
            file.write(struct.pack("=q", seconds))
        self.offset = seconds

    def now(self) -> float:
        """What it shows, in seconds since 1970."""
        return time.time() + self.offset
