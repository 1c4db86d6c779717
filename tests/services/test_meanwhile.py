"""What changes while copies wait or leave: nobody is left out, and nothing else stands still."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from broadcaster.contract import Accepted, Deferred, Outcome, Part, Reason, Unreachable
from broadcaster.domain.policy import Importance
from broadcaster.domain.states import State
from broadcaster.services import control
from broadcaster.services.audit import SYSTEM
from broadcaster.services.outlets import Office
from broadcaster.services.people.addresses import change_address, withdraw
from broadcaster.services.release import release
from broadcaster.services.sweep import sweep
from broadcaster.store.models import Announcement, Delivery
from broadcaster.store.queries.sweeping import obey_stops
from tests import school
from tests.services.dispatch_stage import due_now, fate
from tests.services.stage import Platform, drained, office
from tests.together import elsewhere

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def swept_and_drained(of: Office) -> None:
    for _ in range(2):
        for name in sweep(of, timezone.now()):
            drained(of, name)


def changed(row: Delivery) -> None:
    assert row.guardian_id
    assert row.address_id
    change_address(
        row.guardian_id, row.address_id, "new",
        keeps_consent=True, seen=None, by=SYSTEM, now=timezone.now(),
    )  # fmt: skip


# A mailbox that two parents share


@pytest.fixture
def shared() -> tuple[Platform, Office, Delivery]:
    for name in ("Мать", "Отец"):
        school.guardian(name, alpha="family")
    platform = Platform()
    of = office(platform)
    made = school.announcement("1А", importance=Importance.IMPORTANT)
    release(of, made, now=timezone.now())
    return platform, of, Delivery.objects.get(state=State.QUEUED)


def test_who_shares_a_mailbox_gets_the_copy_of_who_takes_a_consent_back(shared: Any) -> None:
    platform, of, row = shared
    withdraw(
        row.guardian_id, row.address_id, seen=None, by=SYSTEM, now=timezone.now()
    )  # fmt: skip
    swept_and_drained(of)
    assert platform.addresses() == ["family"]


def test_who_shares_a_mailbox_gets_a_copy_when_the_other_changes_hers(shared: Any) -> None:
    platform, of, row = shared
    changed(row)
    swept_and_drained(of)
    assert platform.addresses() == ["family", "new"]


# An address that is changed meanwhile


def test_a_dead_old_address_does_not_close_the_new_one() -> None:
    person = school.guardian(alpha="old")
    row = school.copy(person.addresses.get())

    def corrected() -> Outcome:
        elsewhere(lambda: changed(row))
        return Unreachable(Reason.NOT_FOUND)

    drained(office(Platform({"old": [corrected]})))
    assert person.addresses.get().state == "open"


def test_a_new_address_gets_the_whole_message() -> None:
    row = school.copy(school.guardian(alpha="old").addresses.get())
    half = Deferred(Reason.SERVER_ERROR, parts=(Part(0, {"id": 1}),))
    platform = Platform({"old": [half]})
    of = office(platform)
    drained(of)
    changed(row)
    due_now()
    drained(of)
    assert [(one.address, one.parts_done) for one in platform.arrived] == [("old", ()), ("new", ())]


# Two connections to PostgreSQL


def beside(work: Callable[[], int]) -> Future[int]:
    """Do some work on a thread and a connection of its own."""

    def apart() -> int:
        try:
            return work()
        finally:
            connection.close()

    return ThreadPoolExecutor(1).submit(apart)


@pytest.mark.parametrize("stop", [control.pause, control.cancel])
def test_a_stop_that_waits_for_a_release_is_written_down(stop: Callable[..., int]) -> None:
    school.guardian(alpha="here")
    made = school.announcement("1А")
    begun: list[Future[int]] = []

    def meanwhile() -> None:
        begun.append(beside(lambda: stop(made, now=timezone.now())))
        time.sleep(0.3)

    release(office(Platform()), made, now=timezone.now(), also=meanwhile)
    assert begun[0].result(10) == 1
    row = Announcement.objects.get()
    assert row.paused_at or row.cancelled_at


def test_a_stop_that_is_lifted_beside_a_sweep_holds_nothing() -> None:
    row = school.copy(school.guardian(alpha="here").addresses.get())
    Announcement.objects.update(paused_at=timezone.now())
    with transaction.atomic():
        obey_stops()
        if connection.vendor == "postgresql":  # SQLite has one writer at a time
            elsewhere(lambda: control.resume(row.announcement_id))
    if connection.vendor != "postgresql":
        control.resume(row.announcement_id)
    sweep(office(Platform()), timezone.now())
    assert fate(row) == (State.QUEUED, "")


# One announcement that cannot be rendered any more


def test_a_template_that_is_wrong_for_one_announcement_stops_no_other(tmp_path: Path) -> None:
    school.guardian(alpha="here")
    template = tmp_path / "alpha" / "message.txt.j2"
    template.parent.mkdir()
    template.write_text("{{ announcement.body }}", "utf-8")
    platform = Platform()
    of = office(platform, templates=tmp_path)
    for importance in (Importance.IMPORTANT, Importance.ROUTINE):
        release(of, school.announcement("1А", importance=importance), now=timezone.now())
    template.write_text("{% if announcement.importance %}{{ announcement.singn }}{% endif %}x")
    swept_and_drained(of)
    assert len(platform.arrived) == 1


def test_an_answer_no_database_takes_costs_the_others_nothing() -> None:
    rows = [school.copy(school.guardian(alpha=str(place)).addresses.get()) for place in range(3)]
    strange = Accepted((Part(0, {"queue": "2.0.0 Ok\x00 queued as 1"}),))
    drained(office(Platform({"1": [strange]})))
    assert {fate(row)[0] for row in rows} == {State.SENT}
