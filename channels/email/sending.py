"""One batch on its way: who takes which copies, and the outcomes as they come."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace

from broadcaster.contract import Deferred, Envelope, Held, Outcome, Reason, Scope, Turnstile, held
from channels.email.errors import CONNECTION_LOST
from channels.email.letters import Letters
from channels.email.line import Line
from channels.email.mime import Mail
from channels.email.stock import Room, Stock


class Sending:
    """The copies of one batch, shared by the lanes that carry them.

    `lines` are the connections at work. `stopped` is the outcome of all that was not begun, once
    something has happened that concerns the whole channel.
    """

    def __init__(
        self, batch: Iterable[Envelope], *, turnstile: Turnstile, letters: Letters, room: Room
    ) -> None:
        self.lines: set[Line] = set()
        self.stopped: Deferred | None = None
        self._returned: deque[Mail] = deque()
        self._turnstile = turnstile
        self._letters = letters
        self._trouble: Deferred = CONNECTION_LOST
        self._is_told = False
        self._settled: deque[tuple[Envelope, Outcome]] = deque()
        self._news = asyncio.Event()
        self._stock = Stock(batch, room=room, prepare=self._prepare, changed=self._advance)

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
        withdrawn = [mail for line in self.lines for mail in line.withdraw()]
        begun = [mail.envelope for mail in (*withdrawn, *self._returned)]
        self._returned.clear()
        for envelope in (*begun, *self._stock.rest()):
            self.report(envelope, self._echo(outcome))

    def _echo(self, outcome: Deferred) -> Deferred:
        if outcome.scope is Scope.CHANNEL and self._is_told:
            return replace(outcome, reason=Reason.HELD_BACK, detail="")
        self._is_told = outcome.scope is Scope.CHANNEL
        return outcome

    def give_back(self, mails: Iterable[Mail]) -> None:
        """These are on record as leaving but have no connection; another lane may take them."""
        self._returned += mails
        if self.stopped is not None:
            self._abandon(self.stopped)

    def lane_failed(self, outcome: Deferred) -> None:
        """A lane could not open a connection; without any other at work nothing can be sent."""
        self._trouble = outcome
        if not self.lines:
            self.refuse(outcome)

    def close(self) -> None:
        """Prepare nothing more: nobody listens any longer."""
        self._stock.close()

    @property
    def over(self) -> bool:
        """Whether every copy has found a connection or will not leave."""
        return not self._returned and self._stock.over

    async def supplied(self) -> bool:
        """Whether there is a mail to send, as soon as that is known."""
        return bool(self._returned) or await self._stock.filled()

    def take(self) -> Mail | None:
        """A mail to send now; None when there is none."""
        return self._returned.popleft() if self._returned else self._stock.take()

    def leaving(self, mail: Mail) -> None:
        """Its text leaves next: from then on nobody can tell whether it has arrived."""
        self._turnstile.leaves((mail.envelope,))

    async def _prepare(self, group: list[Envelope]) -> list[Mail]:
        """Write the mails of a group and put them on record, or report what hinders them."""
        mails = await self._letters.write(group, self.report)
        if not mails:
            return []
        try:
            envelopes = [mail.envelope for mail in mails]
            await self._turnstile(envelopes, requests=len(mails), ahead=True)
        except Held as pause:
            self._stop(held(pause))
        if self.stopped is None:
            return mails
        for mail in mails:
            self.report(mail.envelope, self.stopped)
        return []

    def _advance(self) -> None:
        for line in tuple(self.lines):
            line.advance()

    async def outcomes(
        self, lanes: Sequence[asyncio.Task[None]]
    ) -> AsyncIterator[tuple[Envelope, Outcome]]:
        """Every copy once, as it is settled, until all lanes have ended; raises their faults."""
        for lane in lanes:
            lane.add_done_callback(lambda _: self._news.set())
        while True:
            self._news.clear()
            if over := all(lane.done() for lane in lanes):
                self._stop(self._trouble)
                await self._stock.prepared()
            while self._settled:
                yield self._settled.popleft()
            if over:
                break
            await self._news.wait()
        for lane in lanes:
            lane.result()
