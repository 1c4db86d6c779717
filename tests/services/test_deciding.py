"""A person's word about copies of which nobody knows whether they arrived."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from broadcaster.contract import Accepted
from broadcaster.domain.deciding import Decision
from broadcaster.domain.reasons import AddressState, End, Why
from broadcaster.domain.states import State
from broadcaster.domain.verdict import Verdict
from broadcaster.services.audit import Actor
from broadcaster.services.deciding import decide
from broadcaster.services.outlets import Office
from broadcaster.services.resending import CannotResend, Which
from broadcaster.store.models import Address, Announcement, AuditEntry, Delivery
from broadcaster.store.queries.falling_back import fall_back
from broadcaster.store.queries.recording import Answer, record
from tests import school
from tests.services.stage import Platform, office, outlet

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON
WHO = Actor("Петрова", 7)


@pytest.fixture
def place() -> Office:
    return office(outlet(Platform()), outlet(Platform(), "beta"))


def unknown(news: UUID, channel: str = "alpha", **also: Any) -> Delivery:
    fields = {"state": State.UNCONFIRMED, "reason": End.LEASE_LOST, "why": Why.EVERY_CHANNEL}
    row = school.address(school.guardian(), channel)
    return school.copy(row, news, lane=uuid4(), handed_at=NOW, **fields | also)


def say(
    place: Office,
    news: UUID,
    decision: Decision,
    which: Which = Which(),  # noqa: B008
) -> int:
    return decide(place, news, decision, which, by=WHO, now=NOW + timedelta(hours=1))


def test_what_arrived_is_sent_by_a_persons_word(place: Office, news: UUID) -> None:
    row = unknown(news)
    assert say(place, news, Decision.ARRIVED) == 1
    row.refresh_from_db()
    assert (row.state, row.reason, row.sent_at) == (State.SENT, End.BY_HAND, NOW)


def test_what_did_not_arrive_has_failed(place: Office, news: UUID) -> None:
    row = unknown(news)
    assert say(place, news, Decision.LOST) == 1
    row.refresh_from_db()
    assert (row.state, row.reason, row.sent_at) == (State.FAILED, End.BY_HAND, None)


def test_what_is_sent_again_waits(place: Office, news: UUID) -> None:
    row = unknown(news, attempts=2)
    assert say(place, news, Decision.AGAIN) == 1
    row.refresh_from_db()
    assert (row.state, row.attempts, row.lane, row.handed_at) == (State.QUEUED, 0, None, None)


def test_a_routine_copy_that_did_not_arrive_is_made_up_for(place: Office) -> None:
    news = school.announcement("1А", released_at=NOW)
    row = unknown(news, why=Why.PREFERRED)
    school.address(row.guardian, "beta", preference=1)  # type: ignore[arg-type]
    say(place, news, Decision.LOST)
    assert fall_back(NOW, [("alpha", 2), ("beta", 2)]) == 1


@pytest.mark.parametrize("state", sorted(set(State) - {State.UNCONFIRMED}))
@pytest.mark.parametrize("decision", sorted(Decision))
def test_nothing_else_is_decided(
    place: Office, news: UUID, state: State, decision: Decision
) -> None:
    unknown(news, state=state)
    assert (say(place, news, decision), school.states(news)) == (0, [state])


def test_a_second_press_does_nothing(place: Office, news: UUID) -> None:
    unknown(news)
    assert [say(place, news, Decision.LOST), say(place, news, Decision.ARRIVED)] == [1, 0]
    assert school.states(news) == [State.FAILED]
    assert AuditEntry.objects.count() == 1


def test_a_whole_channel_is_decided_at_once(place: Office, news: UUID) -> None:
    unknown(news), unknown(news), unknown(news, "beta")
    assert say(place, news, Decision.ARRIVED, Which(channels=["alpha"])) == 2
    assert school.states(news) == [State.SENT, State.SENT, State.UNCONFIRMED]


def test_a_single_copy_is_decided(place: Office, news: UUID) -> None:
    unknown(news)
    row = unknown(news)
    assert say(place, news, Decision.ARRIVED, Which(copies=[row.pk])) == 1
    assert school.states(news) == [State.UNCONFIRMED, State.SENT]


def test_a_copy_of_another_announcement_is_not_decided(place: Office, news: UUID) -> None:
    row = unknown(school.announcement("1А", released_at=NOW))
    assert say(place, news, Decision.ARRIVED, Which(copies=[row.pk])) == 0


def test_a_late_answer_does_not_overrule_a_person(place: Office, news: UUID) -> None:
    row = unknown(news)
    lane = row.lane
    assert lane is not None
    say(place, news, Decision.LOST)
    name = Accepted.__name__.lower()
    late = Answer(row.pk, 1, NOW, name, "", "", [], Verdict(State.SENT))
    assert record([late], lane=lane) == 0
    assert school.states(news) == [State.FAILED]


def test_a_closed_address_is_not_written_to_again(place: Office, news: UUID) -> None:
    unknown(news)
    Address.objects.update(state=AddressState.CLOSED)
    assert say(place, news, Decision.AGAIN) == 0


def test_what_is_out_of_date_is_not_sent_again(place: Office, news: UUID) -> None:
    unknown(news)
    Announcement.objects.update(expires_at=NOW)
    with pytest.raises(CannotResend):
        say(place, news, Decision.AGAIN)
    assert say(place, news, Decision.ARRIVED) == 1


def test_it_is_written_down_who_decided_what(place: Office, news: UUID) -> None:
    row = unknown(news)
    say(place, news, Decision.ARRIVED, Which(copies=[row.pk]))
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action) == ("Петрова", "copy_decided")
    assert entry.facts == {"decision": "arrived", "count": 1, "copies": [row.pk]}
