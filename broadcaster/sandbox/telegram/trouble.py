"""How the faults of the script sound on the Bot API's wire, and its own limit of calls."""

from __future__ import annotations

import time
from collections import deque
from typing import assert_never

from broadcaster.sandbox.faults import Fault, FaultKind
from broadcaster.sandbox.telegram.refusal import Refusal, bad, too_many

_ONE_SECOND = 1.0
_WAITS = {FaultKind.RATE_LIMIT: 1, FaultKind.DEFER: 3600}
"""Seconds asked for by a fault that names none."""
_UPGRADED = "group chat was upgraded to a supergroup chat"
_MALFORMED = "can't parse entities: Unexpected end tag at byte offset 0"


_OF_A_PLACE = frozenset(
    {FaultKind.BLOCKED, FaultKind.GONE, FaultKind.MIGRATED, FaultKind.CONTENT, FaultKind.LOST}
)
"""What can happen only to a call that names a chat."""


_OF_ALL = frozenset(FaultKind)
_OF_NONE = _OF_ALL - _OF_A_PLACE


def kinds_for(address: str) -> frozenset[FaultKind]:
    """The faults that a call to `address`, or to no chat at all, can meet."""
    return _OF_ALL if address else _OF_NONE


def refusal(fault: Fault, address: str) -> Refusal | None:  # noqa: PLR0911 one table
    """What the platform answers; None for what happens to the connection or the answer."""
    match fault.kind:
        case FaultKind.RATE_LIMIT | FaultKind.DEFER:
            return too_many(round(fault.seconds) or _WAITS[fault.kind])
        case FaultKind.SERVER_ERROR:
            return Refusal(502)
        case FaultKind.BLOCKED:
            return Refusal(403, "bot was blocked by the user")
        case FaultKind.GONE:
            deactivated = fault.detail == "deactivated"
            return Refusal(403, "user is deactivated") if deactivated else bad("chat not found")
        case FaultKind.BAD_TOKEN:
            return Refusal(401)
        case FaultKind.MIGRATED:
            return Refusal(400, _UPGRADED, migrate_to_chat_id=int(fault.detail))
        case FaultKind.CONTENT:
            return bad(fault.detail or _MALFORMED)
        case FaultKind.LOST:
            return Refusal(403, _lost(address))
        case FaultKind.SLOW | FaultKind.DROP | FaultKind.CUT | FaultKind.GARBAGE:
            return None
        case _:
            assert_never(fault.kind)


def _lost(address: str) -> str:
    kind = "channel" if address.startswith("@") else "supergroup"
    return f"bot was kicked from the {kind} chat"


PAID_RATE = 1000
"""Messages a second that a bot may send for Stars (Bot API, `allow_paid_broadcast`)."""


class Meter:
    """Refuses calls beyond `rate` a second, as the platform does; no `rate`, no limit.

    Calls that may be paid for are let through up to 1000 a second; `paid` counts those that were
    beyond the free ones.
    """

    def __init__(self, rate: int | None) -> None:
        self.paid = 0
        self._rate = rate
        self._calls: deque[float] = deque()

    def count(self, *, may_pay: bool = False) -> None:
        """Count a call; raises Refusal when it is one too many."""
        if self._rate is None:
            return
        now = time.monotonic()
        while self._calls and now - self._calls[0] >= _ONE_SECOND:
            self._calls.popleft()
        if len(self._calls) >= (max(PAID_RATE, self._rate) if may_pay else self._rate):
            raise too_many(1)
        self.paid += len(self._calls) >= self._rate
        self._calls.append(now)
