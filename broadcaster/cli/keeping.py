"""What `serve` becomes when everything runs: it watches the parts and plays the sandbox.

To prepare, `serve` has imported the whole program. Then it makes room by becoming this module, the
same process with the same children, which imports next to nothing: keep it so.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from broadcaster.cli.processes import (
    ROOT,
    SANDBOX,
    ChildEnded,
    Children,
    Terminated,
    children,
    obey_sigterm,
    start_sandbox,
)
from broadcaster.i18n import _

LOOK_EVERY = 0.5
"""Seconds between looks at the children."""

PART_ENDED, INTERRUPTED = 4, 130
"""Exit codes."""

WANTED, UNWANTED = 10, 11
"""What `broadcaster.cli.wishing` answers; anything else is no answer."""

ASKED = (signal.SIGTERM, signal.SIGINT)

Stamp = Sequence[int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What is watched over: running parts by name, and the school's `file`, seen at `stamp`.

    `sandbox` is what the file wished then; `addresses` is the file in which a sandbox says where it
    listens.
    """

    parts: dict[str, int]
    logs: str
    file: str
    stamp: Stamp
    sandbox: bool
    addresses: str
    as_json: bool


def stamp_of(file: Path) -> Stamp:
    """What tells that a file has changed; None where there is none."""
    try:
        seen = file.stat()
    except OSError:
        return None
    return [seen.st_mtime_ns, seen.st_size, seen.st_ino]


def become(charge: Charge, group: Children) -> None:
    """Make this process the one that keeps the parts; returns where a system cannot do that.

    Who asks us to end meanwhile is heard by what we become.
    """
    if not hasattr(os, "fork"):
        keep(charge, group)
        return
    sys.stdout.flush()
    signal.pthread_sigmask(signal.SIG_BLOCK, ASKED)
    words = [sys.executable, "-m", "broadcaster.cli.keeping", json.dumps(asdict(charge))]
    os.chdir(ROOT)
    os.execve(sys.executable, words, group.environment)  # noqa: S606 - our own words


def main() -> int:
    """Keep the parts that `serve` has started; returns its exit code."""
    charge = Charge(**json.loads(sys.argv[1]))
    obey_sigterm()
    try:
        with children(Path(charge.logs)) as group:
            for name, pid in charge.parts.items():
                group.adopt(name, pid)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKED)
            keep(charge, group)
    except Terminated:
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except ChildEnded as ended:
        _tell(str(ended), as_json=charge.as_json)
    return PART_ENDED


def keep(charge: Charge, group: Children) -> None:
    """Watch until a part ends by itself or somebody asks us to end."""
    wish = Wish(Path(charge.file), charge.stamp, wanted=charge.sandbox)
    try:
        while True:
            group.check()
            _play(group, Path(charge.addresses), wanted=wish.look())
            time.sleep(LOOK_EVERY)
    except (KeyboardInterrupt, Terminated):
        if not charge.as_json:
            print(_("Останавливаюсь: жду, пока уйдёт то, что отправляется…"), flush=True)  # noqa: T201
        raise


class Wish:
    """Whether the school's file wishes the sandbox; asked of the whole program when it changes."""

    def __init__(self, file: Path, stamp: Stamp, *, wanted: bool) -> None:
        self._file = file
        self._stamp = stamp
        self._wanted = wanted

    def look(self) -> bool:
        """The wish as it stands; a file that cannot be used changes nothing."""
        stamp = stamp_of(self._file)
        if stamp != self._stamp:
            self._stamp = stamp
            said = _asked()
            self._wanted = said == WANTED if said in {WANTED, UNWANTED} else self._wanted
        return self._wanted


def _asked() -> int:
    return subprocess.run(
        [sys.executable, "-m", "broadcaster.cli.wishing"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    ).returncode


def _play(group: Children, addresses: Path, *, wanted: bool) -> None:
    """Run the sandbox while it is wanted; it is started and stopped without us."""
    runs = group.has(SANDBOX)
    if wanted and not runs:
        start_sandbox(group)
    if runs and not wanted:
        group.end(SANDBOX)
        addresses.unlink(missing_ok=True)


def _tell(problem: str, *, as_json: bool) -> None:
    if as_json:
        told = {"error": "part_ended", "problems": [problem]}
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        return
    red, plain = ("\033[31m", "\033[0m") if sys.stderr.isatty() else ("", "")
    sys.stderr.write(f"{red}{problem}{plain}\n")


if __name__ == "__main__":
    sys.exit(main())
