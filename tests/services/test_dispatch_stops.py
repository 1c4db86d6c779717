"""What stops a sending: a platform's limit, a wrong token, a person's pause or cancel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from broadcaster.contract import Deferred, Envelope, Outcome, Reason, Scope
from broadcaster.domain.policy import Priority
from broadcaster.domain.reasons import End, Hold
from broadcaster.domain.states import State
from broadcaster.services import control
from broadcaster.services.sweep import sweep
from broadcaster.store.models import ChannelState, Delivery, Receipt
from broadcaster.store.queries.lanes import open_channel, pause_channel
from tests import school
from tests.services.dispatch_stage import ACCEPTED, LATER, copies, due_now, fate
from tests.services.stage import Platform, Single, drained, office, outlet
from tests.together import elsewhere

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

LIMITED = Deferred(Reason.RATE_LIMITED, 60.0, scope=Scope.CHANNEL)
NO_TOKEN = Deferred(Reason.CREDENTIALS, scope=Scope.CHANNEL, detail="Unauthorized")


# Channels


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


class Crowded(Single):
    """A platform whose places have limits of their own."""

    async def _deliver(self, envelope: Envelope) -> Outcome:
        await self._turnstile([envelope], place=envelope.address)
        return self._platform.take(envelope)


def test_a_place_that_is_full_holds_nobody_else_back() -> None:
    place, other = school.destination("alpha", "here"), school.destination("alpha", "there")
    school.copy(place, priority=Priority.URGENT)
    second = school.copy(place, priority=Priority.URGENT)
    school.copy(other)
    platform = Platform(concurrency=1)
    drained(office(outlet(platform, kind=Crowded, place_limits=["1/hour"])))
    assert platform.addresses() == ["here", "there"]
    second.refresh_from_db()
    assert (second.state, second.attempts) == (State.DEFERRED, 0)
    assert second.due_at > timezone.now() + timedelta(minutes=59)
    assert ChannelState.objects.get().hold_until is None


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


# Announcements


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
