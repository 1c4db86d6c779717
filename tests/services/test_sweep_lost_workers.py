"""What the sweep makes of a worker that is silent or has ended, copy by copy."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock
from uuid import UUID, uuid4

import pytest

from broadcaster.domain.reasons import End
from broadcaster.domain.states import State
from broadcaster.services.flights import Fate, flights_of
from broadcaster.services.sweep import sweep
from broadcaster.store.models import Delivery, Lane, Receipt
from broadcaster.store.queries import sweeping
from broadcaster.store.queries.lanes import take_lane
from tests import school
from tests.services.dispatch_stage import Broken, fate
from tests.services.stage import LEASE, Platform, office, outlet
from tests.services.sweep_stage import NOW, both, copy

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.mark.django_db(transaction=True)
def test_a_silent_workers_copies_are_recovered(caplog: pytest.LogCaptureFixture) -> None:
    lane = school.lane(until=NOW - timedelta(seconds=1))
    kept = copy(state=State.SENDING, lane=lane)
    handed = copy(state=State.SENDING, lane=lane, handed_at=NOW)
    assert sweep(both(), NOW) == ["alpha"]
    assert (fate(kept), fate(handed)) == (
        (State.QUEUED, ""), (State.UNCONFIRMED, End.LEASE_LOST),
    )  # fmt: skip
    assert Lane.objects.get().token is None
    [record] = caplog.records
    assert (record.message, record.queued, record.unconfirmed) == (  # type: ignore[attr-defined]
        "sweep.recovered", 1, 1,
    )  # fmt: skip


def abandoned(place: Path, lane: UUID, **fates: Fate) -> None:
    """A process that had this lane ends at once; `fates` are of copies by their addresses."""
    with suppress(Broken), flights_of(lane, place) as flights:
        for address, fate_ in fates.items():
            row = Delivery.objects.get(address__value=address).pk
            flights.leaves(row)
            flights.answered(row, fate_)
        raise Broken


def sending(address: str, lane: UUID, **also: Any) -> Delivery:
    """A copy that is on record as handed over."""
    place = school.address(school.guardian(), "alpha", address)
    return school.copy(place, state=State.SENDING, lane=lane, handed_at=NOW, **also)


@pytest.mark.django_db(transaction=True)
def test_of_an_ended_worker_only_what_had_left_is_in_doubt(flights_place: Path) -> None:
    lane = school.lane(until=school.LATER)
    rows = [sending(address, lane) for address in ("left", "refused", "ahead")]
    abandoned(flights_place, lane, left=Fate.LEFT, refused=Fate.REFUSED)
    sweep(both(flights=flights_place), NOW)
    assert [fate(row) for row in rows] == [
        (State.UNCONFIRMED, End.LEASE_LOST), (State.QUEUED, ""), (State.QUEUED, ""),
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_what_a_platform_had_taken_is_sent_though_its_worker_ended(flights_place: Path) -> None:
    lane = school.lane(until=school.LATER)
    row = sending("taken", lane, attempts=1, parts=[[0, {"id": 5}]])
    abandoned(flights_place, lane, taken=Fate.TAKEN)
    sweep(both(flights=flights_place), school.LATER)
    assert (*fate(row), row.sent_at, row.attempts, row.parts) == (
        State.SENT, "", NOW, 2, [[0, {"id": 5}]],
    )  # fmt: skip
    receipt = Receipt.objects.get()
    assert (receipt.delivery, receipt.attempt, receipt.at, receipt.outcome) == (
        row, 2, NOW, "accepted",
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_the_lane_of_an_ended_worker_is_free_at_once(flights_place: Path) -> None:
    lane = school.lane(until=school.LATER)
    abandoned(flights_place, lane)
    sweep(both(flights=flights_place), NOW)
    assert take_lane("alpha", slots=1, token=uuid4(), now=NOW, lease=LEASE)


@pytest.mark.django_db(transaction=True)
def test_a_lane_that_somebody_has_taken_over_is_not_forgotten(flights_place: Path) -> None:
    lane = uuid4()
    successor = school.lane(until=school.LATER)
    rows = [sending("left", lane), sending("ahead", lane)]
    abandoned(flights_place, lane, left=Fate.LEFT)
    sweep(both(flights=flights_place), NOW)
    assert [fate(row)[0] for row in rows] == [State.UNCONFIRMED, State.QUEUED]
    assert Lane.objects.get().token == successor


@pytest.mark.django_db(transaction=True)
def test_what_another_machine_held_in_doubt_is_sent_when_it_is_known(flights_place: Path) -> None:
    lane = uuid4()
    row = sending("taken", lane)
    abandoned(flights_place, lane, taken=Fate.TAKEN)
    sweep(both(), NOW)
    assert fate(row)[0] == State.UNCONFIRMED
    sweep(both(flights=flights_place), NOW)
    assert fate(row)[0] == State.SENT


@pytest.mark.django_db(transaction=True)
def test_what_a_silent_worker_knows_counts_only_when_it_has_ended(flights_place: Path) -> None:
    lane = school.lane(until=NOW - timedelta(seconds=1))
    row = sending("ahead", lane)
    with flights_of(lane, flights_place):
        sweep(both(flights=flights_place), NOW)
    assert fate(row) == (State.UNCONFIRMED, End.LEASE_LOST)


@pytest.mark.django_db(transaction=True)
def test_what_an_ended_worker_knew_is_cleared_once_it_is_on_record(
    flights_place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = school.lane(until=school.LATER)
    row = sending("taken", lane)
    abandoned(flights_place, lane, taken=Fate.TAKEN)
    with monkeypatch.context() as broken:
        broken.setattr(sweeping, "requeue_lost", Mock(side_effect=Broken))
        with pytest.raises(Broken):
            sweep(both(flights=flights_place), NOW)
    sweep(both(flights=flights_place), NOW)
    assert fate(row)[0] == State.SENT
    assert not list(flights_place.parent.glob(f"{flights_place.name}*"))


def test_where_doubles_are_removed_all_copies_are_sent_again() -> None:
    row = copy(state=State.SENDING, lane=uuid4(), handed_at=NOW)
    assert sweep(office(outlet(Platform(), repeatable=True)), NOW) == ["alpha"]
    assert fate(row) == (State.QUEUED, "")


def test_a_living_workers_copies_are_left_to_it() -> None:
    row = copy(state=State.SENDING, lane=school.lane(until=school.LATER), handed_at=NOW)
    sweep(both(), NOW)
    assert fate(row) == (State.SENDING, "")
