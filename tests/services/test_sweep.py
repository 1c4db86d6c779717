"""What time alone changes, whole: the sweep may be called any number of times."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from broadcaster.contract import DataClass, Reason
from broadcaster.domain.policy import Importance, QuietHours
from broadcaster.domain.reasons import End, Hold, Why
from broadcaster.domain.states import State
from broadcaster.services import control
from broadcaster.services.flights import Fate, flights_of
from broadcaster.services.follow import report
from broadcaster.services.outlets import Office
from broadcaster.services.release import release
from broadcaster.services.sweep import sweep
from broadcaster.store.models import Announcement, Delivery, Lane, Receipt, Revision
from broadcaster.store.queries import sweeping
from broadcaster.store.queries.heartbeats import SWEEP, last_beat
from broadcaster.store.queries.lanes import take_lane
from tests import school
from tests.services.dispatch_stage import Broken, fate
from tests.services.stage import LEASE, MOSCOW, Platform, office, outlet
from tests.together import elsewhere, together

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON
QUIET = QuietHours(time(21), time(7), MOSCOW)
EVENING = datetime(2026, 11, 20, 20, 50, tzinfo=MOSCOW)
NIGHT = EVENING + timedelta(hours=2)
MORNING = datetime(2026, 11, 21, 7, tzinfo=MOSCOW)


def both(**also: Any) -> Office:
    return office(outlet(Platform(), "alpha"), outlet(Platform(), "beta"), **also)


def copy(channel: str = "alpha", **also: Any) -> Delivery:
    return school.copy(school.address(school.guardian(), channel), **also)


def test_channels_with_something_due_are_rung_for() -> None:
    copy("beta")
    assert sweep(both(), NOW) == ["beta"]


def test_a_channel_that_is_off_is_not_rung_for() -> None:
    copy("gamma")
    assert sweep(both(), NOW) == []


def test_a_sweep_leaves_a_sign_of_life() -> None:
    sweep(both(), NOW)
    sweep(both(), school.LATER)
    assert last_beat(SWEEP) == school.LATER


def test_from_quiet_hours_to_the_morning() -> None:
    school.guardian(alpha="here")
    made, of = school.announcement("1А"), both(quiet=QUIET)
    release(of, made, now=NIGHT)
    assert (sweep(of, NIGHT), school.states()) == ([], [State.HELD])
    assert (sweep(of, MORNING), school.states()) == (["alpha"], [State.QUEUED])


def test_what_was_not_sent_before_the_night_waits_for_the_morning() -> None:
    row, of = copy(due_at=EVENING), both(quiet=QUIET)
    assert sweep(of, EVENING) == ["alpha"]
    assert sweep(of, NIGHT) == []
    assert (*fate(row), row.due_at) == (State.HELD, Hold.QUIET_HOURS, MORNING)


@pytest.mark.parametrize("quiet", [QuietHours(time(21), time(6), MOSCOW), None])
def test_what_is_held_wakes_when_the_quiet_hours_were_shortened(quiet: QuietHours | None) -> None:
    school.guardian(alpha="here")
    release(both(quiet=QUIET), school.announcement("1А"), now=NIGHT)
    early = MORNING - timedelta(minutes=59)
    assert sweep(both(quiet=QUIET), early) == []
    assert sweep(both(quiet=quiet), early) == ["alpha"]


def test_what_is_held_sleeps_on_when_the_quiet_hours_were_extended() -> None:
    school.guardian(alpha="here")
    release(both(quiet=QUIET), school.announcement("1А"), now=NIGHT)
    longer = both(quiet=QuietHours(time(21), time(8), MOSCOW))
    assert sweep(longer, MORNING) == []
    assert sweep(longer, MORNING + timedelta(hours=1)) == ["alpha"]


def test_a_fallback_of_the_night_waits_for_the_morning_too() -> None:
    person = school.guardian(alpha="first", beta="second")
    made = school.announcement(released_at=EVENING)
    school.copy(person.addresses.get(channel="alpha"), made, state=State.FAILED)
    sweep(both(quiet=QUIET), NIGHT)
    fallback = Delivery.objects.get(why=Why.FALLBACK)
    assert (fallback.state, fallback.due_at) == (State.HELD, MORNING)


def test_pausing_lasts_over_the_morning() -> None:
    school.guardian(alpha="here")
    made, of = school.announcement("1А"), both(quiet=QUIET)
    release(of, made, now=NIGHT)
    control.pause(made, now=NIGHT)
    assert (sweep(of, MORNING), school.states()) == ([], [State.HELD])
    control.resume(made)
    assert sweep(of, MORNING) == ["alpha"]


def test_resuming_at_night_wakes_nobody() -> None:
    school.guardian(alpha="here")
    made, of = school.announcement("1А"), both(quiet=QUIET)
    release(of, made, now=EVENING)
    control.pause(made, now=EVENING)
    control.resume(made)
    assert sweep(of, NIGHT) == []
    assert sweep(of, MORNING) == ["alpha"]


def test_resuming_at_night_leaves_quiet_hours_as_they_were() -> None:
    school.guardian(alpha="here")
    made, of = school.announcement("1А"), both(quiet=QUIET)
    release(of, made, now=NIGHT)
    control.pause(made, now=NIGHT)
    control.resume(made)
    sweep(of, NIGHT)
    assert fate(Delivery.objects.get()) == (State.HELD, Hold.QUIET_HOURS)


def test_what_falls_back_goes_to_the_next_channel() -> None:
    person = school.guardian(alpha="first", beta="second")
    made = school.announcement(released_at=NOW)
    school.copy(person.addresses.get(channel="alpha"), made, state=State.FAILED)
    assert sweep(both(), NOW) == ["beta"]
    assert sweep(both(), NOW) == ["beta"]
    assert Delivery.objects.count() == 2


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


def scheduled(at: datetime = NOW, **also: Any) -> Any:
    return school.announcement("1А", release_at=at, **also)


def test_a_scheduled_announcement_is_released_at_its_time() -> None:
    school.guardian(alpha="here")
    scheduled()
    assert sweep(both(), NOW - timedelta(seconds=1)) == []
    assert sweep(both(), NOW) == ["alpha"]
    assert Announcement.objects.get().released_at == NOW


def test_a_scheduled_announcement_is_released_once() -> None:
    school.guardian(alpha="here")
    scheduled()
    for _ in range(3):
        sweep(both(), NOW)
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("stop", [control.pause, control.cancel])
def test_a_stopped_announcement_is_not_released(stop: Any) -> None:
    made = scheduled()
    stop(made, now=NOW)
    sweep(both(), NOW)
    assert Announcement.objects.get().released_at is None


def test_a_paused_announcement_is_released_when_it_is_resumed() -> None:
    made = scheduled()
    control.pause(made, now=NOW)
    control.resume(made)
    sweep(both(), NOW)
    assert Announcement.objects.get().released_at == NOW


def test_a_scheduled_announcement_of_the_night_waits_for_the_morning() -> None:
    school.guardian(alpha="here")
    scheduled(NIGHT)
    assert sweep(both(quiet=QUIET), NIGHT) == []
    assert Delivery.objects.get().due_at == MORNING


def test_one_announcement_with_a_mistake_stops_nothing_else() -> None:
    school.guardian(alpha="here")
    broken = scheduled(body="{{ пароль }}")
    whole = scheduled()
    copy("beta")
    assert sorted(sweep(both(), NOW)) == ["alpha", "beta"]
    assert Announcement.objects.get(pk=whole).released_at == NOW
    assert Announcement.objects.get(pk=broken).released_at is None
    assert last_beat(SWEEP) == NOW


def test_a_fault_in_one_announcement_stops_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    broken = scheduled()
    Revision.objects.filter(announcement=broken).delete()
    whole = scheduled()
    sweep(both(), NOW)
    assert Announcement.objects.get(pk=whole).released_at == NOW
    assert "журнале" in Announcement.objects.get(pk=broken).problem
    [record] = caplog.records
    assert (record.message, record.exc_info is None) == ("sweep.set_aside", False)


def test_an_announcement_with_a_mistake_shows_its_problem() -> None:
    made = scheduled(body="{{ пароль }}")
    sweep(both(), NOW)
    assert "{{ пароль }}" in report(made).standing.problem
    assert not report(made).complete


def test_an_announcement_with_a_mistake_is_told_of_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made = scheduled(body="{{ пароль }}")
    for _ in range(3):
        sweep(both(), NOW)
    [record] = caplog.records
    assert (record.message, record.announcement) == (  # type: ignore[attr-defined]
        "sweep.set_aside", str(made),
    )  # fmt: skip


def test_an_announcement_with_a_mistake_is_released_when_it_is_mended(tmp_path: Path) -> None:
    template = tmp_path / "alpha" / "message.txt.j2"
    template.parent.mkdir()
    template.write_text("{{ announcement.bodi }}", "utf-8")
    made, of = scheduled(), both(templates=tmp_path)
    sweep(of, NOW)
    template.write_text("{{ announcement.body }}", "utf-8")
    sweep(of, NOW)
    assert Announcement.objects.get().released_at is None
    control.resume(made)
    sweep(of, NOW)
    row = Announcement.objects.get()
    assert (row.released_at, row.problem) == (NOW, "")


def test_what_nobody_needs_any_more_expires_and_is_not_rung_for() -> None:
    row = copy(expires_at=NOW)
    assert sweep(both(), NOW) == []
    assert fate(row) == (State.EXPIRED, End.TOO_LATE)


def test_what_waits_for_a_closed_address_is_skipped_and_not_rung_for() -> None:
    school.copy(school.address(school.guardian(), "alpha", state="closed"))
    assert (sweep(both(), NOW), school.states()) == ([], [State.SKIPPED])


@pytest.mark.django_db(transaction=True)
def test_a_sweep_waits_for_nobody() -> None:
    row, other = copy(expires_at=NOW), copy(expires_at=NOW)
    with transaction.atomic():
        Delivery.objects.select_for_update().get(pk=row.pk)
        if connection.vendor == "postgresql":  # SQLite has one writer at a time
            elsewhere(lambda: sweep(both(), NOW))
            assert fate(other) == (State.EXPIRED, End.TOO_LATE)
    sweep(both(), NOW)
    assert {fate(row), fate(other)} == {(State.EXPIRED, End.TOO_LATE)}


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_the_same_time_do_everything_once() -> None:
    for number in range(10):
        person = school.guardian(alpha=f"first-{number}", beta=f"second-{number}")
        made = school.announcement(released_at=NOW)
        school.copy(person.addresses.get(channel="alpha"), made, state=State.FAILED)
    scheduled(importance=Importance.IMPORTANT, data_class=DataClass.PUBLIC)
    of = both()
    together(*[lambda: sweep(of, NOW)] * 3)
    assert Delivery.objects.filter(why=Why.FALLBACK).count() == 10
    assert Delivery.objects.filter(why=Why.EVERY_CHANNEL).count() == 20


def test_a_failure_that_a_platform_told_later_falls_back_too() -> None:
    person = school.guardian(alpha="first", beta="second")
    made = school.announcement(released_at=NOW - timedelta(days=2))
    first = person.addresses.get(channel="alpha")
    school.copy(first, made, state=State.FAILED, reason=Reason.NOT_FOUND)
    assert sweep(both(), NOW) == ["beta"]
