"""What a sandbox platform does wrong on purpose: a script of faults, per recipient and per call."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum


class FaultKind(StrEnum):
    """The ways in which real platforms fail."""

    RATE_LIMIT = "rate_limit"
    """429 or its twin, with `seconds` to wait where the platform names them."""
    SERVER_ERROR = "server_error"
    """A 5xx or its twin; nothing is stored."""
    BLOCKED = "blocked"
    """The person has blocked the bot or community, or the mailbox refuses us."""
    GONE = "gone"
    """The person or mailbox does not exist (any more)."""
    SLOW = "slow"
    """The message is stored, the answer comes `seconds` late."""
    DROP = "drop"
    """The message is stored, the connection ends without an answer."""
    CUT = "cut"
    """Nothing is stored, the connection ends without an answer, `seconds` late."""
    GARBAGE = "garbage"
    """The message is stored, the answer is nothing the platform would say; `detail` is its sort."""
    BAD_TOKEN = "bad_token"  # noqa: S105 - the name of a fault
    """The credentials are not accepted."""
    MIGRATED = "migrated"
    """Telegram: the group has become a supergroup whose address is `detail`."""
    DEFER = "defer"
    """The platform asks to come back much later: a quota, greylisting, a full mailbox (`detail`
    says which).
    """
    CONTENT = "content"
    """The platform refuses this message's content for ever."""
    LOST = "lost"
    """The bot has lost a group, channel or wall."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One line of the script: `times` None is for ever; empty `address` and `method` mean any."""

    kind: FaultKind
    times: int | None = 1
    address: str = ""
    method: str = ""
    seconds: float = 0.0
    detail: str = ""

    def meets(self, method: str, address: str) -> bool:
        """Whether the line speaks of this call."""
        return self.address in {"", address} and self.method.lower() in {"", method.lower()}


class FaultScript:
    """The faults still to come, taken in order; safe between threads."""

    def __init__(self) -> None:
        self._lines: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, *faults: Fault) -> None:
        """Append lines to the script."""
        with self._lock:
            self._lines.extend(faults)

    def clear(self) -> None:
        """Behave again."""
        with self._lock:
            self._lines.clear()

    def take(
        self, method: str, address: str = "", *, kinds: Collection[FaultKind] = frozenset(FaultKind)
    ) -> Fault | None:
        """The first line that meets this call, counted down; None when the platform behaves.

        Lines of other kinds than `kinds` wait for a call where they can happen.
        """
        with self._lock:
            for place, fault in enumerate(self._lines):
                if fault.kind not in kinds or not fault.meets(method, address):
                    continue
                if fault.times is None:
                    return fault
                if fault.times > 1:
                    self._lines[place] = replace(fault, times=fault.times - 1)
                else:
                    del self._lines[place]
                return fault
        return None
