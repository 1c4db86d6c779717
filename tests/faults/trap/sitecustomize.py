"""Kills its own process at a named step of a copy's life, when the harness has set the trap.

Python imports this by itself because its folder is on the workers' PYTHONPATH. The product knows
nothing of it: the function that a step is named after is wrapped when its module is imported. The
trap is a file that says where, on which channel and at which call; whoever takes it away dies.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from functools import wraps
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

CLAIMING = "broadcaster.store.queries.claiming"
RECORDING = "broadcaster.store.queries.recording"
SCRIBE = "broadcaster.services.scribe"
DISPATCH = "broadcaster.services.dispatch"
FOLDER = "channels.site.folder"
EXPANSION = "broadcaster.store.queries.expansion"
BELL = "broadcaster.web.bell"

STEPS = {
    "before claim": (CLAIMING, "claim", "before"),
    "after claim": (CLAIMING, "claim", "after"),
    "before hand-over": (CLAIMING, "hand_over", "before"),
    "handed over": (SCRIBE, "Scribe.hand_over", "after"),
    "in flight": (FOLDER, "keep", "after"),
    "after the answer": (DISPATCH, "_answer", "before"),
    "before recording": (RECORDING, "record", "before"),
    "not committed": (RECORDING, "record", "after"),
    "after recording": (SCRIBE, "Scribe._write", "after"),
    "before the rows": (EXPANSION, "expand", "before"),
    "after the rows": (EXPANSION, "expand", "after"),
    "committed": (BELL, "ring_for_release", "before"),
}
"""Step → module, function, and on which side of it. What is in flight to a server, the harness sees
at the server; the site is none, there it is the file that has just been kept.
"""


class Trap:
    """The file, and how often each step has been passed since it was laid."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._laid = ""
        self._passed = 0

    def passed(self, step: str, channel: str) -> None:
        """Die here, if this is the step, the channel and the call that the trap names."""
        try:
            text = self._file.read_text("utf-8")
            wanted = json.loads(text)
        except (OSError, ValueError):
            return
        if (step, channel) != (wanted["step"], wanted["channel"]):
            return
        with self._lock:
            self._passed = self._passed + 1 if text == self._laid else 1
            self._laid = text
            if self._passed >= wanted["call"]:
                self._spring()

    def _spring(self) -> None:
        """Only one process can rename the file, and only that one dies."""
        try:
            self._file.rename(self._file.with_suffix(".sprung"))
        except OSError:
            return
        os.kill(os.getpid(), signal.SIGKILL)


def channel_of(given: Sequence[Any]) -> str:
    """Whose step this is: its scribe's thread knows, or one of the arguments."""
    thread = threading.current_thread().name
    if thread.startswith("scribe-"):
        return thread.removeprefix("scribe-").rpartition("_")[0]
    for one in given:
        if found := getattr(one, "_channel", ""):
            return str(found)
        if (found := getattr(one, "name", "")) and hasattr(one, "traits"):
            return str(found)
    return "site" if any(isinstance(one, Path) for one in given) else "release"


def wrapped(work: Callable[..., Any], steps: Sequence[tuple[str, str]], trap: Trap) -> Any:
    """The function with its steps told to the trap; a claim of nothing is no step."""

    def tell(side: str, given: Sequence[Any]) -> None:
        for step, where in steps:
            if where == side:
                trap.passed(step, channel_of(given))

    if asyncio.iscoroutinefunction(work):

        @wraps(work)
        async def walked(*args: Any, **kwargs: Any) -> Any:
            tell("before", args)
            result = await work(*args, **kwargs)
            tell("after", args)
            return result

        return walked

    @wraps(work)
    def done(*args: Any, **kwargs: Any) -> Any:
        tell("before", args)
        result = work(*args, **kwargs)
        if result != []:
            tell("after", args)
        return result

    return done


class Wrapping(Loader):
    """Loads a module and wraps its steps before anybody else sees it."""

    def __init__(self, inner: Loader, trap: Trap) -> None:
        self._inner = inner
        self._trap = trap

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._inner.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._inner.exec_module(module)
        names = {name for home, name, _ in STEPS.values() if home == module.__name__}
        for name in names:
            steps = [
                (step, side)
                for step, (home, called, side) in STEPS.items()
                if (home, called) == (module.__name__, name)
            ]
            owner, _, last = name.rpartition(".")
            holder = getattr(module, owner) if owner else module
            setattr(holder, last, wrapped(getattr(holder, last), steps, self._trap))


class Finder(MetaPathFinder):
    """Finds the modules that have steps."""

    def __init__(self, trap: Trap) -> None:
        self._trap = trap

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in {home for home, *_ in STEPS.values()}:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = Wrapping(spec.loader, self._trap)
        return spec


if laid := os.environ.get("FAULTS_TRAP"):
    sys.meta_path.insert(0, Finder(Trap(Path(laid))))
