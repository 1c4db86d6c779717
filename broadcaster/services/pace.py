"""Waiting for one's turn under a limit of a second; what a turn is, `domain/pacing.py` knows."""

from __future__ import annotations

import asyncio
import time
from weakref import WeakKeyDictionary

from limits import RateLimitItem
from limits.storage import Storage

from broadcaster.domain.pacing import SECOND, Pacing
from broadcaster.services.outlets import Outlet

LEAD, LONGEST_LEAD = 0.03, 0.3
"""Seconds by which a turn is given before it comes: to put on record what will leave; more of them
where the disk is slow.
"""

COMPANY = 0.07
"""Turns that come so many seconds later are given together, so that one note is enough for them;
not where a request carries many copies: all of them would be in doubt if the power went.
"""

BRIEFLY = 0.001
"""Seconds; timers are no finer."""


def of_a_second(limit: RateLimitItem) -> bool:
    """Whether a limit counts seconds."""
    return limit.get_expiry() == SECOND


def kept(limit: RateLimitItem, lanes: int) -> RateLimitItem:
    """The limit as it is kept.

    When lanes share a second, none knows when the requests of the others arrive: one is left out.
    """
    if of_a_second(limit) and 1 < lanes < limit.amount:
        return type(limit)(limit.amount - 1, limit.multiples, limit.namespace)
    return limit


class Turn:
    """Leave to send a request, given shortly before it is time."""

    async def comes(self) -> None:
        """Return when the request may leave."""

    def over(self, *, answered: bool) -> None:
        """The request has been answered, or will not be."""

    def unheard(self) -> None:
        """The request has left; nobody will say when it is over."""

    def drop(self) -> None:
        """The request does not leave."""


class Pace:
    """Gives turns one after another, in the order in which they were asked for."""

    def __init__(self, pacing: Pacing) -> None:
        self.amount = pacing.amount
        self.pacing = pacing
        self.news = asyncio.Event()
        self._lead = LEAD
        self._company = 0.0
        self._line = asyncio.Lock()

    async def turn(self, requests: int) -> Turn:
        """The turn of so many requests; what is more than a second's worth has left before."""
        while requests > self.amount:
            before = await self._place(self.amount)
            await before.comes()
            before.unheard()
            requests -= self.amount
        return await self._place(requests)

    def recorded(self, copies: int, seconds: float) -> None:
        """To put so many copies of a request on record has taken so long."""
        lead = self._lead + (2 * seconds - self._lead) / 8
        self._lead = min(max(lead, LEAD), LONGEST_LEAD)
        self._company = COMPANY if copies == 1 else 0.0

    async def _place(self, requests: int) -> Turn:
        async with self._line:
            at = await self._opening(requests)
            self.pacing.take(requests, at=at)
        return Place(self, requests, at)

    async def _opening(self, requests: int) -> float:
        while True:
            now = time.monotonic()
            at = self.pacing.opens(requests, now=now)
            if at is None:
                self.news.clear()
                await self.news.wait()
            elif at - now > self._lead + self._company:
                await asyncio.sleep(at - now - self._lead)
            else:
                return at


class Place(Turn):
    """A turn in a line; `at` is when it comes, on the monotonic clock."""

    def __init__(self, pace: Pace, requests: int, at: float) -> None:
        self._pace = pace
        self._requests = requests
        self._left = at

    async def comes(self) -> None:
        """Return when it does, never early: timers are."""
        rest = self._left - time.monotonic()
        while rest > 0:
            await asyncio.sleep(max(rest, BRIEFLY))
            rest = self._left - time.monotonic()
        self._left = time.monotonic()

    def over(self, *, answered: bool) -> None:
        """Give its place free when it may be."""
        now = time.monotonic()
        self._pace.pacing.over(self._requests, left=self._left, now=now, answered=answered)
        self._pace.news.set()

    def unheard(self) -> None:
        """Give its place free when it has surely arrived."""
        self._pace.pacing.unheard(self._requests, left=self._left)
        self._pace.news.set()

    def drop(self) -> None:
        """Give its place free."""
        self._pace.pacing.dropped(self._requests)
        self._pace.news.set()


class Anytime(Pace):
    """Where no limit counts seconds it is always one's turn."""

    def __init__(self) -> None:
        super().__init__(Pacing(0))

    async def turn(self, requests: int) -> Turn:  # noqa: ARG002 - as many as one likes
        """At once."""
        return Turn()


def pace_of(outlet: Outlet, storage: Storage) -> Pace:
    """The pace of a lane under the narrowest limit of a second.

    The only lane of a channel goes on where the one before it in this process has stopped.
    """
    amounts = [kept(limit, outlet.lanes).amount for limit in outlet.limits if of_a_second(limit)]
    if not amounts:
        return Anytime()
    pacing = Pacing(min(amounts))
    if outlet.lanes == 1:
        known = _LEFT.setdefault(storage, {})
        if before := known.get(outlet.name):
            pacing.follow(before, now=time.monotonic())
        known[outlet.name] = pacing
    return Pace(pacing)


_LEFT: WeakKeyDictionary[Storage, dict[str, Pacing]] = WeakKeyDictionary()
"""What has left lately, by the limits' storage and by channel."""
