"""A channel breaks, a lane is lost, the database is away: no copy is lost, none goes out twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from broadcaster.contract import Outcome
from broadcaster.domain.keys import delivery_key
from broadcaster.domain.reasons import End
from broadcaster.domain.states import State
from broadcaster.services import scribe
from broadcaster.services.sweep import sweep
from broadcaster.store.models import Delivery, Lane, Receipt
from tests import school
from tests.faults.parts import until
from tests.services.dispatch_stage import ACCEPTED, Broken, copies, fate
from tests.services.stage import Platform, drained, office, outlet
from tests.services.trouble import impatient, open_beside, trouble, uncollected
from tests.together import elsewhere, together

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


# A channel that breaks


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


# Lanes


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


# The database


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
def test_connections_that_were_given_up_meanwhile_are_closed() -> None:
    copies(10)
    away = trouble()

    def gone() -> Outcome:
        away()
        return ACCEPTED

    with uncollected(), impatient():
        drained(office(Platform({"5": [gone]}, concurrency=1)))
        until(lambda: open_beside() == 0, "the end of all other connections", patience=5)


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
