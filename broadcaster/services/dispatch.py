"""The life of a delivery on one page: claim, address, hand over, judge, record.

A task rings for a channel; `drain` takes a lane and sends until nothing is due. The database is the
queue of record: a drain that dies at any line loses nothing, `broadcaster.services.sweep` finds its
copies.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.db import transaction

from broadcaster.contract import Accepted, Deferred, Envelope, Outcome, Part, Rejected, Unreachable
from broadcaster.domain.keys import row_of
from broadcaster.domain.sharing import enough, fair_share
from broadcaster.domain.tempo import tempo
from broadcaster.domain.verdict import judge
from broadcaster.services.addressing import Addresser
from broadcaster.services.flights import flights_of
from broadcaster.services.outlets import Office, Outlet
from broadcaster.services.relay import relay
from broadcaster.services.scribe import Scribe
from broadcaster.services.turnstile import LaneTurnstile, LaneUploads
from broadcaster.store.queries.claiming import Claimed, claim, give_back
from broadcaster.store.queries.lanes import due, gate, leave_lane, renew_lane, take_lane
from broadcaster.store.queries.recording import Answer

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """Copies ready to be sent, and which attempt it is for each row."""

    envelopes: Sequence[Envelope]
    attempts: Mapping[int, int]

    def __len__(self) -> int:
        return len(self.envelopes)


async def drain(office: Office, channel: str) -> int:
    """Send what is due on a channel until nothing is; returns how many copies got an answer.

    Returns 0 at once when the channel is switched off, held back or all its lanes are taken.
    """
    outlet = office.outlets.get(channel)
    if outlet is None:
        return 0
    token = uuid4()
    with flights_of(token, office.flights) as flights:
        async with Scribe(channel, token, flights) as scribe:
            return await _drain(office, outlet, scribe, token)


async def _drain(office: Office, outlet: Outlet, scribe: Scribe, token: UUID) -> int:
    if not await scribe.call(_enter, outlet, token, office):
        return 0
    keeper = asyncio.create_task(_keep_lane(scribe, token, office))
    try:
        return await _send_all(office, outlet, scribe, token)
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
        await _leave(scribe, token)


def _enter(outlet: Outlet, token: UUID, office: Office) -> bool:
    now = datetime.now(UTC)
    if gate(outlet.name).shut_for(now) != 0:
        return False
    return take_lane(outlet.name, slots=outlet.lanes, token=token, now=now, lease=office.lease)


async def _keep_lane(scribe: Scribe, token: UUID, office: Office) -> None:
    """Renew the lane while its worker lives; a lane that was lost is not taken back."""
    while True:
        await asyncio.sleep(office.lease.total_seconds() / 4)
        if not await scribe.insist(_renew, token, office):
            log.error("lane.lost")
            return


def _renew(token: UUID, office: Office) -> bool:
    return renew_lane(token, now=datetime.now(UTC), lease=office.lease)


async def _leave(scribe: Scribe, token: UUID) -> None:
    """Write what is left to write, give back what has not left, free the lane."""
    try:
        await scribe.settle()
    finally:
        await scribe.insist(give_back, lane=token, doubtful=scribe.flights.doubtful)
        await scribe.insist(leave_lane, token, now=datetime.now(UTC))


async def _send_all(office: Office, outlet: Outlet, scribe: Scribe, token: UUID) -> int:
    """Send batch after batch until nothing is due, not even what came while the last one left."""
    turnstile = LaneTurnstile(outlet, office.limits_storage, scribe)
    addresser = Addresser(office, outlet, scribe)
    traits, answered = outlet.traits, 0
    pulse = tempo(turnstile.requests, together=traits.together, batch=traits.batch)

    async def next_batch() -> Batch:
        size = pulse.size(answered=answered, now=time.monotonic())
        claimed = await scribe.insist(_claim, office, outlet, token, size)
        attempts = {copy.id: copy.attempts + 1 for copy in claimed}
        return Batch(await addresser.envelopes(claimed), attempts)

    async def carried(batch: Batch) -> AsyncIterator[None]:
        nonlocal answered
        async for envelope, outcome in channel.send(batch.envelopes):
            scribe.note(_answer(office, outlet, envelope, outcome, batch.attempts))
            answered += 1
            yield

    if not len(batch := await next_batch()):
        return 0
    uploads = LaneUploads(outlet.name, scribe)
    async with outlet.adapter(outlet.config, turnstile=turnstile, uploads=uploads) as channel:
        while len(batch):
            await relay(batch, claim=next_batch, carry=carried)
            batch = await next_batch()
    return answered


def _claim(office: Office, outlet: Outlet, token: UUID, size: int) -> list[Claimed]:
    """What may be sent next; nothing when the channel is shut or the lane has been lost."""
    now = datetime.now(UTC)
    with transaction.atomic():
        if gate(outlet.name).shut_for(now) != 0 or not _renew(token, office):
            return []
        size = _share(outlet, size, now)
        return claim(outlet.name, lane=token, limit=size, now=now)


def _share(outlet: Outlet, most: int, now: datetime) -> int:
    """How many copies to take at once, so that other lanes of the channel have their share."""
    if outlet.lanes == 1:
        return most
    waiting = due(outlet.name, most=enough(lanes=outlet.lanes, most=most), now=now)
    return fair_share(waiting, lanes=outlet.lanes, most=most)


def _answer(
    office: Office,
    outlet: Outlet,
    envelope: Envelope,
    outcome: Outcome,
    attempts: Mapping[int, int],
) -> Answer:
    """The outcome of one copy with what follows from it."""
    now = datetime.now(UTC)
    row = row_of(envelope.delivery_id)
    return Answer(
        delivery=row,
        attempt=attempts[row],
        at=now,
        outcome=type(outcome).__name__.lower(),
        reason=outcome.reason if isinstance(outcome, (Deferred, Rejected, Unreachable)) else "",
        detail="" if isinstance(outcome, Accepted) else outcome.detail,
        parts=[[part.number, dict(part.ids)] for part in _all_parts(envelope, outcome)],
        verdict=judge(
            outcome,
            attempt=attempts[row],
            now=now,
            policy=office.retries,
            repeatable=outlet.traits.repeatable,
            jitter=(row * 2654435761 % 1000) / 1000,
        ),
        moved_to=outcome.moved_to if isinstance(outcome, Accepted) else "",
        address=envelope.address,
    )


def _all_parts(envelope: Envelope, outcome: Outcome) -> Sequence[Part]:
    """The parts accepted before and now, each once, in order."""
    parts = {part.number: part for part in (*envelope.parts_done, *outcome.parts)}
    return [parts[number] for number in sorted(parts)]
