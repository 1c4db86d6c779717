"""The page on which a family says that it has read an announcement."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadcaster.bootstrap import office
from broadcaster.domain.keys import delivery_key
from broadcaster.domain.policy import Importance
from broadcaster.domain.states import State
from broadcaster.services.acknowledging import acknowledge_token
from broadcaster.store.models import Acknowledgement, Delivery
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def news() -> UUID:
    return school.announcement(
        "1А", title="Тонкий <лёд>", importance=Importance.URGENT, released_at=school.NOON
    )


@pytest.fixture
def letter(news: UUID) -> Delivery:
    person = school.guardian("Анна Петрова", email="anna@example.org")
    return school.copy(person.addresses.get(), news, state=State.SENT)


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


def page(copy: Delivery) -> str:
    return f"/a/{acknowledge_token(delivery_key(copy.announcement_id, copy.pk))}"


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_the_page_changes_nothing(client: Client, letter: Delivery, method: str) -> None:
    response = getattr(client, method)(page(letter))
    assert response.status_code == 200
    assert not Acknowledgement.objects.exists()


def test_the_page_shows_whose_announcement_it_is_and_one_button(
    client: Client, letter: Delivery
) -> None:
    shown = client.get(page(letter)).content.decode()
    assert "Тонкий &lt;лёд&gt;" in shown
    assert office().school.name in shown
    assert shown.count("<button") == 1
    assert "Ознакомлен(а)" in shown


def test_a_press_is_written_down_without_cookies(client: Client, letter: Delivery) -> None:
    response = client.post(page(letter))
    assert "Спасибо, отметили." in response.content.decode()
    assert (Acknowledgement.objects.get().guardian, len(response.cookies)) == (letter.guardian, 0)


def test_the_second_press_shows_the_first_time(client: Client, letter: Delivery) -> None:
    first = client.post(page(letter)).content
    Acknowledgement.objects.update(at=school.NOON)
    again = client.post(page(letter)).content.decode()
    assert "12:00" in again
    assert "<button" not in again
    assert (Acknowledgement.objects.get().at, first != again) == (school.NOON, True)


def test_whoever_comes_back_is_told_that_all_is_done(client: Client, letter: Delivery) -> None:
    client.post(page(letter))
    assert "Спасибо, отметили." in client.get(page(letter)).content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("token", ["1:forged", "x", "%D1%8F", "1:2:3"])
def test_a_wrong_link_is_told_in_words_and_changes_nothing(
    client: Client, letter: Delivery, method: str, token: str
) -> None:
    response = getattr(client, method)(f"/a/{token}")
    assert response.status_code == 404
    assert "Ссылка не подходит" in response.content.decode()
    assert not Acknowledgement.objects.exists()


@pytest.mark.parametrize("method", ["put", "delete", "options"])
def test_nothing_else_may_be_done_with_the_page(
    client: Client, letter: Delivery, method: str
) -> None:
    assert getattr(client, method)(page(letter)).status_code == 405


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_page_names_nobody(client: Client, letter: Delivery, method: str) -> None:
    shown = getattr(client, method)(page(letter)).content.decode()
    child = letter.guardian and letter.guardian.pupils.get().name
    for secret in ("Анна", "anna@example.org", str(child)):
        assert secret not in shown


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_keeps_or_finds_the_page(client: Client, letter: Delivery, method: str) -> None:
    response = getattr(client, method)(page(letter))
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


def test_a_look_takes_two_queries(client: Client, letter: Delivery) -> None:
    with CaptureQueriesContext(connection) as seen:
        client.get(page(letter))
    assert len(seen) == 2
