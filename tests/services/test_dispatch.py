"""The life of a delivery through `drain`: what leaves, what is on record, what comes after."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

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
    Unconfirmed,
    Unreachable,
)
from broadcaster.domain.keys import row_of
from broadcaster.domain.policy import Priority
from broadcaster.domain.reasons import End
from broadcaster.domain.states import State
from broadcaster.domain.tempo import CONNECTED
from broadcaster.store.models import Address, Delivery, Receipt
from tests import school
from tests.services.dispatch_stage import ACCEPTED, LATER, copies, due_now, fate
from tests.services.stage import Bulk, Platform, drained, office, outlet
from tests.together import elsewhere

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def wait_of(row: Delivery) -> float:
    row.refresh_from_db()
    return (row.due_at - timezone.now()).total_seconds()


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


def test_a_large_batch_does_not_take_statements_for_each_copy() -> None:
    small, large = statements(5), statements(250)
    assert large < 2 * small  # a slow machine may make some more turns, never one for each copy


@pytest.mark.parametrize(("limits", "ahead"), [([], CONNECTED), (["100/second"], 50)])
def test_what_is_more_urgent_does_not_wait_behind_a_whole_large_batch(
    limits: list[str], ahead: int
) -> None:
    bulk = copies(2 * ahead + 40)
    place = school.address(school.guardian(groups=()), "alpha", "urgent")
    platform = Platform(concurrency=1)

    def urgent_meanwhile() -> Outcome:
        elsewhere(lambda: school.copy(place, priority=Priority.URGENT))
        return ACCEPTED

    platform.script["0"] = [urgent_meanwhile]
    drained(office(outlet(platform, batch=1000, limits=limits)))
    order = [envelope.address for envelope in platform.arrived]
    assert order.index("urgent") <= ahead * 1.5
    assert len(order) == len(bulk) + 1


def test_what_comes_while_the_last_copies_leave_is_sent_too() -> None:
    copies(2)
    place = school.address(school.guardian(groups=()), "alpha", "late")
    platform = Platform(concurrency=1, pause=0.05)

    def late() -> Outcome:
        elsewhere(lambda: school.copy(place))
        return ACCEPTED

    platform.script["1"] = [late]
    drained(office(platform))
    assert platform.addresses() == ["0", "1", "late"]


def test_moments_are_told_in_utc() -> None:
    [row] = copies(1)
    before = datetime.now(UTC)
    drained(office(Platform()))
    row.refresh_from_db()
    assert row.sent_at is not None
    assert before <= row.sent_at <= datetime.now(UTC)
