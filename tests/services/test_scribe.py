"""The one hand that writes for a lane: everything, in order, and whatever the database does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.utils import IntegrityError
from django.utils import timezone

from broadcaster.contract import Held, Reason
from broadcaster.domain.states import State
from broadcaster.domain.verdict import Verdict
from broadcaster.services import scribe as scribing
from broadcaster.services.scribe import Scribe
from broadcaster.store.models import ChannelState, Delivery, Receipt
from broadcaster.store.queries.recording import Answer
from tests import school
from tests.faults.parts import until
from tests.services.scribe_stage import sent, under_way
from tests.services.trouble import impatient, open_beside, trouble, uncollected
from tests.together import elsewhere

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

Work = Callable[[Scribe], Coroutine[Any, Any, Any]]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scribing, "DATABASE_REST", 0.02)


def written(work: Work, lane: Any = None) -> Any:
    """What some work with a scribe returns once everything is written."""

    async def whole() -> Any:
        async with Scribe("alpha", lane or uuid4()) as scribe:
            return await work(scribe)

    return asyncio.run(whole())


@contextmanager
def transactions() -> Iterator[list[str]]:
    """The commits of all connections that are opened within."""
    seen: list[str] = []

    def note(execute: Any, sql: str, *others: Any) -> Any:
        if sql.startswith("UPDATE store_delivery AS"):
            seen.append(sql)
        return execute(sql, *others)

    def watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
        connection.execute_wrappers.append(note)

    connection_created.connect(watch)
    try:
        yield seen
    finally:
        connection_created.disconnect(watch)


def test_noted_answers_are_durable_when_the_scribe_has_settled() -> None:
    lane, [row] = under_way()

    async def work(scribe: Scribe) -> list[str]:
        scribe.note(sent(row))
        await scribe.settle()
        return await scribe.call(school.states)

    assert written(work, lane) == [State.SENT]


def test_leaving_the_scribe_writes_what_was_noted() -> None:
    lane, [row] = under_way()

    async def work(scribe: Scribe) -> None:
        scribe.note(sent(row))

    written(work, lane)
    assert school.states() == [State.SENT]


def test_leaving_closes_the_connection_even_for_one_who_is_stopped_twice() -> None:
    begun, may_end = Event(), Event()

    def query() -> None:
        school.states()
        begun.set()
        may_end.wait(5)

    async def work() -> None:
        async with Scribe("alpha", uuid4()) as scribe:
            await scribe.call(query)

    async def stopped() -> None:
        task = asyncio.create_task(work())
        await asyncio.to_thread(begun.wait, 5)
        for _time in range(2):
            task.cancel()
            await asyncio.sleep(0.01)
        assert task.cancelled()

    with uncollected():
        asyncio.run(stopped())
        may_end.set()
        until(lambda: open_beside() == 0, "the end of the scribe's connection", patience=5)


def test_an_answer_goes_into_the_transaction_of_the_next_handover() -> None:
    lane, [first, second] = under_way(2)

    async def work(scribe: Scribe) -> list[str]:
        scribe.note(sent(first))
        await asyncio.sleep(0)
        await scribe.hand_over([second.pk])
        return sorted(await scribe.call(school.states))

    assert written(work, lane) == [State.SENDING, State.SENT]


def test_an_answer_that_nobody_follows_is_written_soon() -> None:
    lane, [row] = under_way()

    async def work(scribe: Scribe) -> list[str]:
        scribe.note(sent(row))
        await asyncio.sleep(scribing.COMPANY_WAIT * 3)
        return await scribe.call(school.states)

    assert written(work, lane) == [State.SENT]


def test_a_hundred_answers_cost_a_few_transactions() -> None:
    lane, rows = under_way(100)

    async def work(scribe: Scribe) -> None:
        for row in rows:
            scribe.note(sent(row))
            await asyncio.sleep(0)

    with transactions() as seen:
        written(work, lane)
    assert set(school.states()) == {State.SENT}
    assert len(seen) < 30


def test_copies_are_on_record_before_they_leave() -> None:
    lane, [row] = under_way()

    async def work(scribe: Scribe) -> bool:
        await scribe.hand_over([row.pk])
        return await asyncio.to_thread(
            elsewhere, lambda: Delivery.objects.get(pk=row.pk).handed_at is not None
        )

    assert written(work, lane)


def test_a_copy_that_is_no_longer_ours_may_not_leave() -> None:
    _lane, [row] = under_way()
    with pytest.raises(Held) as held:
        written(lambda scribe: scribe.hand_over([row.pk]))
    assert held.value.retry_after == 0.0


def test_whoever_is_refused_takes_nothing_from_the_others() -> None:
    lane, [ours, stopped, other] = under_way(3)
    made = school.announcement(cancelled_at=school.NOON)
    Delivery.objects.filter(pk=stopped.pk).update(announcement=made)

    async def work(scribe: Scribe) -> list[Any]:
        marks = [scribe.hand_over([one]) for one in (ours.pk, stopped.pk, other.pk)]
        return await asyncio.gather(*marks, return_exceptions=True)

    first, second, third = written(work, lane)
    assert isinstance(second, Held)
    assert first.shut_for(school.NOON) == third.shut_for(school.NOON) == 0.0


def test_copies_of_one_request_leave_together_or_not_at_all() -> None:
    lane, [ours, stopped] = under_way(2)
    made = school.announcement(cancelled_at=school.NOON)
    Delivery.objects.filter(pk=stopped.pk).update(announcement=made)
    with pytest.raises(Held):
        written(lambda scribe: scribe.hand_over([ours.pk, stopped.pk]), lane)


def test_a_request_without_copies_is_only_told_the_gate() -> None:
    gate = written(lambda scribe: scribe.hand_over([]))
    assert gate.shut_for(school.NOON) == 0.0


def test_answers_wait_while_the_database_is_away(caplog: pytest.LogCaptureFixture) -> None:
    lane, rows = under_way(20)
    away = trouble()

    async def work(scribe: Scribe) -> None:
        await scribe.hand_over([row.pk for row in rows])
        away()
        for row in rows:
            scribe.note(sent(row))
            await asyncio.sleep(0)

    with impatient():
        written(work, lane)
    assert "scribe.database_away" in caplog.messages
    assert (set(school.states()), Receipt.objects.count()) == ({State.SENT}, 20)


def test_nothing_leaves_while_the_database_is_away(caplog: pytest.LogCaptureFixture) -> None:
    lane, [row] = under_way()
    away = trouble()

    async def work(scribe: Scribe) -> None:
        await scribe.call(school.states)
        away()
        await scribe.hand_over([row.pk])

    with impatient():
        written(work, lane)
    assert "scribe.database_away" in caplog.messages
    assert Delivery.objects.get().handed_at is not None


def failing(times: int) -> Callable[[], str]:
    left = iter(range(times))

    def work() -> str:
        for _ in left:
            raise OperationalError("somewhere else")
        return "done"

    return work


def test_a_query_is_insisted_on_until_the_database_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert written(lambda scribe: scribe.insist(failing(5))) == "done"
    assert [record.message for record in caplog.records] == ["scribe.database_away"]


def test_it_is_said_again_that_the_database_is_away(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scribing, "DATABASE_REST", 0)
    monkeypatch.setattr(scribing, "SAID_AGAIN", 3)
    written(lambda scribe: scribe.insist(failing(7)))
    assert len(caplog.records) == 3


def test_an_answer_no_database_takes_is_raised_when_the_scribe_settles() -> None:
    lane, [row] = under_way()

    async def work(scribe: Scribe) -> None:
        scribe.note(sent(row, outcome=None))

    with pytest.raises(IntegrityError):
        written(work, lane)
    assert school.states() == [State.SENDING]


def test_who_waits_for_a_mark_hears_of_the_failure() -> None:
    lane, [row] = under_way()

    async def work(scribe: Scribe) -> None:
        scribe.note(sent(row, outcome=None))
        await scribe.hand_over([row.pk])

    with pytest.raises(IntegrityError):
        written(work, lane)


def test_after_a_failure_the_scribe_writes_on() -> None:
    lane, [broken, whole] = under_way(2)

    async def work(scribe: Scribe) -> None:
        scribe.note(sent(broken, outcome=None))
        with pytest.raises(IntegrityError):
            await scribe.settle()
        scribe.note(sent(whole))

    written(work, lane)
    assert school.states() == [State.SENDING, State.SENT]


def test_a_failure_closes_the_scribes_connection_too() -> None:
    lane, [row] = under_way()
    opened: list[BaseDatabaseWrapper] = []

    def watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
        opened.append(connection)

    async def work(scribe: Scribe) -> None:
        scribe.note(sent(row, outcome=None))

    connection_created.connect(watch)
    try:
        with pytest.raises(IntegrityError):
            written(work, lane)
    finally:
        connection_created.disconnect(watch)
    assert [one.connection for one in opened] == [None]


def test_who_gave_up_waiting_is_not_put_on_record() -> None:
    lane, [row] = under_way()

    async def work(scribe: Scribe) -> None:
        waiting = asyncio.create_task(scribe.hand_over([row.pk]))
        await asyncio.sleep(0)
        waiting.cancel()
        await scribe.settle()

    written(work, lane)
    assert Delivery.objects.get().handed_at is None


def test_who_gives_up_while_it_is_being_written_is_told_nothing() -> None:
    lane, [row] = under_way()

    async def work(scribe: Scribe) -> None:
        occupied = asyncio.create_task(scribe.call(time.sleep, 0.1))
        waiting = asyncio.create_task(scribe.hand_over([row.pk]))
        await asyncio.sleep(0.05)
        waiting.cancel()
        await occupied
        await scribe.settle()

    written(work, lane)
    assert Delivery.objects.get().handed_at is not None


def test_an_echo_of_a_shut_gate_prolongs_no_hold() -> None:
    lane, [row] = under_way()
    until = timezone.now() + timedelta(minutes=1)
    ChannelState.objects.create(pk="alpha", hold_until=until, reason=Reason.QUOTA)
    later = until + timedelta(seconds=5)
    verdict = Verdict(State.DEFERRED, Reason.HELD_BACK, due_at=later, hold_until=later)
    echo = Answer(row.pk, 1, school.NOON, "deferred", Reason.HELD_BACK, "", [], verdict)

    async def work(scribe: Scribe) -> None:
        scribe.note(echo)

    written(work, lane)
    state = ChannelState.objects.get()
    assert (state.hold_until, state.reason) == (until, Reason.QUOTA)
