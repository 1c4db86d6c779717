"""The one hand that writes for a lane: what waits is gathered into one durable transaction.

All database work of a lane happens on one thread, so the event loop never waits for a disk and a
thousand receipts cost a few commits. Answers are never dropped while the process lives: when the
database is away they wait and are written again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import ParamSpec, Self, TypeVar
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction

from broadcaster.domain.states import REACHED
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

DATABASE_TRIES = 10
DATABASE_REST = 1.0
"""Seconds between tries to write while the database is away."""

Mark = tuple[Sequence[int], asyncio.Future[Gate]]


class Scribe:
    """Writes for one lane of one channel; use it as an async context manager."""

    def __init__(self, channel: str, lane: UUID) -> None:
        self._channel = channel
        self._lane = lane
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"scribe-{channel}")
        self._marks: list[Mark] = []
        self._answers: list[Answer] = []
        self._flushing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.settle()
        await self.call(_disconnect)
        self._thread.shutdown(wait=False)

    async def call(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query on the lane's database thread and return what it returns."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: work(*args, **kwargs))

    async def hand_over(self, rows: Sequence[int]) -> Gate:
        """Return when it is durable that these copies may be with the platform; gives the gate."""
        promise: asyncio.Future[Gate] = asyncio.get_running_loop().create_future()
        self._marks.append((rows, promise))
        self._kick()
        return await promise

    def note(self, answer: Answer) -> None:
        """Take an answer to be written with the next transaction."""
        self._answers.append(answer)
        self._kick()

    async def settle(self) -> None:
        """Return when everything noted so far is durable; raises what the database raised."""
        while self._flushing is not None:
            await self._flushing

    def _kick(self) -> None:
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._flush())

    async def _flush(self) -> None:
        try:
            while self._marks or self._answers:
                marks, self._marks = self._marks, []
                answers, self._answers = self._answers, []
                try:
                    seen = await self._written(marks, answers)
                except Exception as error:
                    for _, promise in marks:
                        if not promise.done():
                            promise.set_exception(error)
                    raise
                for _, promise in marks:
                    if not promise.done():
                        promise.set_result(seen)
        finally:
            self._flushing = None

    async def _written(self, marks: Sequence[Mark], answers: Sequence[Answer]) -> Gate:
        rows = [row for rows, _ in marks for row in rows]
        for left in reversed(range(DATABASE_TRIES)):
            try:
                return await self.call(self._write, rows, answers)
            except (OperationalError, InterfaceError) as error:
                if not left:
                    raise
                log.warning("scribe.database_away", extra={"error": type(error).__name__})
                await self.call(_disconnect)
                await asyncio.sleep(DATABASE_REST)
        raise AssertionError

    def _write(self, rows: Sequence[int], answers: Sequence[Answer]) -> Gate:
        now = datetime.now(UTC)
        with transaction.atomic():
            if answers:
                record(answers, lane=self._lane)
                self._follow(answers, now)
            if rows:
                hand_over(rows, lane=self._lane, now=now)
            return gate(self._channel)

    def _follow(self, answers: Sequence[Answer], now: datetime) -> None:
        """What the answers mean for the channel as a whole."""
        if any(answer.verdict.state in REACHED for answer in answers):
            note_success(self._channel, now=now)
        holds = [answer for answer in answers if answer.verdict.hold_until]
        if holds:
            longest = max(holds, key=lambda answer: answer.verdict.hold_until or now)
            hold_channel(
                self._channel,
                until=longest.verdict.hold_until or now,
                reason=longest.reason,
                detail=longest.detail,
            )
        for answer in answers:
            if answer.verdict.pauses_channel and pause_channel(
                self._channel, now=now, reason=answer.reason, detail=answer.detail
            ):
                log.error(
                    "channel.paused", extra={"channel": self._channel, "reason": answer.reason}
                )


def _disconnect() -> None:
    """Close the calling thread's connection; the next query opens a new one."""
    connection.close()
