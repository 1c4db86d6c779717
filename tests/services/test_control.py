"""Stopping what has not been sent: pause, resume, cancel; reopening a channel; leaving."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from broadcaster.contract import Reason
from broadcaster.domain.reasons import End, Hold, Skip
from broadcaster.domain.states import MAY_LEAVE, UNDERWAY, WAITING, State
from broadcaster.services.audit import SYSTEM
from broadcaster.services.channels import reopen
from broadcaster.services.control import (
    address_of,
    cancel,
    leave,
    pause,
    resume,
    return_again,
    set_aside,
    unsubscribe_token,
)
from broadcaster.services.tending import ERRAND
from broadcaster.store.models import Address, Announcement, ChannelState, Delivery
from broadcaster.store.queries.dialect import on_postgres
from broadcaster.store.queries.lanes import gate, pause_channel
from tests import school
from tests.services.stage import Platform, office

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON
LATER = school.LATER
OFFICE = office(Platform())


def copies(*states: State, **also: Any) -> UUID:
    """An announcement with a copy in each of these states."""
    made = school.announcement(released_at=NOW)
    for state in states:
        school.copy(school.address(school.guardian(), "alpha"), made, state=state, **also)
    return made


def ended() -> list[tuple[str, str]]:
    return list(Delivery.objects.order_by("pk").values_list("state", "reason"))


@pytest.mark.parametrize("state", sorted(WAITING))
def test_whatever_waits_is_paused(state: State) -> None:
    assert pause(copies(state), now=NOW) == 1
    assert ended() == [(State.HELD, Hold.PAUSED)]


@pytest.mark.parametrize("state", sorted(set(State) - WAITING))
def test_nothing_else_is_paused(state: State) -> None:
    assert pause(copies(state), now=NOW) == 0
    assert ended() == [(state, "")]


def test_pausing_twice_changes_nothing_more() -> None:
    made = copies(State.QUEUED)
    assert [pause(made, now=NOW), pause(made, now=LATER)] == [1, 0]
    assert Announcement.objects.get().paused_at == NOW


@pytest.mark.parametrize("state", sorted(set(State) - UNDERWAY))
def test_a_finished_announcement_is_not_stopped(state: State) -> None:
    made = copies(state)
    pause(made, now=NOW)
    assert Announcement.objects.get(pk=made).paused_at is None


def test_what_a_worker_is_sending_is_stopped_when_it_comes_back() -> None:
    pause(copies(State.SENDING), now=NOW)
    assert Announcement.objects.get().paused_at == NOW


def test_what_is_scheduled_is_stopped() -> None:
    pause(school.announcement(release_at=LATER), now=NOW)
    assert Announcement.objects.get().paused_at == NOW


def test_what_was_cancelled_is_not_stopped_as_well() -> None:
    made = copies(State.QUEUED)
    cancel(made, now=NOW)
    pause(made, now=LATER)
    assert Announcement.objects.get().paused_at is None


def test_other_announcements_go_on() -> None:
    copies(State.QUEUED)
    pause(copies(State.QUEUED), now=NOW)
    assert ended() == [(State.QUEUED, ""), (State.HELD, Hold.PAUSED)]


def test_resumed_copies_are_queued_again() -> None:
    made = copies(State.QUEUED, State.DEFERRED)
    pause(made, now=NOW)
    assert resume(made) == 2
    assert ended() == [(State.QUEUED, "")] * 2
    assert Announcement.objects.get().paused_at is None


def test_a_resumed_copy_is_due_when_it_was() -> None:
    due = NOW + timedelta(hours=9)
    made = copies(State.HELD, due_at=due, reason=Hold.QUIET_HOURS)
    pause(made, now=NOW)
    resume(made)
    assert Delivery.objects.get().due_at == due


def test_resuming_wakes_nothing_that_waits_for_the_morning() -> None:
    made = copies(State.HELD, reason=Hold.QUIET_HOURS)
    assert resume(made) == 0
    assert ended() == [(State.HELD, Hold.QUIET_HOURS)]


def test_resuming_twice_changes_nothing_more() -> None:
    made = copies(State.QUEUED)
    pause(made, now=NOW)
    assert [resume(made), resume(made)] == [1, 0]


def test_what_was_set_aside_shows_why_until_it_is_resumed() -> None:
    made = school.announcement(release_at=NOW)
    set_aside(made, "строка 3: …", now=NOW)
    row = Announcement.objects.get()
    assert (row.paused_at, row.problem) == (NOW, "строка 3: …")
    resume(made)
    row.refresh_from_db()
    assert (row.paused_at, row.problem) == (None, "")


@pytest.mark.parametrize("state", sorted(WAITING))
def test_whatever_waits_is_cancelled(state: State) -> None:
    assert cancel(copies(state), now=NOW) == 1
    assert ended() == [(State.CANCELLED, End.WITHDRAWN)]


@pytest.mark.parametrize("state", sorted(set(State) - WAITING))
def test_nothing_else_is_cancelled(state: State) -> None:
    assert cancel(copies(state), now=NOW) == 0
    assert ended() == [(state, "")]


@pytest.mark.parametrize("state", sorted(MAY_LEAVE))
def test_an_announcement_is_cancelled_while_any_of_it_may_leave(state: State) -> None:
    cancel(copies(State.SENT, state), now=NOW)
    assert Announcement.objects.get().cancelled_at == NOW


@pytest.mark.parametrize("state", sorted(set(State) - MAY_LEAVE))
def test_what_is_over_is_not_called_cancelled(state: State) -> None:
    cancel(copies(State.SENT, state), now=NOW)
    assert Announcement.objects.get().cancelled_at is None


def test_what_is_scheduled_is_cancelled() -> None:
    cancel(school.announcement(release_at=LATER), now=NOW)
    assert Announcement.objects.get().cancelled_at == NOW


def test_cancelling_twice_changes_nothing_more() -> None:
    made = copies(State.QUEUED)
    assert [cancel(made, now=NOW), cancel(made, now=LATER)] == [1, 0]
    assert Announcement.objects.get().cancelled_at == NOW


def test_what_was_paused_can_be_cancelled() -> None:
    made = copies(State.QUEUED)
    pause(made, now=NOW)
    assert cancel(made, now=NOW) == 1


def test_what_was_cancelled_cannot_be_resumed() -> None:
    made = copies(State.QUEUED)
    cancel(made, now=NOW)
    assert (resume(made), ended()) == (0, [(State.CANCELLED, End.WITHDRAWN)])


def test_an_announcement_that_does_not_exist_has_nothing_to_stop() -> None:
    nobody = UUID(int=0)
    assert (pause(nobody, now=NOW), resume(nobody), cancel(nobody, now=NOW)) == (0, 0, 0)


def test_a_reopened_channel_sends_again() -> None:
    pause_channel("alpha", now=NOW, reason=Reason.CREDENTIALS, detail="")
    reopen("alpha", by=SYSTEM, now=NOW)
    assert gate("alpha").shut_for(NOW) == 0.0


def test_reopening_a_channel_nobody_has_used_is_harmless() -> None:
    reopen("alpha", by=SYSTEM, now=NOW)
    assert not ChannelState.objects.exists()


@pytest.fixture
def address() -> Address:
    return school.address(school.guardian(), "alpha")


def test_a_token_leads_back_to_its_address(address: Address) -> None:
    assert address_of(unsubscribe_token(address.pk, address.value)) == address


@pytest.mark.parametrize("token", ["", "1", "1:forged", "x:y", "№:1", "9" * 300])
def test_a_token_that_was_not_made_here_leads_nowhere(address: Address, token: str) -> None:
    assert address_of(token) is None


def test_anothers_number_under_the_same_seal_leads_nowhere(address: Address) -> None:
    _number, seal = unsubscribe_token(address.pk, address.value).split(":")
    assert address_of(f"{address.pk + 1}:{seal}") is None


def test_who_got_a_letter_by_mistake_cannot_make_the_parent_leave(address: Address) -> None:
    token = unsubscribe_token(address.pk, address.value)
    Address.objects.update(value="corrected")
    assert address_of(token) is None


def test_the_token_of_an_erased_address_leads_nowhere(address: Address) -> None:
    token = unsubscribe_token(address.pk, address.value)
    address.delete()
    assert address_of(token) is None


def test_a_token_fits_into_an_address_of_a_page(address: Address) -> None:
    assert len(unsubscribe_token(2**63 - 1, "a" * 255)) < 70


def test_leaving_withdraws_the_consent(address: Address) -> None:
    leave(OFFICE, address, now=NOW)
    address.refresh_from_db()
    assert address.consent_withdrawn_at == NOW
    assert address.consent_on is not None


def test_leaving_twice_keeps_the_first_time(address: Address) -> None:
    leave(OFFICE, address, now=NOW)
    leave(OFFICE, address, now=LATER)
    address.refresh_from_db()
    assert address.consent_withdrawn_at == NOW


@pytest.mark.parametrize("state", [State.QUEUED, State.DEFERRED])
def test_leaving_skips_what_waits_its_turn(address: Address, state: State) -> None:
    school.copy(address, state=state)
    leave(OFFICE, address, now=NOW)
    assert ended() == [(State.SKIPPED, Skip.NO_CONSENT)]


@pytest.fixture
def _busy_sweep() -> Iterator[None]:
    """A sweep is under way, where two may be at work at the same time."""
    other = connections.create_connection("default")
    if on_postgres():
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [ERRAND])
    yield
    other.close()


@pytest.mark.usefixtures("_busy_sweep")
def test_leaving_does_not_wait_for_a_sweep(address: Address) -> None:
    school.copy(address)
    leave(OFFICE, address, now=NOW)
    assert ended() == [(State.SKIPPED, Skip.NO_CONSENT)]


@pytest.mark.parametrize("state", [State.HELD, State.SENDING])
def test_leaving_does_not_touch_what_is_held_or_being_sent(address: Address, state: State) -> None:
    school.copy(address, state=state)
    leave(OFFICE, address, now=NOW)
    assert ended() == [(state, "")]


def test_leaving_one_channel_leaves_the_others(address: Address) -> None:
    other = school.address(address.guardian, "beta")
    school.copy(other)
    leave(OFFICE, address, now=NOW)
    other.refresh_from_db()
    assert (other.consent_withdrawn_at, ended()) == (None, [(State.QUEUED, "")])


@pytest.fixture
def shared(address: Address) -> Address:
    """The same mailbox, written down for another person."""
    return school.address(school.guardian(), "alpha", address.value)


def test_a_shared_mailbox_leaves_for_everybody_who_reads_it(
    address: Address, shared: Address
) -> None:
    leave(OFFICE, address, now=NOW)
    shared.refresh_from_db()
    assert shared.consent_withdrawn_at == NOW


def test_leaving_skips_what_waits_for_the_others_of_the_mailbox(
    address: Address, shared: Address
) -> None:
    school.copy(shared)
    leave(OFFICE, address, now=NOW)
    assert ended() == [(State.SKIPPED, Skip.NO_CONSENT)]


def test_the_same_words_on_another_channel_are_another_mailbox(address: Address) -> None:
    other = school.address(school.guardian(), "beta", address.value)
    leave(OFFICE, address, now=NOW)
    other.refresh_from_db()
    assert other.consent_withdrawn_at is None


def test_a_shared_mailbox_comes_back_for_everybody(address: Address, shared: Address) -> None:
    leave(OFFICE, address, now=NOW)
    return_again(shared)
    assert not Address.objects.exclude(consent_withdrawn_at=None).exists()


def test_coming_back_leaves_alone_who_had_withdrawn_before(
    address: Address, shared: Address
) -> None:
    Address.objects.filter(pk=shared.pk).update(consent_withdrawn_at=NOW - timedelta(days=1))
    leave(OFFICE, address, now=NOW)
    return_again(address)
    shared.refresh_from_db()
    assert shared.consent_withdrawn_at == NOW - timedelta(days=1)


def test_coming_back_takes_the_withdrawal_back(address: Address) -> None:
    leave(OFFICE, address, now=NOW)
    return_again(address)
    address.refresh_from_db()
    assert address.consent_withdrawn_at is None


def test_coming_back_brings_nothing_that_was_skipped(address: Address) -> None:
    school.copy(address)
    leave(OFFICE, address, now=NOW)
    return_again(address)
    assert ended() == [(State.SKIPPED, Skip.NO_CONSENT)]
