"""The life of a delivery through `drain`: what leaves, what is on record, what comes after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.utils import timezone

from broadcaster.contract import (
    Accepted,
    Deferred,
    Outcome,
    Part,
    Reason,
    Rejected,
    Scope,
    Unconfirmed,
    Unreachable,
)
from broadcaster.domain.keys import delivery_key, row_of
from broadcaster.domain.reasons import End, Hold
from broadcaster.domain.states import State
from broadcaster.services import control, scribe
from broadcaster.services.sweep import sweep
from broadcaster.store.models import Address, ChannelState, Delivery, Lane, Receipt
from broadcaster.store.queries.lanes import open_channel, pause_channel
from tests import school
from tests.services.stage import Bulk, Platform, drained, office, outlet
from tests.services.trouble import impatient, trouble
from tests.together import elsewhere, together

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def copies(number: int) -> list[Delivery]:
    """People's copies at «0», «1», …, due now and in this order."""
    made = school.announcement(released_at=school.NOON)
    people = [school.guardian(groups=()) for _ in range(number)]
    return [
        school.copy(school.address(person, "alpha", str(place)), made)
        for place, person in enumerate(people)
    ]


def fate(row: Delivery) -> tuple[str, str]:
    row.refresh_from_db()
    return row.state, row.reason


def due_now() -> None:
    """Let the rests of all copies be over."""
    Delivery.objects.update(due_at=school.NOON)
    ChannelState.objects.update(hold_until=school.NOON)


def wait_of(row: Delivery) -> float:
    row.refresh_from_db()
    return (row.due_at - timezone.now()).total_seconds()


ACCEPTED = Accepted((Part(0, {"id": 1}),))
LATER = Deferred(Reason.SERVER_ERROR)
LIMITED = Deferred(Reason.RATE_LIMITED, 60.0, scope=Scope.CHANNEL)
NO_TOKEN = Deferred(Reason.CREDENTIALS, scope=Scope.CHANNEL, detail="Unauthorized")


def test_what_is_due_is_sent() -> None:
    [row] = copies(1)
    platform = Platform()
    assert drained(office(platform)) == 1
    assert (platform.addresses(), fate(row)) == (["0"], (State.SENT, ""))


def test_a_sent_copy_has_its_receipt_and_its_parts() -> None:
    [row] = copies(1)
    drained(office(Platform({"0": [ACCEPTED]})))
    row.refresh_from_db()
    [receipt] = Receipt.objects.filter(delivery=row)
    assert (receipt.outcome, receipt.attempt, receipt.parts) == ("accepted", 1, [[0, {"id": 1}]])
    assert (row.parts, row.attempts, row.sent_at, row.lane) == (
        [[0, {"id": 1}]], 1, receipt.at, None,
    )  # fmt: skip


def test_everything_that_is_due_is_sent_in_batches() -> None:
    copies(50)
    platform = Platform()
    assert drained(office(platform)) == 50
    assert set(school.states()) == {State.SENT}


def test_the_channel_is_opened_once_for_all_batches() -> None:
    copies(50)
    platform = Platform()
    drained(office(platform))
    assert platform.openings == 1


def test_nothing_due_opens_no_channel() -> None:
    platform = Platform()
    assert (drained(office(platform)), platform.openings) == (0, 0)


def test_a_channel_that_is_off_sends_nothing() -> None:
    copies(1)
    assert drained(office(Platform()), "beta") == 0


def test_copies_of_one_announcement_share_their_content() -> None:
    copies(30)
    platform = Platform()
    drained(office(platform))
    assert len({id(envelope.content) for envelope in platform.arrived}) == 1


def test_every_attempt_has_the_same_key() -> None:
    [row] = copies(1)
    platform = Platform({"0": [LATER]})
    of = office(platform)
    drained(of)
    due_now()
    drained(of)
    assert len(platform.arrived) == 2
    assert {row_of(key) for key in platform.deliveries()} == {row.pk}
    assert len(set(platform.deliveries())) == 1


def test_a_persons_name_and_children_are_in_the_segments() -> None:
    person = school.guardian("Анна Петрова", ["1А"], alpha="0")
    made = school.announcement("1А", body="{{ имя }}: {{ дети }}", released_at=school.NOON)
    school.copy(person.addresses.get(), made)
    platform = Platform()
    drained(office(platform))
    [envelope] = platform.arrived
    [child] = person.pupils.all()
    assert f"Анна Петрова: {child.name}" in envelope.texts[0]


def test_a_deferred_copy_rests_and_is_sent_later() -> None:
    [row] = copies(1)
    of = office(Platform({"0": [LATER]}))
    drained(of)
    assert fate(row) == (State.DEFERRED, Reason.SERVER_ERROR)
    assert 9 < wait_of(row) < 13
    assert drained(of) == 0
    due_now()
    drained(of)
    assert (fate(row), row.attempts) == ((State.SENT, ""), 2)


def test_parts_that_arrived_are_not_sent_again() -> None:
    [row] = copies(1)
    first, second = Part(0, {"id": 1}), Part(1, {"id": 2})
    platform = Platform({"0": [Deferred(Reason.CONNECTION, parts=(first,)), Accepted((second,))]})
    of = office(platform)
    drained(of)
    due_now()
    drained(of)
    row.refresh_from_db()
    assert [envelope.parts_done for envelope in platform.arrived] == [(), (first,)]
    assert row.parts == [[0, {"id": 1}], [1, {"id": 2}]]


def test_after_the_last_try_a_copy_has_failed() -> None:
    [row] = copies(1)
    of = office(Platform({"0": [LATER] * 3}))
    for _ in range(3):
        drained(of)
        due_now()
    assert fate(row) == (State.FAILED, End.TRIES_SPENT)
    assert list(row.receipts.values_list("attempt", flat=True)) == [1, 2, 3]


def test_a_rejected_copy_leaves_the_address_open() -> None:
    [row] = copies(1)
    drained(office(Platform({"0": [Rejected(Reason.CONTENT, "too rude")]})))
    assert (fate(row), row.address.state) == ((State.FAILED, Reason.CONTENT), "open")


def test_a_dead_address_is_closed() -> None:
    [row] = copies(1)
    drained(office(Platform({"0": [Unreachable(Reason.BLOCKED)]})))
    address = Address.objects.get(pk=row.address_id)
    assert (fate(row), address.state, address.state_reason) == (
        (State.FAILED, Reason.BLOCKED), "closed", Reason.BLOCKED,
    )  # fmt: skip


def test_a_lost_answer_leaves_the_copy_unconfirmed() -> None:
    [row] = copies(1)
    drained(office(Platform({"0": [Unconfirmed("reset")]})))
    assert fate(row) == (State.UNCONFIRMED, Reason.CONNECTION)


def test_where_doubles_are_removed_a_lost_answer_is_asked_for_again() -> None:
    [row] = copies(1)
    drained(office(outlet(Platform({"0": [Unconfirmed("reset")]}), repeatable=True)))
    assert fate(row) == (State.DEFERRED, Reason.CONNECTION)


def test_a_renamed_place_is_followed() -> None:
    row = school.copy(school.destination("alpha", "old"))
    drained(office(Platform({"old": [Accepted(ACCEPTED.parts, moved_to="new")]})))
    row.refresh_from_db()
    assert row.destination.value == "new"


def test_a_rate_limit_holds_the_channel_and_spends_nobodys_tries() -> None:
    rows = copies(30)
    platform = Platform({"0": [LIMITED]}, concurrency=1)
    of = office(platform)
    drained(of)
    assert platform.addresses() == ["0"]
    assert drained(of) == 0
    assert {row.attempts for row in Delivery.objects.all()} == {0}
    assert set(school.states()) <= {State.DEFERRED, State.QUEUED}
    due_now()
    drained(of)
    assert set(school.states()) == {State.SENT}
    assert len(platform.arrived) == len(rows) + 1


def test_a_held_channel_says_what_the_platform_said() -> None:
    copies(5)
    drained(office(Platform({"0": [LIMITED]}, concurrency=1)))
    assert ChannelState.objects.get().reason == Reason.RATE_LIMITED


def test_copies_that_met_a_held_channel_leave_no_receipt() -> None:
    copies(5)
    drained(office(Platform({"0": [LIMITED]}, concurrency=1)))
    assert list(Receipt.objects.values_list("reason", flat=True)) == [Reason.RATE_LIMITED]


def test_a_hold_of_another_worker_is_obeyed_within_a_batch() -> None:
    copies(10)
    platform = Platform(concurrency=1)

    def held_elsewhere() -> Outcome:
        ends = timezone.now() + timedelta(minutes=1)
        elsewhere(lambda: ChannelState.objects.create(pk="alpha", hold_until=ends, reason="quota"))
        return ACCEPTED

    platform.script["0"] = [held_elsewhere]
    drained(office(platform))
    assert platform.addresses() == ["0"]
    assert ChannelState.objects.get().reason == "quota"


def test_a_wrong_token_pauses_the_channel_until_somebody_opens_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rows = copies(5)
    platform = Platform({"0": [NO_TOKEN]}, concurrency=1)
    of = office(platform)
    drained(of)
    assert platform.addresses() == ["0"]
    assert drained(of) == 0
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == [
        "channel.paused"
    ]
    open_channel("alpha")
    drained(of)
    assert {fate(row)[0] for row in rows} == {State.SENT}


def test_a_paused_channel_says_why() -> None:
    copies(5)
    drained(office(Platform({"0": [NO_TOKEN]}, concurrency=1)))
    state = ChannelState.objects.get()
    assert (state.reason, state.detail) == (Reason.CREDENTIALS, "Unauthorized")


def test_a_channel_paused_by_hand_sends_nothing() -> None:
    copies(1)
    pause_channel("alpha", now=school.NOON, reason=Reason.NEEDS_PERSON, detail="")
    assert drained(office(Platform())) == 0


class Broken(Exception):
    """A fault of a channel: nobody expected it."""


def test_a_fault_leaves_what_left_to_the_sweep_and_queues_the_rest() -> None:
    rows = copies(50)
    platform = Platform({"7": [Broken()]}, concurrency=1)
    of = office(platform)
    with pytest.raises(Broken):
        drained(of)
    assert len(platform.arrived) == 8
    assert [fate(row)[0] for row in rows[:7]] == [State.SENT] * 7
    assert fate(rows[7])[0] == State.SENDING
    assert {fate(row)[0] for row in rows[8:]} == {State.QUEUED}
    sweep(of, timezone.now())
    assert fate(rows[7]) == (State.UNCONFIRMED, End.LEASE_LOST)


def test_after_a_fault_the_rest_is_sent_once() -> None:
    copies(50)
    platform = Platform({"7": [Broken()]}, concurrency=4)
    of = office(platform)
    with pytest.raises(Broken):
        drained(of)
    sweep(of, timezone.now())
    drained(of)
    assert len(platform.arrived) == 50
    assert len(set(platform.deliveries())) == 50


def test_answers_before_a_fault_are_on_record() -> None:
    copies(10)
    with pytest.raises(Broken):
        drained(office(Platform({"9": [Broken()]}, concurrency=1)))
    assert school.states().count(State.SENT) == 9


def test_a_lane_is_free_after_a_fault() -> None:
    copies(1)
    with pytest.raises(Broken):
        drained(office(Platform({"0": [Broken()]})))
    assert Lane.objects.get().token is None


def test_two_workers_at_once_send_nothing_twice() -> None:
    copies(60)
    platform = Platform()
    of = office(outlet(platform, lanes=2))
    answered = together(lambda: drained(of), lambda: drained(of))
    assert sum(answered) == 60
    assert sorted(platform.addresses(), key=int) == [str(number) for number in range(60)]


def test_a_worker_that_finds_all_lanes_taken_leaves() -> None:
    copies(1)
    school.lane("alpha", until=timezone.now() + timedelta(minutes=1))
    platform = Platform()
    assert (drained(office(platform)), platform.arrived) == (0, [])


def steal(row: Delivery) -> Callable[[], Outcome]:
    """While a request is on its way, the sweep takes the worker's lane and all its copies."""

    def meanwhile() -> Outcome:
        elsewhere(lambda: Lane.objects.update(until=school.NOON))
        elsewhere(lambda: sweep(office(Platform()), timezone.now()))
        return ACCEPTED

    return meanwhile


def test_a_worker_that_has_lost_its_lane_sends_nothing_more() -> None:
    rows = copies(60)
    platform = Platform(concurrency=1)
    platform.script["0"] = [steal(rows[0])]
    drained(office(platform))
    assert platform.addresses() == ["0"]
    assert {fate(row)[0] for row in rows[1:]} == {State.QUEUED}


def test_what_a_worker_learns_after_losing_its_lane_is_on_record() -> None:
    [row] = copies(1)
    drained(office(Platform({"0": [steal(row)]})))
    assert (fate(row), Receipt.objects.count()) == ((State.SENT, ""), 1)


def test_a_worker_that_has_lost_its_lane_holds_nobody_back() -> None:
    rows = copies(10)
    platform = Platform(concurrency=1)
    platform.script["0"] = [steal(rows[0])]
    of = office(platform)
    drained(of)
    assert drained(of) == 9


def stopping(stop: Callable[..., Any], row: Delivery, **also: Any) -> Callable[[], Outcome]:
    def meanwhile() -> Outcome:
        elsewhere(lambda: stop(row.announcement_id, **also))
        return ACCEPTED

    return meanwhile


@pytest.mark.parametrize("kind", ["in this batch", "in the next one"])
@pytest.mark.parametrize(
    ("stop", "end"),
    [
        (control.cancel, (State.CANCELLED, End.WITHDRAWN)),
        (control.pause, (State.HELD, Hold.PAUSED)),
    ],
)
def test_a_stop_is_obeyed_in_the_middle_of_a_batch(
    stop: Callable[..., Any], end: tuple[str, str], kind: str
) -> None:
    rows = copies(60)
    platform = Platform(concurrency=1)
    of = office(outlet(platform, batch=60 if kind == "in this batch" else 2))
    platform.script["0"] = [stopping(stop, rows[0], now=school.NOON)]
    drained(of)
    sweep(of, timezone.now())
    assert platform.addresses() == ["0"]
    assert fate(rows[0]) == (State.SENT, "")
    assert {fate(row) for row in rows[1:]} == {end}


def test_stopping_one_announcement_does_not_stop_the_others() -> None:
    [first, *_] = copies(10)
    others = school.waiting(30)
    platform = Platform({"0": [stopping(control.cancel, first, now=school.NOON)]}, concurrency=1)
    drained(office(platform))
    assert {fate(row)[0] for row in others} == {State.SENT}


def test_what_is_deferred_after_a_cancel_is_never_sent() -> None:
    [row] = copies(1)
    platform = Platform()

    def cancelled_meanwhile() -> Outcome:
        elsewhere(lambda: control.cancel(row.announcement_id, now=school.NOON))
        return LATER

    platform.script["0"] = [cancelled_meanwhile]
    of = office(platform)
    drained(of)
    due_now()
    drained(of)
    sweep(of, timezone.now())
    assert len(platform.arrived) == 1
    assert fate(row) == (State.CANCELLED, End.WITHDRAWN)


def test_a_bulk_goes_out_in_one_piece() -> None:
    copies(20)
    platform = Platform()
    drained(office(outlet(platform, kind=Bulk)))
    assert len(platform.arrived) == 20


def statements(number: int) -> int:
    """How many SQL statements a drain of so many copies in one bulk takes."""
    rows = copies(number)
    seen: list[str] = []

    def note(execute: Any, sql: str, *others: Any) -> Any:
        seen.append(sql)
        return execute(sql, *others)

    def watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
        connection.execute_wrappers.append(note)

    connection_created.connect(watch)
    try:
        drained(office(outlet(Platform(), kind=Bulk, batch=1000)))
    finally:
        connection_created.disconnect(watch)
    assert {fate(row)[0] for row in rows} == {State.SENT}
    Address.objects.all().delete()
    return len(seen)


def test_a_large_batch_takes_as_many_statements_as_a_small_one() -> None:
    small, large = statements(5), statements(250)
    assert large <= small + 5


def test_moments_are_told_in_utc() -> None:
    [row] = copies(1)
    before = datetime.now(UTC)
    drained(office(Platform()))
    row.refresh_from_db()
    assert row.sent_at is not None
    assert before <= row.sent_at <= datetime.now(UTC)


def test_the_lane_is_kept_while_a_request_takes_long(caplog: pytest.LogCaptureFixture) -> None:
    [row] = copies(1)
    platform = Platform(pause=0.5)
    of = office(platform, lease=timedelta(seconds=0.3))

    def swept() -> Outcome:
        elsewhere(lambda: sweep(of, timezone.now()))
        return ACCEPTED

    platform.script["0"] = [swept]
    drained(of)
    assert (fate(row), caplog.messages) == ((State.SENT, ""), [])


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scribe, "DATABASE_REST", 0.02)


@pytest.mark.usefixtures("quick")
def test_a_database_that_is_away_for_a_moment_costs_nothing() -> None:
    rows = copies(60)
    away = trouble()

    def gone() -> Outcome:
        away()
        return ACCEPTED

    platform = Platform({"7": [gone], "33": [gone]})
    with impatient():
        drained(office(platform))
    assert {fate(row)[0] for row in rows} == {State.SENT}
    assert len(platform.arrived) == Receipt.objects.count() == 60


@pytest.mark.usefixtures("quick")
def test_a_fault_while_the_database_is_away_loses_nothing_either() -> None:
    rows = copies(10)
    away = trouble()

    def gone() -> Outcome:
        away()
        raise Broken

    with impatient(), pytest.raises(Broken):
        drained(office(Platform({"5": [gone]}, concurrency=1)))
    assert [fate(row)[0] for row in rows[:6]] == [State.SENT] * 5 + [State.SENDING]
    assert {fate(row)[0] for row in rows[6:]} == {State.QUEUED}


def test_what_leaves_was_let_through_before() -> None:
    copies(40)
    platform = Platform({str(number): [Broken()] for number in (13, 26)}, concurrency=3)
    with pytest.raises(Broken):
        drained(office(platform))
    handed = Delivery.objects.exclude(handed_at=None) | Delivery.objects.filter(state=State.SENT)
    assert set(platform.deliveries()) <= {key_of(row) for row in handed}
    assert handed.filter(state=State.SENDING).count() <= 3


def key_of(row: Delivery) -> UUID:
    return delivery_key(row.announcement_id, row.pk)
