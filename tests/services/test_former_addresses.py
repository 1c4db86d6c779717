"""A copy is shown with the address to which it went, whatever address its person has by now."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from broadcaster.contract import Accepted, Deferred, Outcome, Reason, Unconfirmed, Unreachable
from broadcaster.domain.deciding import Decision
from broadcaster.domain.reasons import Skip
from broadcaster.domain.states import State
from broadcaster.services.audit import SYSTEM
from broadcaster.services.control import cancel
from broadcaster.services.deciding import decide
from broadcaster.services.follow import report
from broadcaster.services.people.addresses import change_address, close, remove_address, withdraw
from broadcaster.services.people.erasing import erase
from broadcaster.services.people.exporting import export_person
from broadcaster.services.people.merging import merge
from broadcaster.store.models import Announcement, Delivery, FormerAddress, Guardian
from broadcaster.store.queries.reports_people import tries as tries_of
from tests import school
from tests.services.dispatch_stage import ACCEPTED, LATER, due_now
from tests.services.stage import Answer, Platform, drained, office
from tests.together import elsewhere

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def anna() -> Guardian:
    return school.guardian("Анна", alpha="old")


def now() -> dict[str, Any]:
    return {"by": SYSTEM, "now": timezone.now()}


def moved(person: Guardian, value: str) -> None:
    """Her address on «alpha» becomes another one."""
    address = person.addresses.get(channel="alpha").pk
    change_address(person.pk, address, value, keeps_consent=True, seen=None, **now())


def told(person: Guardian, *answers: Answer) -> Delivery:
    """A copy for her that the platform has answered so."""
    address = person.addresses.get()
    row = school.copy(address)
    drained(office(Platform({address.value: list(answers)})))
    row.refresh_from_db()
    return row


def again() -> None:
    """Everything that waits is sent."""
    due_now()
    drained(office(Platform()))


def shown(person: Guardian) -> list[str | None]:
    """Where her copies went, as her extract says."""
    return [one["address"] for one in export_person(person.pk, **now())["copies"]]


def tries(person: Guardian) -> list[list[str | None]]:
    """Where the tries of each of her copies went."""
    copies = export_person(person.pk, **now())["copies"]
    return [[one["address"] for one in copy["answers"]] for copy in copies]


# What had gone before the change


@pytest.mark.parametrize("answer", [ACCEPTED, Unconfirmed("reset"), Unreachable(Reason.NOT_FOUND)])
def test_a_copy_stays_with_the_address_it_went_to(anna: Guardian, answer: Outcome) -> None:
    told(anna, answer)
    moved(anna, "new")
    assert (shown(anna), tries(anna)) == (["old"], [["old"]])


def test_each_copy_has_the_address_of_its_time(anna: Guardian) -> None:
    for value in ("new", "newest", "old"):
        told(anna)
        moved(anna, value)
    told(anna)
    assert shown(anna) == ["old", "new", "newest", "old"]


def test_a_copy_that_was_skipped_stays_with_the_address_it_was_meant_for(anna: Guardian) -> None:
    school.copy(anna.addresses.get(), state=State.SKIPPED, reason=Skip.ADDRESS_CLOSED)
    moved(anna, "new")
    assert shown(anna) == ["old"]


def test_a_persons_word_about_a_lost_answer_says_nothing_of_the_new_address(
    anna: Guardian,
) -> None:
    row = told(anna, Unconfirmed("reset"))
    moved(anna, "new")
    decide(office(Platform()), row.announcement_id, Decision.ARRIVED, **now())
    assert shown(anna) == ["old"]


def test_a_place_that_its_platform_has_renamed_is_kept_too(anna: Guardian) -> None:
    told(anna)
    told(anna, Accepted(ACCEPTED.parts, moved_to="new"))
    assert shown(anna) == ["old", "new"]


def test_why_a_copy_was_skipped_is_not_told_of_the_new_address(anna: Guardian) -> None:
    address = anna.addresses.get()
    row = school.copy(address, state=State.SKIPPED, reason=Skip.ADDRESS_CLOSED)
    close(anna.pk, address.pk, seen=None, **now())
    moved(anna, "new")
    [why] = tries_of(row.announcement_id, [anna.pk])[anna.pk]
    assert (why.reason, why.closed_at) == (Skip.ADDRESS_CLOSED, None)


# What waits or flies


def test_what_waits_is_shown_with_the_new_address_and_goes_there(anna: Guardian) -> None:
    school.copy(anna.addresses.get())
    moved(anna, "new")
    assert shown(anna) == ["new"]
    again()
    assert shown(anna) == ["new"]


def test_what_was_to_go_to_the_new_address_and_never_left_is_shown_there(anna: Guardian) -> None:
    row = school.copy(anna.addresses.get())
    moved(anna, "new")
    cancel(row.announcement_id, now=timezone.now())
    assert shown(anna) == ["new"]


def test_a_copy_in_flight_goes_to_the_old_address(anna: Guardian) -> None:
    def corrected() -> Outcome:
        elsewhere(lambda: moved(anna, "new"))
        return ACCEPTED

    told(anna, corrected)
    assert (shown(anna), tries(anna)) == (["old"], [["old"]])


def test_a_copy_that_comes_back_from_its_flight_goes_to_the_new_address(anna: Guardian) -> None:
    def corrected() -> Outcome:
        elsewhere(lambda: moved(anna, "new"))
        return Deferred(Reason.SERVER_ERROR)

    told(anna, corrected)
    assert shown(anna) == ["new"]
    again()
    assert (shown(anna), tries(anna)) == (["new"], [["old", "new"]])


def test_two_tries_of_one_copy_may_have_two_addresses(anna: Guardian) -> None:
    told(anna, LATER)
    moved(anna, "new")
    again()
    moved(anna, "newest")
    assert (shown(anna), tries(anna)) == (["new"], [["old", "new"]])


def test_an_unconfirmed_copy_that_is_sent_again_was_tried_at_both_addresses(
    anna: Guardian,
) -> None:
    row = told(anna, Unconfirmed("reset"))
    Announcement.objects.update(released_at=timezone.now())
    moved(anna, "new")
    assert decide(office(Platform()), row.announcement_id, Decision.AGAIN, **now()) == 1
    again()
    assert (shown(anna), tries(anna)) == (["new"], [["old", "new"]])


# Who shares a mailbox


@pytest.fixture
def news() -> UUID:
    return school.announcement("1А", released_at=timezone.now())


@pytest.fixture
def boris(anna: Guardian, news: UUID) -> Guardian:
    """Who shares Anna's mailbox; the copy for it is hers, and waits."""
    other = school.guardian("Борис", alpha="old")
    school.copy(anna.addresses.get(), news)
    school.copy(other.addresses.get(), news, state=State.SKIPPED, reason=Skip.DUPLICATE)
    return other


def unreached(news: UUID) -> list[str]:
    return [one.name for one in report(news).unreached]


@pytest.mark.parametrize("who", ["Анна", "Борис"])
def test_who_shared_the_mailbox_stays_reached(boris: Guardian, news: UUID, who: str) -> None:
    again()
    moved(Guardian.objects.get(name=who), "new")
    assert unreached(news) == []
    assert shown(boris) == ["old"]


def test_who_left_the_mailbox_before_has_a_copy_of_his_own(boris: Guardian, news: UUID) -> None:
    moved(boris, "new")
    again()
    assert unreached(news) == []
    assert shown(boris) == ["new"]


def test_who_left_the_mailbox_before_is_not_reached_by_what_is_sent_there_again(
    anna: Guardian, boris: Guardian, news: UUID
) -> None:
    Delivery.objects.filter(guardian=anna).update(state=State.FAILED)
    moved(boris, "new")
    Delivery.objects.filter(guardian=anna).update(state=State.QUEUED)
    again()
    assert unreached(news) == ["Борис"]


# People who are forgotten or become one


def test_a_former_address_is_forgotten_with_its_person(anna: Guardian) -> None:
    told(anna)
    moved(anna, "new")
    erase(anna.pk, with_orphans=True, **now())
    assert (FormerAddress.objects.count(), Delivery.objects.count()) == (0, 1)


def test_a_former_address_is_forgotten_with_the_one_in_its_place(anna: Guardian) -> None:
    told(anna)
    moved(anna, "new")
    remove_address(anna.pk, anna.addresses.get().pk, seen=None, **now())
    assert shown(anna) == [None]


@pytest.mark.parametrize("stays", ["Анна", "Анна П."])
def test_people_who_become_one_keep_where_their_copies_went(anna: Guardian, stays: str) -> None:
    double = school.guardian("Анна П.", alpha="new")
    told(double)
    told(anna)
    moved(anna, "new")
    pair = sorted((anna, double), key=lambda one: one.name != stays)
    merge(*(one.pk for one in pair), **now())
    assert shown(pair[0]) == ["new", "old"]


@pytest.mark.parametrize("stays", ["Анна", "Анна П."])
def test_two_copies_of_one_announcement_keep_where_they_went(
    anna: Guardian, news: UUID, stays: str
) -> None:
    double = school.guardian("Анна П.", alpha="new")
    for person in (anna, double):
        school.copy(person.addresses.get(), news)
    again()
    moved(anna, "new")
    pair = sorted((anna, double), key=lambda one: one.name != stays)
    merge(*(one.pk for one in pair), **now())
    assert shown(pair[0]) == ["old", "new"]


def test_who_takes_a_copy_over_does_not_see_where_it_was_tried_before(
    anna: Guardian, boris: Guardian, news: UUID
) -> None:
    drained(office(Platform({"old": [LATER]})))
    moved(anna, "new")
    moved(boris, "new")
    Delivery.objects.filter(guardian=boris).update(state=State.SKIPPED, reason=Skip.DUPLICATE)
    withdraw(anna.pk, anna.addresses.get().pk, seen=None, **now())
    assert tries(boris) == [[None]]
