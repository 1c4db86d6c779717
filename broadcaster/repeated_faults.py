"""A fault that repeats itself is written down whole once, then in one line a minute.

A database that is away fails every look of a worker, some dozens a minute, with the same traceback.
"""

from __future__ import annotations

import logging
from threading import Lock
from traceback import walk_tb
from typing import Any

EVERY = 60.0
"""Seconds between lines about a fault that goes on."""
MOST = 100
"""Faults remembered; words that are new each time must not fill the memory."""

Work = tuple[Any, ...]
"""A task and what it is about, such as one channel."""
Key = tuple[Work, type[Exception], str, int]


class RepeatedFaults:
    """Tells the log what went wrong with a task: the same fault with the same words is one."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._lock = Lock()
        self._last: dict[Key, float] = {}
        self._unsaid: dict[Key, int] = {}

    def tell(self, fault: Exception, task: str, *, now: float, **about: Any) -> None:
        """Write down a fault of a task; `now` is in seconds of a clock that only goes on."""
        key = ((task, *about.values()), type(fault), str(fault), _line(fault))
        extra = {"task": task, **about}
        with self._lock:
            last = self._last.get(key)
            if last is not None and now - last < EVERY:
                self._unsaid[key] = self._unsaid.get(key, 0) + 1
                return
            if last is None and len(self._last) >= MOST:
                self._last.clear()
                self._unsaid.clear()
            self._last[key] = now
            times = self._unsaid.pop(key, 0)
        if last is None:
            self._log.error("task.fault", exc_info=fault, extra=extra)
        else:
            kind = type(fault).__name__
            self._log.error("task.fault_goes_on", extra={**extra, "error": kind, "times": times})

    def over(self, task: str, **about: Any) -> None:
        """A task has done its work: its next fault is told whole again."""
        if not self._last:
            return
        with self._lock:
            work = (task, *about.values())
            for key in [key for key in self._last if key[0] == work]:
                del self._last[key]
                self._unsaid.pop(key, None)


def _line(fault: Exception) -> int:
    """The line that raised the fault: two of them may use the same words."""
    lines = [line for _frame, line in walk_tb(fault.__traceback__)]
    return lines[-1] if lines else 0
