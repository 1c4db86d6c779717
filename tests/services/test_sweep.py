"""What time alone changes, whole: the sweep may be called any number of times."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from broadcaster.contract import DataClass, Reason
from broadcaster.domain.policy import Importance
from broadcaster.domain.reasons import End, Why
from broadcaster.domain.states import State
from broadcaster.services.sweep import sweep
from broadcaster.store.models import Delivery
from broadcaster.store.queries.heartbeats import SWEEP, last_beat
from tests import school
from tests.services.dispatch_stage import fate
from tests.services.sweep_stage import NOW, both, copy, scheduled
from tests.together import elsewhere, together

pytestmark = [pytest.mark.database, pytest.mark.django_db]


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


def test_what_falls_back_goes_to_the_next_channel() -> None:
    person = school.guardian(alpha="first", beta="second")
    made = school.announcement(released_at=NOW)
    school.copy(person.addresses.get(channel="alpha"), made, state=State.FAILED)
    assert sweep(both(), NOW) == ["beta"]
    assert sweep(both(), NOW) == ["beta"]
    assert Delivery.objects.count() == 2


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
