"""One batch on its way: who takes which copies, and the outcomes as they come."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from dataclasses import replace

from broadcaster.contract import Deferred, Envelope, Held, Outcome, Reason, Scope, Turnstile, held
from channels.email.errors import CONNECTION_LOST
from channels.email.line import Line
from channels.email.mime import Mail

GROUP = 8
"""Copies put on record at once by a lane; while they are on the wire, its next are recorded."""


class Sending:
    """The copies of one batch, shared by the lanes that carry them.

    `lines` are the connections at work. `stopped` is the outcome of all that was not begun, once
    something has happened that concerns the whole channel.
    """

    def __init__(self, batch: Iterable[Envelope], turnstile: Turnstile) -> None:
        self.lines: set[Line] = set()
        self.stopped: Deferred | None = None
        self._source = iter(batch)
        self._returned: deque[Envelope] = deque()
        self._turnstile = turnstile
        self._trouble: Deferred = CONNECTION_LOST
        self._is_told = False
        self._recording: set[asyncio.Task[list[Envelope]]] = set()
        self._settled: deque[tuple[Envelope, Outcome]] = deque()
        self._news = asyncio.Event()

    def settle(self, mail: Mail, outcome: Outcome) -> None:
        """A line tells what became of a message."""
        self.report(mail.envelope, outcome)
        if isinstance(outcome, Deferred) and outcome.scope is Scope.CHANNEL:
            self._is_told = True
            self.refuse(replace(outcome, detail=""))

    def report(self, envelope: Envelope, outcome: Outcome) -> None:
        """Yield this outcome soon."""
        self._settled.append((envelope, outcome))
        self._news.set()

    def refuse(self, outcome: Deferred) -> None:
        """The server refuses us as a whole: begin nothing more, hold back the other tasks too."""
        limited = outcome.reason in {Reason.RATE_LIMITED, Reason.QUOTA}
        if limited and outcome.retry_after and self.stopped is None:
            self._turnstile.hold(outcome.retry_after)
        self._stop(outcome)

    def _stop(self, outcome: Deferred) -> None:
        if self.stopped is None:
            self.stopped = outcome
            self._abandon(outcome)

    def _abandon(self, outcome: Deferred) -> None:
        """Give this outcome to every copy that was not begun.

        Of what concerns the whole channel one copy tells; the others are merely held back by it,
        and leave no receipts all night long while the server is away.
        """
        withdrawn = [mail.envelope for line in self.lines for mail in line.withdraw()]
        for envelope in (*withdrawn, *self._returned, *self._source):
            self.report(envelope, self._echo(outcome))
        self._returned.clear()

    def _echo(self, outcome: Deferred) -> Deferred:
        if outcome.scope is Scope.CHANNEL and self._is_told:
            return replace(outcome, reason=Reason.HELD_BACK, detail="")
        self._is_told = outcome.scope is Scope.CHANNEL
        return outcome

    def give_back(self, envelopes: Iterable[Envelope]) -> None:
        """These are on record as leaving but have no connection; another lane may take them."""
        self._returned += envelopes
        if self.stopped is not None:
            self._abandon(self.stopped)

    def lane_failed(self, outcome: Deferred) -> None:
        """A lane could not open a connection; without any other at work nothing can be sent."""
        self._trouble = outcome
        if not self.lines:
            self.refuse(outcome)

    def close(self) -> None:
        """Record nothing more: nobody listens any longer."""
        for task in self._recording:
            task.cancel()

    async def groups(self) -> AsyncGenerator[list[Envelope], None]:
        """Copies on record as leaving, while the group after them is being recorded."""
        ahead = self._record_next()
        try:
            while group := await ahead:
                ahead = self._record_next()
                yield group
        finally:
            self.give_back(await ahead)

    def _record_next(self) -> asyncio.Task[list[Envelope]]:
        task = asyncio.create_task(self._take())
        self._recording.add(task)
        task.add_done_callback(self._recording.discard)
        return task

    async def _take(self) -> list[Envelope]:
        if self._returned:
            return [self._returned.popleft() for _ in range(min(GROUP, len(self._returned)))]
        group = list(itertools.islice(self._source, GROUP))
        if not group:
            return []
        try:
            await self._turnstile(group, requests=len(group))
        except Held as pause:
            self._stop(held(pause))
        if self.stopped is None:
            return group
        for envelope in group:
            self.report(envelope, self.stopped)
        return []

    async def outcomes(
        self, lanes: Sequence[asyncio.Task[None]]
    ) -> AsyncIterator[tuple[Envelope, Outcome]]:
        """Every copy once, as it is settled, until all lanes have ended; raises their faults."""
        for lane in lanes:
            lane.add_done_callback(lambda _: self._news.set())
        while True:
            self._news.clear()
            if over := all(lane.done() for lane in lanes):
                self._abandon(self._trouble)
            while self._settled:
                yield self._settled.popleft()
            if over:
                break
            await self._news.wait()
        for lane in lanes:
            lane.result()
