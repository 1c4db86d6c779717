"""The people and the children of an announcement, counted and listed by the database."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadcaster.contract import Reason
from broadcaster.domain.reasons import AddressState, Skip
from broadcaster.domain.states import State
from broadcaster.store.models import (
    Acknowledgement,
    Announcement,
    Delivery,
    Guardian,
    Receipt,
    ToldInPerson,
)
from broadcaster.store.queries.reports_people import (
    Order,
    People,
    Pupils,
    Tally,
    Who,
    counts,
    homes,
    how_many,
    people,
    tries,
    ways,
)
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON


@pytest.fixture
def news() -> UUID:
    return school.announcement("1А", released_at=NOW)


def person(news: UUID, name: str = "", *fates: tuple[str, State]) -> Guardian:
    """A parent of the group with a copy in this state on each channel."""
    made = school.guardian(name)
    for channel, state in fates:
        sent = {"sent_at": NOW} if state == State.SENT else {}
        school.copy(school.address(made, channel), news, state=state, **sent)
    return made


def told(news: UUID, who: Guardian, by: str = "Петрова") -> None:
    ToldInPerson.objects.create(announcement_id=news, guardian=who, by=by, at=NOW)


def pressed(news: UUID, who: Guardian, channel: str = "alpha") -> None:
    Acknowledgement.objects.create(announcement_id=news, guardian=who, channel=channel, at=NOW)


SENT = ("alpha", State.SENT)
FAILED = ("alpha", State.FAILED)


def tally(news: UUID) -> Tally:
    return counts(news)[0]


def pupils(news: UUID) -> Pupils:
    return counts(news)[1]


def names(what: People) -> list[str]:
    return [one.name for one in people(what, limit=100)]


def test_people_are_counted_by_what_became_of_them(news: UUID) -> None:
    person(news, "", SENT, ("beta", State.SENT))
    person(news, "", SENT)
    person(news, "", FAILED)
    told(news, person(news, "", FAILED))
    assert tally(news) == Tally(twice=1, once=1, unreached=2, told=1)


def test_whoever_is_told_and_reached_is_not_counted_twice(news: UUID) -> None:
    told(news, person(news, "", SENT))
    assert tally(news) == Tally(once=1)


def test_who_still_waits_is_not_to_be_called_yet(news: UUID) -> None:
    person(news, "Анна", FAILED, ("beta", State.QUEUED))
    person(news, "Борис", FAILED)
    assert (tally(news).waiting, tally(news).to_call) == (1, 1)
    assert names(People(news, Who.TO_CALL)) == ["Борис"]
    assert names(People(news, Who.WAITING)) == ["Анна"]


def test_those_who_have_acknowledged_are_counted(news: UUID) -> None:
    pressed(news, person(news, "Анна", SENT))
    person(news, "Борис", SENT)
    assert tally(news) == Tally(once=2, acknowledged=1)
    [anna, boris] = people(People(news), limit=9)
    assert (anna.acknowledged_at, boris.acknowledged_at) == (NOW, None)


def test_whoever_has_acknowledged_was_reached_whatever_the_platform_said(news: UUID) -> None:
    made = person(news, "", ("alpha", State.UNCONFIRMED))
    pressed(news, made)
    assert tally(news) == Tally(once=1, acknowledged=1)
    assert ways(news, [made.pk]) == {made.pk: [("alpha", NOW)]}


def test_a_press_under_a_copy_that_was_taken_tells_when_it_was_taken(news: UUID) -> None:
    made = person(news, "", SENT)
    Delivery.objects.update(sent_at=NOW - timedelta(hours=1))
    pressed(news, made)
    assert ways(news, [made.pk]) == {made.pk: [("alpha", NOW - timedelta(hours=1))]}


def test_a_press_under_another_announcement_tells_nothing_here(news: UUID) -> None:
    pressed(school.announcement("1А", released_at=NOW), person(news, "", FAILED))
    assert tally(news) == Tally(unreached=1)


def test_one_parent_acknowledges_for_the_child(news: UUID) -> None:
    first = person(news, "", SENT)
    other = school.guardian(groups=())
    other.pupils.set(first.pupils.all())
    school.copy(school.address(other, "alpha"), news, state=State.SENT)
    pressed(news, other)
    assert pupils(news) == Pupils(total=1, reached=1, acknowledged=1)


def test_nobody_is_counted_for_what_has_not_been_sent() -> None:
    assert tally(school.announcement("1А")) == Tally()


def test_who_shares_a_mailbox_is_reached_when_its_copy_was_taken(news: UUID) -> None:
    first, second = school.guardian("Анна"), school.guardian("Борис")
    school.copy(school.address(first, "alpha", "box"), news, state=State.SENT, sent_at=NOW)
    row = school.address(second, "alpha", "box")
    school.copy(row, news, state=State.SKIPPED, reason=Skip.DUPLICATE)
    assert [(one.channels, one.since) for one in people(People(news), limit=9)] == [(1, NOW)] * 2


@pytest.mark.parametrize("state", [State.QUEUED, State.HELD, State.DEFERRED, State.SENDING])
def test_who_shares_a_mailbox_waits_while_its_copy_does(news: UUID, state: State) -> None:
    anna, boris = school.guardian("Анна"), school.guardian("Борис")
    school.copy(school.address(anna, "alpha", "family@x"), news, state=state)
    twin = school.address(boris, "alpha", "family@x")
    school.copy(twin, news, state=State.SKIPPED, reason=Skip.DUPLICATE)
    assert tally(news) == Tally(unreached=2, waiting=2)
    assert names(People(news, Who.TO_CALL)) == []
    Delivery.objects.filter(guardian=anna).update(state=State.FAILED, reason=Reason.NOT_FOUND)
    assert names(People(news, Who.TO_CALL)) == ["Анна", "Борис"]


def test_a_mark_in_another_announcement_tells_nothing_here(news: UUID) -> None:
    told(school.announcement("1А", released_at=NOW), person(news, "", FAILED))
    assert tally(news).told == 0


def test_a_child_is_reached_through_one_of_its_parents(news: UUID) -> None:
    first = person(news, "", SENT)
    other = school.guardian(groups=())
    other.pupils.set(first.pupils.all())
    school.copy(school.address(other, "alpha"), news, state=State.FAILED)
    assert pupils(news) == Pupils(total=1, reached=1)


def test_two_children_of_one_parent_are_two(news: UUID) -> None:
    made = person(news, "", SENT)
    made.pupils.add(school.pupil("Второй", "1А"))
    assert pupils(news) == Pupils(total=2, reached=2)


def test_a_child_whose_parent_was_told_is_told_not_reached(news: UUID) -> None:
    told(news, person(news, "", FAILED))
    assert pupils(news) == Pupils(total=1, told=1)


def test_a_child_without_parents_is_counted_among_the_silent(news: UUID) -> None:
    school.pupil("Сирота", "1А")
    counted = pupils(news)
    assert (counted.total, counted.silent, counted.unasked) == (1, 1, 1)


def test_a_child_whose_parents_came_later_is_silent_and_unasked(news: UUID) -> None:
    school.guardian()
    assert (pupils(news).silent, pupils(news).unasked) == (1, 1)


def test_children_of_other_groups_are_not_counted(news: UUID) -> None:
    school.pupil("Чужой", "2Б")
    assert pupils(news) == Pupils()


def test_the_children_of_people_asked_for_by_name_are_counted() -> None:
    made = school.announcement(released_at=NOW)
    who = person(made, "", SENT)
    Announcement.objects.get(pk=made).people.add(who)
    assert pupils(made) == Pupils(total=1, reached=1)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (Who.EVERYBODY, ["Анна", "Борис", "Вера"]),
        (Who.UNREACHED, ["Борис", "Вера"]),
        (Who.TO_CALL, ["Вера"]),
        (Who.TOLD, ["Борис"]),
        (Who.REACHED, ["Анна"]),
        (Who.ACKNOWLEDGED, ["Анна"]),
        (Who.UNACKNOWLEDGED, ["Борис", "Вера"]),
    ],
)
def test_lists_narrow_to_whom_one_looks_for(news: UUID, who: Who, expected: list[str]) -> None:
    pressed(news, person(news, "Анна", SENT))
    told(news, person(news, "Борис", FAILED))
    person(news, "Вера", FAILED)
    assert names(People(news, who)) == expected
    assert how_many(People(news, who)) == len(expected)


@pytest.mark.parametrize("words", ["ален", "АЛЁН", "Алёна", "ива алё"])
def test_a_name_is_found_by_a_part_in_any_case(news: UUID, words: str) -> None:
    person(news, "Алёна Иванова", SENT)
    person(news, "Борис", SENT)
    assert names(People(news, words=words)) == ["Алёна Иванова"]


@pytest.mark.parametrize("words", [".*", "(", "[а", "\\", "'; --", "%"])
def test_a_search_is_no_pattern(news: UUID, words: str) -> None:
    person(news, "Анна", SENT)
    assert names(People(news, words=words)) == []


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order.NAME, ["Анна", "Борис", "Вера"]),
        (Order.NAME_BACK, ["Вера", "Борис", "Анна"]),
        (Order.FEWEST, ["Борис", "Анна", "Вера"]),
        (Order.MOST, ["Анна", "Вера", "Борис"]),
        (Order.EARLIEST, ["Вера", "Анна", "Борис"]),
    ],
)
def test_lists_are_sorted(news: UUID, order: Order, expected: list[str]) -> None:
    person(news, "Борис", FAILED)
    person(news, "Анна", SENT)
    person(news, "Вера", SENT)
    Delivery.objects.filter(guardian__name="Вера").update(sent_at=NOW - timedelta(hours=1))
    assert names(People(news, order=order)) == expected


def test_yo_stands_beside_ye(news: UUID) -> None:
    for name in ("Ёлкин", "Жуков", "Дроздов"):
        person(news, name, SENT)
    assert names(People(news)) == ["Дроздов", "Ёлкин", "Жуков"]


def test_a_list_is_read_page_by_page(news: UUID) -> None:
    for name in ("Анна", "Борис", "Вера"):
        person(news, name, SENT)
    assert [one.name for one in people(People(news), limit=2, offset=1)] == ["Борис", "Вера"]


def test_the_channels_that_reached_somebody_come_in_order_of_time(news: UUID) -> None:
    made = person(news, "", SENT, ("beta", State.SENT), ("gamma", State.FAILED))
    Delivery.objects.filter(channel="beta").update(sent_at=NOW - timedelta(minutes=1))
    assert ways(news, [made.pk]) == {
        made.pk: [("beta", NOW - timedelta(minutes=1)), ("alpha", NOW)]
    }


def test_what_failed_is_told_with_the_day_of_the_answer(news: UUID) -> None:
    made = person(news, "", FAILED)
    row = Delivery.objects.get()
    for hours in (1, 2):
        Receipt.objects.create(
            delivery=row, attempt=hours, at=NOW + timedelta(hours=hours), outcome="rejected"
        )
    [one] = tries(news, [made.pk])[made.pk]
    assert (one.channel, one.at) == ("alpha", NOW + timedelta(hours=2))


def test_an_address_that_is_open_again_has_no_day_on_which_it_was_closed(news: UUID) -> None:
    made = person(news)
    address = school.address(made, "alpha", state_since=NOW)
    school.copy(address, news, state=State.SKIPPED, reason=Skip.ADDRESS_CLOSED)
    [one] = tries(news, [made.pk])[made.pk]
    assert one.closed_at is None


def test_a_closed_address_tells_why_and_since_when(news: UUID) -> None:
    made = school.guardian()
    row = school.address(
        made, "alpha", state=AddressState.CLOSED, state_reason=Reason.BLOCKED, state_since=NOW
    )
    school.copy(row, news, state=State.SKIPPED, reason=Skip.ADDRESS_CLOSED)
    [one] = tries(news, [made.pk])[made.pk]
    assert (one.closed_why, one.closed_at) == (Reason.BLOCKED, NOW)


def test_homes_list_children_with_every_parent(news: UUID) -> None:
    made = school.guardian("Анна")
    [child] = made.pupils.all()
    other = school.guardian("Борис", groups=())
    other.pupils.add(child)
    assert [(one.name, one.guardian_name) for one in homes(news)] == [
        (child.name, "Анна"),
        (child.name, "Борис"),
    ]


def test_homes_narrow_to_a_group() -> None:
    made = school.announcement("1А", "2Б", released_at=NOW)
    school.pupil("Первый", "1А")
    school.pupil("Второй", "2Б")
    assert [one.name for one in homes(made, group=school.group("2Б").pk)] == ["Второй"]


def test_every_list_is_one_query(news: UUID) -> None:
    made = [person(news, "", SENT, FAILED).pk for _ in range(3)]
    with CaptureQueriesContext(
        connection,
    ) as seen:
        counts(news), people(People(news), limit=2), how_many(People(news))
        ways(news, made), tries(news, made), homes(news)
    assert len(seen) == 6
