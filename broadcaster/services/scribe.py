"""The one hand that writes for a lane: what waits is gathered into one durable transaction.

All database work of a lane happens on one thread, so the event loop never waits for a disk and a
thousand receipts cost a few commits. Answers are never dropped while the process lives: when the
database is away they wait and are written again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import count
from traceback import clear_frames
from typing import ParamSpec, Self, TypeVar
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction

from broadcaster.contract import Held, Reason
from broadcaster.domain.states import REACHED, State
from broadcaster.services.flights import SIZE, Fate, Flights
from broadcaster.store.queries.claiming import hand_over
from broadcaster.store.queries.lanes import (
    Gate,
    gate,
    hold_channel,
    note_success,
    pause_channel,
)
from broadcaster.store.queries.recording import Answer, record

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

DATABASE_REST = 1.0
"""Seconds between tries to write while the database is away."""
COMPANY_WAIT = 0.12
"""Seconds that answers wait for marks, so that one transaction carries both."""
SUCCESS_REST = 1.0
"""Seconds in which the channel's last success is written down once."""
SAID_AGAIN = 60
"""After so many tries it is said again that the database is away."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Copies that are about to leave, and who waits for that to be on record."""

    rows: Sequence[int]
    promise: asyncio.Future[Gate]

    def keep(self, seen: Gate, left: set[int]) -> None:
        """Let the copies go when all of them may; whoever gave up waiting is told nothing."""
        if self.promise.done():
            return
        if left.issuperset(self.rows):
            self.promise.set_result(seen)
        else:
            self.promise.set_exception(Held(0.0))

    def fail(self, error: Exception) -> None:
        """Tell who waits that nothing is on record."""
        if not self.promise.done():
            self.promise.set_exception(error)


class Scribe:
    """Writes for one lane of one channel; use it as an async context manager.

    `flights` is told of copies what the database does not know yet.
    """

    def __init__(self, channel: str, lane: UUID, flights: Flights | None = None) -> None:
        self.flights = flights or Flights(bytearray(SIZE))
        self._channel = channel
        self._lane = lane
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"scribe-{channel}")
        self._marks: list[Mark] = []
        self._answers: list[Answer] = []
        self._awaited = asyncio.Event()
        self._flushing: asyncio.Task[None] | None = None
        self._failure: Exception | None = None
        self._success_due = 0.0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *failure: object) -> None:
        try:
            await self.settle()
        finally:
            closed = asyncio.wrap_future(self._thread.submit(_disconnect))
            self._thread.shutdown(wait=False)
            await asyncio.shield(closed)

    async def call(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query on the lane's database thread and return what it returns."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: work(*args, **kwargs))

    async def insist(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query as `call` does, again and again while the database is away."""
        for tries in count():
            try:
                return await self.call(work, *args, **kwargs)
            except (OperationalError, InterfaceError) as error:
                clear_frames(error.__traceback__)  # cursors there keep a closed connection's locks
                if not tries % SAID_AGAIN:
                    log.warning("scribe.database_away", extra={"error": type(error).__name__})
                await self.call(_disconnect)
                await asyncio.sleep(DATABASE_REST)
        raise AssertionError

    async def hand_over(self, rows: Sequence[int]) -> Gate:
        """Return when it is durable that these copies may be with the platform; gives the gate.

        Raises Held when some of them may not leave any more: another worker has them, or somebody
        has stopped their announcement.
        """
        promise: asyncio.Future[Gate] = asyncio.get_running_loop().create_future()
        self._marks.append(Mark(rows, promise))
        self._awaited.set()
        self._kick()
        return await promise

    def note(self, answer: Answer) -> None:
        """Take an answer to be written with the next transaction."""
        self.flights.answered(answer.delivery, _fate(answer))
        self._answers.append(answer)
        self._kick()

    async def settle(self) -> None:
        """Return when everything noted so far is durable; raises what the database raised."""
        while self._flushing is not None:
            self._awaited.set()
            await self._flushing
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def _kick(self) -> None:
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._flush())

    async def _flush(self) -> None:
        try:
            while self._marks or self._answers:
                await self._company()
                marks = [mark for mark in self._marks if not mark.promise.done()]
                self._marks = []
                answers, self._answers = self._answers, []
                await self._put_down(marks, answers)
        finally:
            self._flushing = None

    async def _company(self) -> None:
        """Let answers wait until somebody waits for the next transaction, but not for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(COMPANY_WAIT):
                await self._awaited.wait()
        self._awaited.clear()

    async def _put_down(self, marks: Sequence[Mark], answers: Sequence[Answer]) -> None:
        rows = [row for mark in marks for row in mark.rows]
        try:
            seen, left = await self.insist(self._write, rows, answers)
        except Exception as error:  # noqa: BLE001 - whoever waits for a mark or settles raises it
            self._failure = error
            for mark in marks:
                mark.fail(error)
        else:
            self.flights.recorded(answer.delivery for answer in answers)
            for mark in marks:
                mark.keep(seen, left)

    def _write(self, rows: Sequence[int], answers: Sequence[Answer]) -> tuple[Gate, set[int]]:
        now = datetime.now(UTC)
        with transaction.atomic():
            if answers:
                record(answers, lane=self._lane)
                self._follow(answers, now)
            left = hand_over(rows, lane=self._lane, now=now) if rows else set()
            return gate(self._channel), left

    def _follow(self, answers: Sequence[Answer], now: datetime) -> None:
        """What the answers mean for the channel as a whole."""
        due = time.monotonic() >= self._success_due
        if due and any(answer.verdict.state in REACHED for answer in answers):
            note_success(self._channel, now=now)
            self._success_due = time.monotonic() + SUCCESS_REST
        self._hold(answers, now)
        for answer in answers:
            if answer.verdict.pauses_channel and pause_channel(
                self._channel, now=now, reason=answer.reason, detail=answer.detail
            ):
                told = {"channel": self._channel, "reason": answer.reason}
                transaction.on_commit(partial(log.error, "channel.paused", extra=told))

    def _hold(self, answers: Sequence[Answer], now: datetime) -> None:
        """Hold the channel for the longest wait; an echo of a shut gate tells nothing new."""
        holds = [
            (answer.verdict.hold_until, answer)
            for answer in answers
            if answer.verdict.hold_until and answer.verdict.hold_until > now
        ]
        told = [hold for hold in holds if hold[1].reason != Reason.HELD_BACK]
        if not holds or (not told and gate(self._channel).shut_for(now) != 0):
            return
        until, cause = max(told or holds, key=lambda hold: hold[0])
        hold_channel(self._channel, until=until, reason=cause.reason, detail=cause.detail)


def _fate(answer: Answer) -> Fate:
    """What an answer would tell if it were lost; of what arrived in part nobody shall be sure."""
    if answer.verdict.state in REACHED:
        return Fate.TAKEN
    is_untouched = answer.verdict.state is not State.UNCONFIRMED and not answer.parts
    return Fate.REFUSED if is_untouched else Fate.LEFT


def _disconnect() -> None:
    """Close the calling thread's connection; the next query opens a new one."""
    connection.close()
