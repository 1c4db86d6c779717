"""Everything at once: workers, sweeps, stops, lost lanes, platforms that answer as they like."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from threading import Event, Lock, Thread
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from broadcaster.contract import (
    Accepted,
    Deferred,
    Envelope,
    Outcome,
    Part,
    Reason,
    Rejected,
    Scope,
    Unconfirmed,
)
from broadcaster.domain.keys import delivery_key
from broadcaster.domain.reasons import Why
from broadcaster.domain.states import UNDERWAY, State
from broadcaster.services import control
from broadcaster.services.outlets import Office
from broadcaster.services.sweep import sweep
from broadcaster.store.models import Delivery, Lane
from tests import school
from tests.services.stage import Platform, drained, office, outlet

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

PATIENCE = 20.0
"""Seconds the storm may last; some three are usual."""

SOON = 0.02
ACCEPTED = Accepted((Part(0, {"id": 1}),))
OTHERS: tuple[Outcome, ...] = (
    Deferred(Reason.RATE_LIMITED, SOON, scope=Scope.CHANNEL),
    Rejected(Reason.CONTENT),
    Unconfirmed("lost"),
)


@dataclass
class Moody(Platform):
    """A platform that accepts most of what it gets and counts what it has accepted."""

    random: Random = field(default_factory=lambda: Random(12))
    accepted: Counter[UUID] = field(default_factory=Counter)
    late: list[UUID] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def take(self, envelope: Envelope) -> Outcome:
        with self.lock:
            key = envelope.delivery_id
            if self.accepted[key]:
                self.late.append(key)
            if self.random.random() < 0.9:
                self.accepted[key] += 1
                return ACCEPTED
            return self.random.choice(OTHERS)


def again_and_again(work: Callable[[], object], over: Event, faults: list[Exception]) -> Thread:
    """Do some work on a thread of its own until it is over."""

    def run() -> None:
        while not over.wait(SOON):
            try:
                work()
            except Exception as fault:  # noqa: BLE001 - the test shows them
                faults.append(fault)
        connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


def storm(of: Office, *announcements: UUID) -> list[Exception]:
    """What went wrong while everything happened at once, until every copy was decided."""
    random, over, faults = Random(7), Event(), list[Exception]()

    def pause_and_resume() -> None:
        one = random.choice(announcements)
        control.pause(one, now=timezone.now())
        control.resume(one)

    def lose_a_lane() -> None:
        time.sleep(0.2)
        past = timezone.now() - timedelta(seconds=1)
        Lane.objects.filter(slot=random.randrange(3)).update(until=past)

    works = [
        *[lambda: drained(of)] * 3,
        *[lambda: sweep(of, timezone.now())] * 2,
        pause_and_resume,
        lose_a_lane,
    ]
    with ExitStack() as ending:
        for work in works:
            ending.callback(again_and_again(work, over, faults).join)
        ending.callback(over.set)
        deadline = time.monotonic() + PATIENCE
        while Delivery.objects.filter(state__in=UNDERWAY).exists():
            assert time.monotonic() < deadline
            time.sleep(SOON)
    return faults


def test_in_a_storm_nothing_is_sent_twice_and_nothing_is_forgotten() -> None:
    announcements = [school.announcement(released_at=school.NOON) for _ in range(2)]
    people = [school.guardian(groups=(), alpha=str(number)) for number in range(150)]
    for person in people:
        for made in announcements:
            school.copy(person.addresses.get(), made, why=Why.EVERY_CHANNEL)
    platform = Moody(concurrency=8, pause=0.001)
    faults = storm(office(outlet(platform, lanes=3, batch=40)), *announcements)
    sent = {
        delivery_key(row.announcement_id, row.pk)
        for row in Delivery.objects.filter(state=State.SENT)
    }
    assert (faults, platform.late, set(platform.accepted.values())) == ([], [], {1})
    assert sent == set(platform.accepted)
