"""When requests under a limit of a second may leave: as the platform counts them, not as we do.

A platform counts requests when they arrive, and how long one is on its way nobody knows. What we do
know: it arrived before its answer left. So a request gives its place free a second after its
answer, less the shortest way there and back that was ever seen. Whatever the network does, so
many and no more arrive within any second; and what a slow answer costs is what it was slower by.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass, field
from math import inf

SECOND = 1.0

STEP = 1.004
"""Even steps are so much longer than need be, so that steps, not the window, are what binds."""

CREDIT = 0.25
"""Seconds of unused steps that may be made up for: a late turn, the tail of a batch."""

SLACK = 1.03
"""Seconds after which a request is forgotten whose answer nobody tells us of."""

TRUST, MERCY = 0.8, 0.002
"""So much of the shortest way there and back is taken for certain, less so many seconds."""

DOUBT = 0.5
"""Seconds at most for which an answer that is late keeps others from leaving."""


@dataclass(slots=True)
class Pacing:
    """At most `amount` requests within any second, in even steps; all times are of one clock.

    Ask when it `opens`, `take` the turn; then say once that the request is `over`, `unheard` of,
    or was never sent (`dropped`).
    """

    amount: int
    _due: float | None = None
    _out: int = 0
    _free: list[float] = field(default_factory=list)
    _answers: int = 0
    _quickest: float = inf

    def follow(self, before: Pacing, *, now: float) -> None:
        """Remember what left before; what was under way then may arrive up to now."""
        self._free = [moment for moment in before._free if moment > now]
        self._free += [now + SECOND] * before._out
        self._free.sort()

    def opens(self, requests: int, *, now: float) -> float | None:
        """When so many, `amount` at most, may leave; None when an answer must come first."""
        del self._free[: bisect_right(self._free, now)]
        short = self._out + len(self._free) + requests - self.amount
        if short > len(self._free):
            return None
        room = self._free[short - 1] if short > 0 else now
        return max(now, room, now if self._due is None else self._due)

    def take(self, requests: int, *, at: float) -> None:
        """So many will leave then."""
        begun = at if self._due is None else max(self._due, at - CREDIT)
        self._due = begun + requests * STEP / self.amount
        self._out += requests

    def over(self, requests: int, *, left: float, now: float, answered: bool = True) -> None:
        """What left then has been answered now, or will never be."""
        if answered:
            self._answers += 1
            self._quickest = min(self._quickest, now - left)
        # The first answers come over new connections: they tell little of the ways to follow.
        known = TRUST * self._quickest - MERCY if self._answers >= self.amount else 0.0
        self._free_at(requests, min(now - max(known, 0.0), left + DOUBT) + SECOND)

    def unheard(self, requests: int, *, left: float) -> None:
        """What left then will be answered without our hearing of it."""
        self._free_at(requests, left + SLACK)

    def dropped(self, requests: int) -> None:
        """It never left."""
        self._out -= requests

    def _free_at(self, requests: int, moment: float) -> None:
        self._out -= requests
        for _ in range(requests):
            insort(self._free, moment)
