"""The gate in front of every request: the platform's limits, then a durable note of what leaves."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, nullcontext, suppress
from datetime import UTC, datetime

from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage
from limits.strategies import MovingWindowRateLimiter

from broadcaster.contract import Attachment, Envelope, Held
from broadcaster.domain.keys import row_of
from broadcaster.services.outlets import Outlet
from broadcaster.services.pace import Turn, kept, of_a_second, pace_of
from broadcaster.services.scribe import Scribe
from broadcaster.store.queries.uploads import forget_upload, keep_upload, recall_upload

log = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds to wait for a limit inside a batch; a longer wait (a daily quota) holds the channel."""

STORE_REST = 5.0
"""Seconds for which a store of limits that is away is not asked again; meanwhile a lane that is
alone keeps limits of a second by its own pace. What counts longer, or is shared, holds the channel.
"""


class LaneTurnstile:
    """A channel's turnstile for one lane; limits are shared through their storage."""

    def __init__(self, outlet: Outlet, storage: Storage, scribe: Scribe) -> None:
        self._pace = pace_of(outlet, storage)
        self._seconds = [kept(one, outlet.lanes) for one in outlet.limits if of_a_second(one)]
        self._is_near = isinstance(storage, MemoryStorage)
        if outlet.lanes == 1 and self._is_near:
            self._seconds = []  # nobody else counts them, and the pace itself remembers
        self._outlet = outlet
        self._limiter = MovingWindowRateLimiter(storage)
        self._scribe = scribe
        self._shut_until = 0.0
        self._away_until = 0.0

    async def __call__(
        self,
        envelopes: Sequence[Envelope],
        *,
        place: str = "",
        requests: int = 1,
        ahead: bool = False,
    ) -> None:
        """Return when these copies may leave and it is on record that they do; raises Held."""
        turn = await self._let_through(envelopes, place, requests)
        turn.unheard()
        if not ahead:
            self.leaves(envelopes)

    def leaves(self, envelopes: Iterable[Envelope]) -> None:
        """These copies leave now."""
        for envelope in envelopes:
            self._scribe.flights.leaves(row_of(envelope.delivery_id))

    @asynccontextmanager
    async def passing(
        self, envelopes: Sequence[Envelope], *, place: str = "", requests: int = 1
    ) -> AsyncIterator[None]:
        """Enter when these copies may leave, leave when they are answered for; raises Held."""
        turn = await self._let_through(envelopes, place, requests)
        self.leaves(envelopes)
        answered = False
        try:
            yield
            answered = True
        finally:
            turn.over(answered=answered)

    @property
    def requests(self) -> int:
        """How many requests a second may leave; 0 where no limit counts seconds."""
        return self._pace.amount

    def hold(self, retry_after: float) -> None:
        """Shut for every task of this lane; the recorded outcome holds the other workers."""
        self._shut_until = max(self._shut_until, time.monotonic() + retry_after)

    async def _let_through(self, envelopes: Sequence[Envelope], place: str, requests: int) -> Turn:
        self._refuse_when_shut()
        await self._within_limits(place, requests)
        turn = await self._pace.turn(requests)
        try:
            if requests > 1:  # these may have to wait, and what waits is not on record yet
                await self._count(requests)
            self._refuse_when_shut()
            await self._put_on_record(envelopes)
            await turn.comes()
            if requests == 1:
                await self._count(requests)
            self._refuse_when_shut()
        except BaseException:
            turn.drop()
            raise
        return turn

    async def _put_on_record(self, envelopes: Sequence[Envelope]) -> None:
        began = time.monotonic()
        seen = await self._scribe.hand_over([row_of(one.delivery_id) for one in envelopes])
        self._pace.recorded(len(envelopes), time.monotonic() - began)
        rest = seen.shut_for(datetime.now(UTC))
        self.hold(math.inf if rest is None else rest)
        self._refuse_when_shut()

    def _refuse_when_shut(self) -> None:
        rest = self._shut_until - time.monotonic()
        if rest > 0:
            raise Held(None if math.isinf(rest) else rest)

    async def _within_limits(self, place: str, requests: int) -> None:
        """Pass the limits that take long; one place's wait is no other's."""
        if place:
            for limit in self._outlet.place_limits:
                await self._take(limit, requests, self._outlet.name, place=place)
        for limit in self._outlet.limits:
            if not of_a_second(limit):
                await self._take(limit, requests, self._outlet.name)

    async def _count(self, requests: int) -> None:
        """Count requests with those of other lanes, and of the drain before, as they leave.

        A lane that is alone need not wait for the store, nor until a clock is right again.
        """
        for limit in self._seconds:
            with suppress(Held) if self._outlet.lanes == 1 else nullcontext():
                await self._take(limit, requests, self._outlet.name)

    async def _take(
        self, limit: RateLimitItem, requests: int, name: str, *, place: str = ""
    ) -> None:
        """Take so many requests from a limit; more than it ever allows at once, piece by piece."""
        patience = PATIENCE
        while requests > 0:
            piece = min(requests, limit.amount)
            await self._wait(limit, piece, patience, name, place)
            requests -= piece
            patience = math.inf  # what was taken already would be lost

    async def _wait(
        self, limit: RateLimitItem, requests: int, patience: float, name: str, place: str
    ) -> None:
        names = (name, place) if place else (name,)
        while rest := await self._asked(limit, requests, names):
            if rest > patience:
                raise Held(rest, place=bool(place))
            await asyncio.sleep(rest)

    async def _asked(self, limit: RateLimitItem, requests: int, names: tuple[str, ...]) -> float:
        """The same as `_rest`; what is sent and answered does not wait for a store far away."""
        if self._is_near:
            return self._rest(limit, requests, names)
        return await asyncio.to_thread(self._rest, limit, requests, names)

    def _rest(self, limit: RateLimitItem, requests: int, names: tuple[str, ...]) -> float:
        """Seconds until a limit may let requests through, 0.0 when it just has.

        While the store is away nobody knows what others have taken: raises Held.
        """
        if (away := self._away_until - time.monotonic()) > 0:
            raise Held(away)
        try:
            if self._limiter.hit(limit, *names, cost=requests):
                return 0.0
            free_at = self._limiter.get_window_stats(limit, *names).reset_time
        except StorageError as error:
            self._away_until = time.monotonic() + STORE_REST
            log.warning(
                "turnstile.limits_away", extra={"error": type(error.storage_error).__name__}
            )
            raise Held(STORE_REST) from None
        return max(free_at - time.time(), 0.005)


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
