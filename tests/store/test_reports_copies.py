"""The copies of an announcement: listed, filtered, counted over time."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from broadcaster.domain.standing import Gate, Pending
from broadcaster.domain.states import State
from broadcaster.store.models import Delivery
from broadcaster.store.queries.lanes import hold_channel, pause_channel
from broadcaster.store.queries.reports_copies import Copies, every, how_many, listed, one
from broadcaster.store.queries.reports_progress import accepted, gates, pending, step
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON


@pytest.fixture
def news() -> UUID:
    return school.announcement("1А", released_at=NOW)


def copy(news: UUID, state: State = State.SENT, channel: str = "alpha", name: str = "") -> Delivery:
    sent = {"sent_at": NOW} if state == State.SENT else {}
    return school.copy(school.address(school.guardian(name), channel), news, state=state, **sent)


def ids(what: Copies) -> list[int]:
    return [line.id for line in listed(what, limit=100)]


def test_copies_are_filtered_by_channel_state_and_name(news: UUID) -> None:
    first = copy(news, name="Анна").pk
    second = copy(news, State.FAILED, name="Борис").pk
    third = copy(news, State.FAILED, "beta", name="Вера").pk
    school.waiting(1)
    assert ids(Copies(news)) == [first, second, third]
    assert ids(Copies(news, channel="alpha")) == [first, second]
    assert ids(Copies(news, states=[State.FAILED])) == [second, third]
    assert ids(Copies(news, words="бор")) == [second]
    assert how_many(Copies(news, channel="alpha", states=[State.FAILED], words="б")) == 1


def test_people_without_any_address_are_a_channel_of_their_own(news: UUID) -> None:
    row = copy(news)
    Delivery.objects.filter(pk=row.pk).update(channel="")
    copy(news)
    assert ids(Copies(news, channel="")) == [row.pk]


def test_a_place_is_found_by_its_title(news: UUID) -> None:
    row = school.copy(school.destination("alpha", title="Стена школы"), news)
    assert ids(Copies(news, words="стена")) == [row.pk]


def test_every_copy_comes_however_few_are_fetched_at_once(news: UUID) -> None:
    made = [copy(news).pk for _ in range(5)]
    assert [row[0] for row in every(news, at_once=2)] == made


def test_one_copy_comes_with_what_the_platform_calls_it(news: UUID) -> None:
    row = copy(news)
    Delivery.objects.update(parts=[[0, {"message_id": 7}]])
    found = one(news, row.pk)
    assert found is not None
    assert found.parts == [[0, {"message_id": 7}]]


def test_a_copy_of_another_announcement_is_not_found(news: UUID) -> None:
    assert one(news, school.waiting(1)[0].pk) is None


def test_what_waits_is_told_with_the_earliest_time(news: UUID) -> None:
    for hours in (3, 2):
        row = school.address(school.guardian(), "alpha")
        due = NOW + timedelta(hours=hours)
        school.copy(row, news, state=State.HELD, reason="quiet_hours", due_at=due)
    copy(news)
    assert pending(news) == [
        Pending("alpha", State.HELD, "quiet_hours", 2, NOW + timedelta(hours=2))
    ]


def test_gates_tell_of_every_channel_that_is_on() -> None:
    until = NOW + timedelta(minutes=3)
    hold_channel("alpha", until=until, reason="rate_limited", detail="")
    pause_channel("beta", now=NOW, reason="credentials", detail="")
    assert gates(["alpha", "beta", "gamma"]) == {
        "alpha": Gate(hold_until=until, reason="rate_limited"),
        "beta": Gate(shut=True, reason="credentials"),
        "gamma": Gate(),
    }


def test_copies_are_counted_over_time_without_gaps(news: UUID) -> None:
    for second in (0, 0, 3):
        row = copy(news)
        Delivery.objects.filter(pk=row.pk).update(sent_at=NOW + timedelta(seconds=second))
    counted = accepted(news)
    assert [one.count for one in counted] == [2, 0, 0, 1]
    assert counted[0].start == NOW.replace(microsecond=0)


def test_what_nobody_took_is_not_counted_over_time(news: UUID) -> None:
    copy(news, State.FAILED)
    assert accepted(news) == []


@pytest.mark.parametrize("span", [0, 1, 37, 38, 39, 1000, 86_400, 3_000_000, 90_000_000])
def test_a_chart_has_a_bounded_number_of_points(span: int) -> None:
    assert span // step(span, 40) + 2 <= 41


def test_a_chart_of_months_stays_bounded(news: UUID) -> None:
    for days in (0, 200):
        row = copy(news)
        Delivery.objects.filter(pk=row.pk).update(sent_at=NOW + timedelta(days=days))
    counted = accepted(news)
    assert len(counted) <= 40
    assert sum(one.count for one in counted) == 2


def test_copies_of_others_between_them_are_left_out(news: UUID) -> None:
    other = school.announcement("1А", released_at=school.NOON)
    made = []
    for _ in range(3):
        made.append(copy(news).pk)
        copy(other)
    assert [row[0] for row in every(news, at_once=1)] == made


def test_an_announcement_without_copies_has_none(news: UUID) -> None:
    assert list(every(news)) == []
