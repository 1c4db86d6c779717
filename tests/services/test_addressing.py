"""Envelopes for claimed copies: the shared content once, the person's segments each."""

from __future__ import annotations

from typing import Any

import pytest

from broadcaster.contract import Envelope, Markup
from broadcaster.domain.policy import Importance
from broadcaster.services import addressing
from broadcaster.services.acknowledging import asked
from broadcaster.services.control import address_of
from broadcaster.store.models import Address, Delivery
from tests import school
from tests.services.stage import Platform, drained, office, outlet

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

NEWS = "https://news.example.org/"


def sent(*rows: Delivery, public_url: str = "", **different: Any) -> list[Envelope]:
    """The envelopes in which these copies leave, in their order."""
    platform = Platform(concurrency=1)
    drained(office(outlet(platform, **different), public_url=public_url))
    assert len(platform.arrived) == len(rows)
    return platform.arrived


def copy(name: str = "", **also: Any) -> Delivery:
    made = school.announcement("1А", released_at=school.NOON, **also)
    return school.copy(school.address(school.guardian(name), "alpha"), made)


def test_a_copy_goes_to_its_address() -> None:
    row = copy()
    [envelope] = sent(row)
    assert envelope.address == Address.objects.get().value


def test_a_person_gets_a_page_on_which_to_leave() -> None:
    [envelope] = sent(copy(), public_url=NEWS)
    assert envelope.unsubscribe.startswith("https://news.example.org/u/")
    assert address_of(envelope.unsubscribe.rpartition("/")[2]) == Address.objects.get()


def test_without_web_pages_there_is_none() -> None:
    [envelope] = sent(copy())
    assert envelope.unsubscribe == ""


def test_a_place_does_not_leave() -> None:
    [envelope] = sent(school.copy(school.destination("alpha")), public_url=NEWS)
    assert envelope.unsubscribe == ""


def test_the_page_is_in_a_letter_and_in_nothing_else() -> None:
    [message] = sent(copy(), public_url=NEWS)
    assert not message.content.personal
    Delivery.objects.all().delete()
    [letter] = sent(copy(), public_url=NEWS, markup=Markup.MAIL)
    assert letter.unsubscribe in letter.texts[0]


IMPORTANT = [Importance.IMPORTANT, Importance.URGENT]


@pytest.mark.parametrize("importance", IMPORTANT)
@pytest.mark.parametrize("markup", [Markup.MAIL, Markup.TELEGRAM])
def test_what_matters_carries_a_page_to_acknowledge(markup: Markup, importance: Importance) -> None:
    row = copy(importance=importance)
    [envelope] = sent(row, public_url=NEWS, markup=markup)
    page = envelope.raw_segments["acknowledge"]
    assert page.startswith("https://news.example.org/a/")
    assert page in envelope.texts[0]
    about = asked(page.rpartition("/")[2])
    assert about is not None
    assert (about.announcement, about.guardian) == (row.announcement_id, row.guardian_id)


@pytest.mark.parametrize("markup", [Markup.MAIL, Markup.TELEGRAM])
def test_what_is_routine_asks_nobody(markup: Markup) -> None:
    [envelope] = sent(copy(), public_url=NEWS, markup=markup)
    assert "acknowledge" not in envelope.raw_segments
    assert "acknowledge" not in envelope.content.holes


@pytest.mark.parametrize("markup", [Markup.MAIL, Markup.TELEGRAM])
def test_without_web_pages_nobody_is_asked(markup: Markup) -> None:
    [envelope] = sent(copy(importance=Importance.URGENT), markup=markup)
    assert not envelope.content.personal


def test_where_many_are_sent_in_one_call_all_copies_stay_the_same() -> None:
    [envelope] = sent(copy(importance=Importance.URGENT), public_url=NEWS)
    assert not envelope.content.personal


def test_a_page_alone_does_not_ask_for_the_children(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_up: list[Any] = []
    monkeypatch.setattr(addressing, "children_of", lambda *who: looked_up.append(who) or {})
    sent(copy(importance=Importance.URGENT), public_url=NEWS, markup=Markup.MAIL)
    assert looked_up == []


def test_names_are_escaped_for_the_channels_markup() -> None:
    row = copy("Анна <b>", body="{{ имя }}")
    [envelope] = sent(row, markup=Markup.TELEGRAM)
    assert "Анна &lt;b&gt;" in envelope.texts[0]
    assert envelope.raw_segments["name"] == "Анна <b>"


def test_people_and_places_have_contents_of_their_own() -> None:
    made = school.announcement(released_at=school.NOON)
    person = school.copy(school.address(school.guardian(), "alpha"), made)
    place = school.copy(school.destination("alpha"), made)
    first, second = sent(person, place)
    assert first.content is not second.content


def test_announcements_have_contents_of_their_own() -> None:
    first, second = sent(copy(title="Первое"), copy(title="Второе"))
    assert (first.subject, second.subject) == ("Первое", "Второе")


def test_more_announcements_than_are_kept_ready_are_all_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(addressing, "KEPT", 2)
    envelopes = sent(*[copy(title=f"№ {number}") for number in range(5)])
    assert [envelope.subject for envelope in envelopes] == [f"№ {number}" for number in range(5)]


def test_parts_that_arrived_are_told() -> None:
    row = copy()
    Delivery.objects.update(parts=[[0, {"id": 7}]])
    [envelope] = sent(row)
    [part] = envelope.parts_done
    assert (part.number, part.ids) == (0, {"id": 7})
