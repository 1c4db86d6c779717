"""Children that answer in lines of JSON: a question a line in, an answer a line out."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.faults.parts import ROOT, RUNNING


class Refused(Exception):
    """The child could not do what it was asked; the message is its own."""


class Child:
    """A module of ours that runs until nobody asks any more; safe between threads."""

    def __init__(self, module: str, *arguments: str, environment: Mapping[str, str], log: Path):
        self._lock = threading.Lock()
        self._log = log
        with log.open("ab") as output:
            self._child = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
                start_new_session=True,
            )
        RUNNING.add(self._child)

    def ask(self, do: str, **about: Any) -> Any:
        """The child's answer; raises Refused."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        with self._lock:
            with suppress(BrokenPipeError):
                self._child.stdin.write(json.dumps({"do": do, **about}) + "\n")
                self._child.stdin.flush()
            line = self._child.stdout.readline()
        if not line:
            raise Refused(f"{self._log.name} ended:\n{self._log.read_text('utf-8')[-2000:]}")
        answer = json.loads(line)
        if "error" in answer:
            raise Refused(f"{do}: {answer['error']}")
        return answer["answer"]

    def end(self) -> None:
        """Let it end by itself; kill it when it does not."""
        with suppress(OSError, ValueError):
            if self._child.stdin is not None:
                self._child.stdin.close()
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        if self._child.stdout is not None:
            self._child.stdout.close()
        RUNNING.discard(self._child)


def answer(handlers: Mapping[str, Callable[..., Any]]) -> None:
    """The child's half: answer every line until nobody asks any more."""
    output, sys.stdout = sys.stdout, sys.stderr  # what others print is no answer
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            told = {"answer": handlers[asked.pop("do")](**asked)}
        except Exception as error:  # noqa: BLE001 - whoever asks is told
            told = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(told), file=output, flush=True)
