"""A family says that it has read an announcement."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from broadcaster.domain.keys import delivery_key
from broadcaster.domain.policy import Importance
from broadcaster.domain.states import State
from broadcaster.services.acknowledging import Asked, acknowledge, acknowledge_token, asked, counts
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.control import unsubscribe_token
from broadcaster.services.people.erasing import erase
from broadcaster.services.people.exporting import export_person
from broadcaster.services.people.merging import merge
from broadcaster.store.models import Acknowledgement, Delivery, Guardian
from broadcaster.store.queries.reports_people import People, Who, how_many
from broadcaster.store.queries.reports_people import counts as tallies
from tests import school
from tests.together import together

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW, LATER = school.NOON, school.LATER
HERE: dict[str, Any] = {"by": COMMAND_LINE, "now": NOW}


@pytest.fixture
def news() -> UUID:
    return school.announcement("1А", title="Лёд", importance=Importance.IMPORTANT, released_at=NOW)


@pytest.fixture
def letter(news: UUID) -> Delivery:
    return sent(news, "Анна")


def sent(news: UUID, name: str = "", channel: str = "email", state: State = State.SENT) -> Delivery:
    return school.copy(school.address(school.guardian(name), channel), news, state=state)


def token(copy: Delivery) -> str:
    return acknowledge_token(delivery_key(copy.announcement_id, copy.pk))


def owner(copy: Delivery) -> Guardian:
    assert copy.guardian is not None
    return copy.guardian


def test_a_token_leads_to_its_announcement_and_its_reader(news: UUID, letter: Delivery) -> None:
    assert asked(token(letter)) == Asked(news, "Лёд", owner(letter).pk, "email", None)


def test_looking_writes_nothing_down(letter: Delivery) -> None:
    asked(token(letter))
    assert not Acknowledgement.objects.exists()


def test_all_tokens_are_equally_long(news: UUID) -> None:
    keys = [delivery_key(news, row) for row in (1, 2**63 - 1)]
    assert {len(acknowledge_token(key)) for key in keys} == {66}


@pytest.mark.parametrize("made_up", ["", "1", "1:forged", "x:y", "№:1", "9" * 300, "AAAA:AAAA"])
def test_a_token_that_was_not_made_here_leads_nowhere(letter: Delivery, made_up: str) -> None:
    assert asked(made_up) is None
    assert acknowledge(made_up, now=NOW) is None


def test_anothers_copy_under_the_same_seal_leads_nowhere(news: UUID, letter: Delivery) -> None:
    other = sent(news)
    _mine, seal = token(letter).split(":")
    assert asked(f"{token(other).split(':')[0]}:{seal}") is None


def test_a_token_for_leaving_acknowledges_nothing(letter: Delivery) -> None:
    assert letter.address is not None
    assert asked(unsubscribe_token(letter.address.pk, letter.address.value)) is None


def test_a_number_that_has_come_to_another_announcement_leads_nowhere(letter: Delivery) -> None:
    key = delivery_key(school.announcement(released_at=NOW), letter.pk)
    assert asked(acknowledge_token(key)) is None


@pytest.mark.parametrize("row", [0, 2**63 - 1, 2**64 - 1])
def test_a_copy_that_is_gone_leads_nowhere(news: UUID, row: int) -> None:
    assert asked(acknowledge_token(delivery_key(news, row))) is None


def test_a_place_acknowledges_nothing(news: UUID) -> None:
    wall = school.copy(school.destination("alpha"), news)
    assert asked(token(wall)) is None


def test_it_is_written_down_with_its_channel_and_time(news: UUID, letter: Delivery) -> None:
    about = acknowledge(token(letter), now=NOW)
    row = Acknowledgement.objects.get()
    assert (row.announcement_id, row.guardian, row.channel, row.at) == (
        news, owner(letter), "email", NOW
    )  # fmt: skip
    assert about == Asked(news, "Лёд", owner(letter).pk, "email", NOW)


def test_the_first_time_stands(letter: Delivery) -> None:
    acknowledge(token(letter), now=NOW)
    about = acknowledge(token(letter), now=LATER)
    assert about is not None
    assert (about.at, Acknowledgement.objects.get().at) == (NOW, NOW)


def test_two_copies_of_one_person_are_one_acknowledgement(news: UUID, letter: Delivery) -> None:
    other = school.copy(school.address(owner(letter), "telegram"), news, state=State.SENT)
    acknowledge(token(letter), now=NOW)
    acknowledge(token(other), now=LATER)
    assert counts([news]) == {news: 1}


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_are_one(letter: Delivery) -> None:
    press = token(letter)
    told = together(*[lambda: acknowledge(press, now=NOW) for _ in range(4)])
    assert {about.at for about in told if about} == {NOW}
    assert Acknowledgement.objects.count() == 1


def test_announcements_are_counted_apart(news: UUID, letter: Delivery) -> None:
    other, silent = school.announcement(released_at=NOW), school.announcement(released_at=NOW)
    for copy in (letter, sent(news), sent(other)):
        acknowledge(token(copy), now=NOW)
    assert counts([news, other, silent]) == {news: 2, other: 1}
    assert counts([]) == {}


def test_an_erased_persons_link_leads_nowhere(news: UUID, letter: Delivery) -> None:
    acknowledge(token(letter), now=NOW)
    erase(owner(letter).pk, with_orphans=False, **HERE)
    assert asked(token(letter)) is None
    assert counts([news]) == {}


def test_without_an_erased_person_the_report_counts_who_is_left(
    news: UUID, letter: Delivery
) -> None:
    other = sent(news)
    for copy in (letter, other):
        acknowledge(token(copy), now=NOW)
    erase(owner(letter).pk, with_orphans=False, **HERE)
    people, _children = tallies(news)
    assert (people.acknowledged, people.total) == (1, 1)


def test_a_link_outlives_the_merging_of_two_rows(news: UUID, letter: Delivery) -> None:
    stays = school.guardian("Анна К.")
    merge(stays.pk, owner(letter).pk, **HERE)
    acknowledge(token(letter), now=NOW)
    assert Acknowledgement.objects.get().guardian == stays


def test_merging_keeps_what_was_acknowledged_without_doubling_it(
    news: UUID, letter: Delivery
) -> None:
    both = sent(news)
    for copy in (letter, both):
        acknowledge(token(copy), now=NOW)
    merge(owner(both).pk, owner(letter).pk, **HERE)
    assert Acknowledgement.objects.get().guardian == both.guardian


def test_merging_moves_it_to_the_one_who_stays(letter: Delivery) -> None:
    acknowledge(token(letter), now=NOW)
    stays = school.guardian()
    merge(stays.pk, owner(letter).pk, **HERE)
    assert Acknowledgement.objects.get().guardian == stays


def test_it_is_among_what_is_held_about_a_person(news: UUID, letter: Delivery) -> None:
    acknowledge(token(letter), now=NOW)
    assert export_person(owner(letter).pk, **HERE)["acknowledged"] == [
        {"announcement": str(news), "title": "Лёд", "at": NOW.isoformat(), "channel": "email"}
    ]


def test_whoever_has_acknowledged_needs_no_call_whatever_became_of_the_copy(news: UUID) -> None:
    lost = sent(news, state=State.UNCONFIRMED)
    assert how_many(People(news, Who.TO_CALL)) == 1
    acknowledge(token(lost), now=NOW)
    assert how_many(People(news, Who.TO_CALL)) == 0
