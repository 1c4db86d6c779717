"""The gate in front of every request: the platform's limits, then a durable note of what leaves."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from limits import RateLimitItem
from limits.storage import Storage
from limits.strategies import MovingWindowRateLimiter

from broadcaster.contract import Attachment, Envelope, Held
from broadcaster.domain.keys import row_of
from broadcaster.services.outlets import Outlet
from broadcaster.services.scribe import Scribe
from broadcaster.store.queries.uploads import forget_upload, keep_upload, recall_upload

PATIENCE = 10.0
"""Seconds to wait for a limit inside a batch; a longer wait (a daily quota) holds the channel."""

SLACK = 1.03
"""Steps are so much longer than need be: not every request is equally long on its way."""


class Pace:
    """Lets requests leave in even steps where a limit counts seconds.

    Platforms count requests when they arrive. After a burst that used the whole limit up, the first
    of the next second would arrive less than a second after it and be refused.
    """

    def __init__(self, limits: Iterable[RateLimitItem]) -> None:
        amounts = [limit.amount for limit in limits if limit.get_expiry() == 1]
        self._step = SLACK / min(amounts) if amounts else 0.0
        self._free_at = 0.0

    async def turn(self, requests: int) -> None:
        """Return when it is the turn of so many requests."""
        if not self._step:
            return
        now = time.monotonic()
        begin = max(now, self._free_at)
        self._free_at = begin + self._step * requests
        await asyncio.sleep(begin - now)


class LaneTurnstile:
    """A channel's turnstile for one lane; limits are shared through their storage."""

    def __init__(self, outlet: Outlet, storage: Storage, scribe: Scribe) -> None:
        self._outlet = outlet
        self._limiter = MovingWindowRateLimiter(storage)
        self._pace = Pace(outlet.limits)
        self._door = Pace(outlet.limits)
        self._scribe = scribe
        self._shut_until = 0.0

    async def __call__(
        self, envelopes: Sequence[Envelope], *, place: str = "", requests: int = 1
    ) -> None:
        """Return when these copies may leave and it is on record that they do; raises Held."""
        self._refuse_when_shut()
        await self._within_limits(place, requests)
        self._refuse_when_shut()
        seen = await self._scribe.hand_over([row_of(one.delivery_id) for one in envelopes])
        rest = seen.shut_for(datetime.now(UTC))
        self.hold(math.inf if rest is None else rest)
        self._refuse_when_shut()
        await self._door.turn(requests)  # a slow commit has bunched up what was spread
        self._refuse_when_shut()

    def hold(self, retry_after: float) -> None:
        """Shut for every task of this lane; the recorded outcome holds the other workers."""
        self._shut_until = max(self._shut_until, time.monotonic() + retry_after)

    def _refuse_when_shut(self) -> None:
        rest = self._shut_until - time.monotonic()
        if rest > 0:
            raise Held(None if math.isinf(rest) else rest)

    async def _within_limits(self, place: str, requests: int) -> None:
        await self._pace.turn(requests)
        for limit in self._outlet.limits:
            await self._take(limit, requests, self._outlet.name)
        if place:
            for limit in self._outlet.place_limits:
                await self._take(limit, requests, self._outlet.name, place)

    async def _take(self, limit: RateLimitItem, requests: int, *names: str) -> None:
        """Take so many requests from a limit; more than it ever allows at once, piece by piece."""
        patience = PATIENCE
        while requests > 0:
            piece = min(requests, limit.amount)
            await self._wait(limit, piece, patience, *names)
            requests -= piece
            patience = math.inf  # what was taken already would be lost

    async def _wait(
        self, limit: RateLimitItem, requests: int, patience: float, *names: str
    ) -> None:
        while not self._limiter.hit(limit, *names, cost=requests):
            free_at = self._limiter.get_window_stats(limit, *names).reset_time
            rest = max(free_at - time.time(), 0.005)
            if rest > patience:
                raise Held(rest)
            await asyncio.sleep(rest)


class LaneUploads:
    """Uploads of a channel, remembered in the database for all workers."""

    def __init__(self, channel: str, scribe: Scribe) -> None:
        self._channel = channel
        self._scribe = scribe

    async def recall(self, attachment: Attachment, kind: str) -> str | None:
        """The handle of this file uploaded as `kind`, None when there is none."""
        return await self._scribe.insist(recall_upload, self._channel, attachment.digest, kind)

    async def keep(self, attachment: Attachment, kind: str, handle: str) -> None:
        """Remember a handle."""
        await self._scribe.insist(keep_upload, self._channel, attachment.digest, kind, handle)

    async def forget(self, attachment: Attachment, kind: str) -> None:
        """Drop a handle."""
        await self._scribe.insist(forget_upload, self._channel, attachment.digest, kind)
