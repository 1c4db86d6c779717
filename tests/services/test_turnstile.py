"""The gate in front of every request: limits shared by all workers, holds, the note of leaving."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from limits.storage import MemoryStorage, Storage, storage_from_string

from broadcaster.contract import Attachment, Envelope, Held
from broadcaster.domain.keys import delivery_key
from broadcaster.domain.states import State
from broadcaster.services.limits_store import limits_storage
from broadcaster.services.scribe import Scribe
from broadcaster.services.turnstile import LaneTurnstile, LaneUploads
from broadcaster.store.models import ChannelState, Delivery
from tests import school
from tests.faults.proxy import Proxy
from tests.services.stage import Platform, outlet

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

Work = Callable[..., Awaitable[Any]]


def through(
    work: Work,
    *limits: str,
    turnstiles: int = 1,
    storage: Storage | None = None,
    lane: UUID | None = None,
    **also: Any,
) -> Any:
    """What some work with turnstiles of one channel returns."""
    shared = storage or MemoryStorage()

    async def whole() -> Any:
        async with Scribe("alpha", lane or uuid4()) as scribe:
            made = outlet(Platform(), limits=limits, **also)
            return await work(*[LaneTurnstile(made, shared, scribe) for _ in range(turnstiles)])

    return asyncio.run(whole())


def passages(requests: int, *, by: int = 1, place: str = "") -> Work:
    """When each of so many requests was let through, in seconds, by all turnstiles together."""

    async def work(*turnstiles: LaneTurnstile) -> list[float]:
        passed: list[float] = []

        async def one(turnstile: LaneTurnstile) -> None:
            await turnstile([], requests=by, place=place)
            passed.append(time.monotonic())

        await asyncio.gather(*[one(turnstiles[n % len(turnstiles)]) for n in range(requests)])
        return sorted(passed)

    return work


def most_in_a_second(passed: Sequence[float]) -> int:
    """The largest number of requests within one second, less what a slow commit may shift."""
    return max(sum(start <= other < start + 0.7 for other in passed) for start in passed)


@pytest.fixture(params=["memory", "redis"])
def storage(request: pytest.FixtureRequest) -> Storage:
    if request.param == "memory":
        return MemoryStorage()
    made = storage_from_string(request.getfixturevalue("redis_url"))
    made.reset()
    return made  # type: ignore[return-value]


def test_two_workers_together_never_pass_the_platforms_limit(storage: Storage) -> None:
    passed = through(passages(12), "8/second", turnstiles=2, storage=storage, lanes=2)
    assert len(passed) == 12
    assert most_in_a_second(passed) < 8  # neither knows when the other's arrive: one is left out


def test_a_channels_limits_all_count() -> None:
    passed = through(passages(5), "100/second", "3/second")
    assert most_in_a_second(passed) == 3


def leaving(requests: int, *, answered_after: float, slow: float = 0.0) -> list[float]:
    """When requests left under a limit of 20 a second while the first commit was slow."""
    left: list[float] = []

    async def whole() -> None:
        async with Scribe("alpha", uuid4()) as scribe:
            turnstile = LaneTurnstile(outlet(Platform(), limits=["20/second"]), storage, scribe)
            writing = asyncio.create_task(scribe.call(time.sleep, slow))
            await asyncio.gather(writing, *[leave(turnstile) for _ in range(requests)])

    async def leave(turnstile: LaneTurnstile) -> None:
        async with turnstile.passing([]):
            left.append(time.monotonic())
            await asyncio.sleep(answered_after)

    storage = MemoryStorage()
    asyncio.run(whole())
    return left


def test_what_a_slow_commit_has_cost_is_made_up_for() -> None:
    left = leaving(10, answered_after=0.01, slow=0.2)
    assert left[-1] - left[0] < 9 / 20 - 0.1


def test_an_answer_that_is_late_keeps_the_next_second_shut() -> None:
    left = leaving(21, answered_after=0.3)
    assert left[20] - left[0] > 1.2


def test_a_drain_knows_what_left_in_the_one_before_it() -> None:
    storage = MemoryStorage()
    first = through(passages(5), "5/second", storage=storage)
    second = through(passages(1), "5/second", storage=storage)
    assert second[0] - first[0] > 0.9


def test_a_place_that_is_full_says_so_of_itself_alone() -> None:
    async def work(turnstile: LaneTurnstile) -> bool:
        await turnstile([], place="here")
        with pytest.raises(Held) as held:
            await turnstile([], place="here")
        return held.value.place

    assert through(work, place_limits=["1/hour"])


def test_without_limits_nobody_waits() -> None:
    passed = through(passages(50))
    assert passed[-1] - passed[0] < 0.9


def test_two_channels_do_not_share_a_limit() -> None:
    shared = MemoryStorage()
    through(passages(1), "1/hour", storage=shared)
    assert through(passages(1), "1/hour", storage=shared, name="beta")


def test_a_place_has_a_limit_of_its_own() -> None:
    async def work(turnstile: LaneTurnstile) -> float:
        await turnstile([], place="here")
        await turnstile([], place="there")
        await turnstile([])
        with pytest.raises(Held) as held:
            await turnstile([], place="here")
        return held.value.retry_after or 0.0

    assert 3500 < through(work, place_limits=["1/hour"]) <= 3600


def test_a_long_wait_holds_the_channel_instead() -> None:
    async def work(turnstile: LaneTurnstile) -> float:
        await turnstile([])
        with pytest.raises(Held) as held:
            await turnstile([])
        return held.value.retry_after or 0.0

    assert 3500 < through(work, "1/hour") <= 3600


def test_a_request_that_counts_more_takes_more() -> None:
    passed = through(passages(3, by=4), "8/second")
    assert most_in_a_second(passed) == 2


def test_a_request_that_counts_more_than_the_limit_waits_for_its_pieces() -> None:
    began = time.monotonic()
    [passed] = through(passages(1, by=5), "4/second")
    assert 0.9 < passed - began < 3


def envelope(row: Delivery) -> Envelope:
    return Envelope(delivery_key(row.announcement_id, row.pk), "", content=None)  # type: ignore[arg-type]


def test_a_copy_is_on_record_when_it_may_leave() -> None:
    [row], lane = school.waiting(1), school.lane()
    Delivery.objects.update(state=State.SENDING, lane=lane)
    through(lambda turnstile: turnstile([envelope(row)]), lane=lane)
    row.refresh_from_db()
    assert row.handed_at is not None


def test_a_copy_that_is_not_ours_may_not_leave() -> None:
    [row] = school.waiting(1)
    with pytest.raises(Held):
        through(lambda turnstile: turnstile([envelope(row)]))


def test_a_shut_turnstile_refuses_with_what_is_left_of_the_wait() -> None:
    async def work(turnstile: LaneTurnstile) -> float | None:
        turnstile.hold(30.0)
        with pytest.raises(Held) as held:
            await turnstile([])
        return held.value.retry_after

    assert 29 < through(work) <= 30


def test_a_shut_turnstile_takes_nothing_from_the_limits() -> None:
    async def work(turnstile: LaneTurnstile, other: LaneTurnstile) -> None:
        turnstile.hold(30.0)
        with pytest.raises(Held):
            await turnstile([])
        await other([])

    through(work, "1/hour", turnstiles=2)


def test_a_hold_is_never_shortened() -> None:
    async def work(turnstile: LaneTurnstile) -> float | None:
        turnstile.hold(30.0)
        turnstile.hold(1.0)
        with pytest.raises(Held) as held:
            await turnstile([])
        return held.value.retry_after

    assert through(work) > 29


def test_a_turnstile_opens_when_the_wait_is_over() -> None:
    async def work(turnstile: LaneTurnstile) -> None:
        turnstile.hold(0.01)
        await asyncio.sleep(0.02)
        await turnstile([])

    through(work)


def refused() -> float | None:
    """What a turnstile says to the first request and, without asking anew, to the second."""

    async def work(turnstile: LaneTurnstile) -> float | None:
        with pytest.raises(Held):
            await turnstile([])
        with pytest.raises(Held) as held:
            await turnstile([])
        return held.value.retry_after

    return through(work)


def test_a_hold_on_record_shuts_every_turnstile() -> None:
    until = timezone.now() + timedelta(seconds=30)
    ChannelState.objects.create(pk="alpha", hold_until=until)
    assert 28 < (refused() or 0) <= 30


def test_a_pause_on_record_shuts_every_turnstile_until_a_person_opens_it() -> None:
    ChannelState.objects.create(pk="alpha", paused_at=school.NOON)
    assert refused() is None


def test_a_request_that_waited_for_a_limit_sees_a_hold_that_came_meanwhile() -> None:
    async def work(turnstile: LaneTurnstile) -> None:
        await turnstile([])
        waiting = asyncio.create_task(turnstile([]))
        await asyncio.sleep(0.05)
        turnstile.hold(30.0)
        with pytest.raises(Held):
            await waiting

    through(work, "1/second")


@pytest.fixture
def photo(tmp_path: Path) -> Attachment:
    (tmp_path / "photo.jpg").write_bytes(b"photo")
    return Attachment.of(tmp_path / "photo.jpg", "image/jpeg")


def with_uploads(work: Callable[[LaneUploads], Awaitable[Any]], channel: str = "alpha") -> Any:
    async def whole() -> Any:
        async with Scribe(channel, uuid4()) as scribe:
            return await work(LaneUploads(channel, scribe))

    return asyncio.run(whole())


def test_an_upload_is_remembered_for_all_workers(photo: Attachment) -> None:
    with_uploads(lambda uploads: uploads.keep(photo, "photo", "old"))
    with_uploads(lambda uploads: uploads.keep(photo, "photo", "handle"))
    assert with_uploads(lambda uploads: uploads.recall(photo, "photo")) == "handle"


def test_an_upload_is_known_by_its_kind_and_its_channel(photo: Attachment) -> None:
    with_uploads(lambda uploads: uploads.keep(photo, "photo", "handle"))
    assert with_uploads(lambda uploads: uploads.recall(photo, "document")) is None
    assert with_uploads(lambda uploads: uploads.recall(photo, "photo"), "beta") is None


def test_a_stale_upload_is_forgotten(photo: Attachment) -> None:
    with_uploads(lambda uploads: uploads.keep(photo, "photo", "handle"))
    with_uploads(lambda uploads: uploads.forget(photo, "photo"))
    assert with_uploads(lambda uploads: uploads.recall(photo, "photo")) is None


def test_while_the_store_of_limits_is_away_a_request_goes_at_the_lanes_own_pace() -> None:
    nobody = limits_storage("redis://127.0.0.1:9/0")
    assert len(through(passages(3), "30/second", storage=nobody)) == 3


def test_while_the_store_of_limits_is_away_lanes_that_share_a_limit_wait_for_it() -> None:
    nobody = limits_storage("redis://127.0.0.1:9/0")
    with pytest.raises(Held) as held:
        through(passages(1), "30/second", storage=nobody, lanes=2)
    assert held.value.retry_after


def test_while_the_store_of_limits_is_away_nobody_spends_a_quota() -> None:
    nobody = limits_storage("redis://127.0.0.1:9/0")
    with pytest.raises(Held) as held:
        through(passages(1), "500/day", storage=nobody)
    assert held.value.retry_after


def test_answers_are_heard_while_a_store_of_limits_does_not_answer(redis_url: str) -> None:
    async def work(turnstile: LaneTurnstile) -> bool:
        wire.silent = True
        leaving = asyncio.create_task(turnstile([]))
        await asyncio.sleep(0.3)
        is_waiting = not leaving.done()
        wire.silent = False
        await leaving
        return is_waiting

    with Proxy(int(urlsplit(redis_url).port or 0)) as wire:
        store = limits_storage(f"redis://127.0.0.1:{wire.port}/0")
        assert through(work, "30/second", storage=store)


def test_a_store_of_limits_that_is_silent_is_waited_for_briefly() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = limits_storage(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        begun = time.monotonic()
        through(passages(3), "30/second", storage=store)
    assert time.monotonic() - begun < 10
