"""Sending again what failed."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from broadcaster.contract import DataClass
from broadcaster.domain.deciding import Refusal
from broadcaster.domain.policy import Importance, QuietHours
from broadcaster.domain.reasons import AddressState, Hold, Skip, Why
from broadcaster.domain.states import State
from broadcaster.services.audit import Actor
from broadcaster.services.outlets import Office
from broadcaster.services.resending import CannotResend, Which, failures, refused, resend
from broadcaster.store.models import Address, Announcement, AuditEntry, Delivery, Receipt
from broadcaster.store.queries.by_hand import Failures
from tests import school
from tests.services.stage import MOSCOW, Platform, drained, office, outlet

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON
WHO = Actor("Петрова", 7)
NIGHT = datetime(2026, 11, 20, 20, tzinfo=UTC)
QUIET = QuietHours(time(21), time(7), MOSCOW)


@pytest.fixture
def place() -> Office:
    return office(outlet(Platform()), outlet(Platform(), "beta"))


def failed(news: UUID, channel: str = "alpha", **also: Any) -> Delivery:
    fields = {"state": State.FAILED, "reason": "tries_spent", "why": Why.EVERY_CHANNEL} | also
    fields["attempts"] = 8
    return school.copy(school.address(school.guardian(), channel), news, **fields)


def again(place: Office, news: UUID, which: Which = Which(), **also: Any) -> int:  # noqa: B008
    return resend(place, news, which, by=WHO, now=also.pop("now", NOW), **also)


def test_what_failed_waits_again_from_the_first_try(place: Office, news: UUID) -> None:
    row = failed(news)
    assert again(place, news) == 1
    row.refresh_from_db()
    assert (row.state, row.reason, row.attempts, row.due_at) == (State.QUEUED, "", 0, NOW)


@pytest.mark.django_db(transaction=True)
def test_a_copy_that_is_sent_again_arrives(news: UUID) -> None:
    platform = Platform()
    failed(news, due_at=NOW)
    place = office(platform)
    again(place, news)
    assert (drained(place), len(platform.arrived), school.states(news)) == (1, 1, [State.SENT])


@pytest.mark.parametrize("state", sorted(set(State) - {State.FAILED}))
def test_nothing_else_is_sent_again(place: Office, news: UUID, state: State) -> None:
    failed(news, state=state)
    assert (again(place, news), school.states(news)) == (0, [state])


def test_a_second_press_does_nothing(place: Office, news: UUID) -> None:
    failed(news)
    assert [again(place, news), again(place, news)] == [1, 0]
    assert AuditEntry.objects.count() == 1


def test_a_late_second_press_leaves_alone_what_failed_again_since(
    place: Office, news: UUID
) -> None:
    row = failed(news)
    again(place, news, seen_at=NOW)
    Delivery.objects.update(state=State.FAILED)
    Receipt.objects.create(
        delivery=row, attempt=1, at=NOW + timedelta(seconds=1), outcome="rejected"
    )
    assert again(place, news, seen_at=NOW) == 0
    assert again(place, news, seen_at=NOW + timedelta(minutes=1)) == 1


def test_channels_and_reasons_narrow_what_is_sent_again(place: Office, news: UUID) -> None:
    failed(news)
    failed(news, "beta")
    failed(news, reason="content")
    assert again(place, news, Which(channels=["alpha"], reasons=["tries_spent"])) == 1
    assert school.states(news) == [State.QUEUED, State.FAILED, State.FAILED]


def test_single_copies_are_sent_again(place: Office, news: UUID) -> None:
    failed(news)
    row = failed(news)
    assert again(place, news, Which(copies=[row.pk])) == 1
    assert school.states(news) == [State.FAILED, State.QUEUED]


def test_other_announcements_are_left_alone(place: Office, news: UUID) -> None:
    failed(school.announcement("1А", released_at=NOW))
    assert again(place, news) == 0


@pytest.mark.parametrize(
    "shut",
    [
        {"state": AddressState.CLOSED},
        {"consent_on": None},
        {"consent_withdrawn_at": NOW},
    ],
    ids=["closed", "no consent", "left"],
)
def test_a_closed_address_stays_closed(place: Office, news: UUID, shut: dict[str, Any]) -> None:
    failed(news)
    Address.objects.update(**shut)
    assert (again(place, news), school.states(news)) == (0, [State.FAILED])


def test_an_erased_address_gets_nothing(place: Office, news: UUID) -> None:
    failed(news)
    Address.objects.all().delete()
    assert again(place, news) == 0


def test_a_reopened_address_gets_its_copy(place: Office, news: UUID) -> None:
    failed(news, reason="blocked")
    Address.objects.update(state=AddressState.CLOSED)
    again(place, news)
    Address.objects.update(state=AddressState.OPEN)
    assert again(place, news) == 1


def test_a_closed_place_stays_closed(place: Office, news: UUID) -> None:
    spot = school.destination("alpha")
    school.copy(spot, news, state=State.FAILED)
    assert again(place, news) == 1
    Delivery.objects.update(state=State.FAILED)
    type(spot).objects.update(state=AddressState.CLOSED)
    assert again(place, news) == 0


def test_a_channel_that_is_off_gets_nothing(news: UUID) -> None:
    failed(news, "beta")
    assert again(office(Platform()), news) == 0


def test_a_channel_that_may_not_carry_it_any_more_gets_nothing(news: UUID) -> None:
    Announcement.objects.update(data_class=DataClass.PERSONAL)
    failed(news)
    place = office(outlet(Platform(), carries=DataClass.PUBLIC))
    assert again(place, news) == 0


def test_who_got_a_routine_announcement_elsewhere_gets_no_second_copy(
    place: Office, news: UUID
) -> None:
    row = failed(news, why=Why.PREFERRED)
    other = school.address(row.guardian, "beta")  # type: ignore[arg-type]
    school.copy(other, news, state=State.SENT, why=Why.FALLBACK)
    assert again(place, news) == 0


def test_an_important_announcement_is_repeated_on_the_channel_that_failed(
    place: Office, news: UUID
) -> None:
    row = failed(news)
    other = school.address(row.guardian, "beta")  # type: ignore[arg-type]
    school.copy(other, news, state=State.SENT, why=Why.EVERY_CHANNEL)
    assert again(place, news) == 1


def test_messages_that_a_platform_took_of_an_unfinished_copy_are_not_repeated(
    place: Office, news: UUID
) -> None:
    row = failed(news, parts=[[0, {"id": 1}]])
    again(place, news)
    row.refresh_from_db()
    assert row.parts == [[0, {"id": 1}]]


def test_a_copy_that_bounced_is_sent_as_a_whole(place: Office, news: UUID) -> None:
    row = failed(news, parts=[[0, {"id": 1}]], sent_at=NOW)
    again(place, news)
    row.refresh_from_db()
    assert (row.parts, row.sent_at) == ([], None)


def test_at_night_it_waits_for_the_morning(news: UUID) -> None:
    row = failed(news)
    again(office(Platform(), quiet=QUIET), news, now=NIGHT)
    row.refresh_from_db()
    assert (row.state, row.reason) == (State.HELD, Hold.QUIET_HOURS)
    assert row.due_at == datetime(2026, 11, 21, 4, tzinfo=UTC)


def test_urgent_ones_leave_at_night(news: UUID) -> None:
    Announcement.objects.update(importance=Importance.URGENT)
    failed(news)
    again(office(Platform(), quiet=QUIET), news, now=NIGHT)
    assert school.states(news) == [State.QUEUED]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"expires_at": NOW}, Refusal.EXPIRED),
        ({"released_at": None}, Refusal.NOT_RELEASED),
        ({"cancelled_at": NOW}, Refusal.CANCELLED),
        ({"paused_at": NOW}, Refusal.PAUSED),
    ],
)
def test_what_must_not_leave_is_refused(
    place: Office, news: UUID, fields: dict[str, Any], why: Refusal
) -> None:
    failed(news)
    Announcement.objects.update(**fields)
    with pytest.raises(CannotResend) as refusal:
        again(place, news)
    assert (refusal.value.refusal, school.states(news)) == (why, [State.FAILED])
    assert refused(place, Announcement.objects.get(pk=news), now=NOW) is why


def test_an_urgent_one_past_its_term_is_refused_too(place: Office, news: UUID) -> None:
    Announcement.objects.update(importance=Importance.URGENT, expires_at=NOW)
    with pytest.raises(CannotResend):
        again(place, news)


def test_what_would_be_out_of_date_by_morning_is_refused(news: UUID) -> None:
    Announcement.objects.update(expires_at=NIGHT + timedelta(hours=2))
    with pytest.raises(CannotResend) as refusal:
        again(office(Platform(), quiet=QUIET), news, now=NIGHT)
    assert refusal.value.refusal is Refusal.EXPIRES_AT_NIGHT


def test_it_is_written_down_who_did_it(place: Office, news: UUID) -> None:
    failed(news)
    again(place, news, Which(channels=["alpha"]))
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.user, entry.action) == ("Петрова", 7, "resent")
    assert (entry.subject, entry.facts) == (str(news), {"count": 1, "channels": ["alpha"]})


def test_nothing_is_written_down_when_nothing_was_done(place: Office, news: UUID) -> None:
    again(place, news)
    assert not AuditEntry.objects.exists()


def test_what_failed_is_counted_with_what_may_be_sent_again(place: Office, news: UUID) -> None:
    failed(news)
    row = failed(news)
    Address.objects.filter(pk=row.address_id).update(state=AddressState.CLOSED)
    served = failed(news, why=Why.PREFERRED)
    other = school.address(served.guardian, "beta")  # type: ignore[arg-type]
    school.copy(other, news, state=State.SENT, why=Why.FALLBACK)
    school.copy(other.guardian.addresses.create(channel="beta"), news, state=State.SKIPPED,
                reason=Skip.NO_CONSENT)  # fmt: skip
    [line] = failures(place, Announcement.objects.get(pk=news))
    assert line == Failures("alpha", "tries_spent", count=3, ready=1, served=1, first=1)
    assert line.closed == 1


def routine_failed_everywhere(news: UUID) -> None:
    row = failed(news, why=Why.PREFERRED)
    other = school.address(row.guardian, "beta")  # type: ignore[arg-type]
    school.copy(other, news, state=State.FAILED, reason="tries_spent", why=Why.FALLBACK)


def test_a_routine_one_that_failed_on_every_channel_is_sent_again_once(
    place: Office, news: UUID
) -> None:
    routine_failed_everywhere(news)
    row = Announcement.objects.get(pk=news)
    assert [(line.ready, line.first) for line in failures(place, row)] == [(1, 1), (1, 0)]
    assert again(place, news) == 1
    assert school.states(news) == [State.QUEUED, State.FAILED]


def test_the_channel_on_which_a_routine_one_is_sent_again_can_be_chosen(
    place: Office, news: UUID
) -> None:
    routine_failed_everywhere(news)
    assert again(place, news, Which(channels=["beta"])) == 1
    assert school.states(news) == [State.FAILED, State.QUEUED]


def test_a_routine_one_whose_first_address_is_closed_goes_to_the_next(
    place: Office, news: UUID
) -> None:
    routine_failed_everywhere(news)
    Address.objects.filter(channel="alpha").update(state=AddressState.CLOSED)
    assert again(place, news) == 1
    assert school.states(news) == [State.FAILED, State.QUEUED]
