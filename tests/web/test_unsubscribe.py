"""The page on which a person leaves one channel."""

from __future__ import annotations

import pytest
from django.test import Client

from broadcaster.domain.reasons import AddressState
from broadcaster.services.control import unsubscribe_token
from broadcaster.store.models import Address
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def address() -> Address:
    return school.address(school.guardian("Анна Петрова"), "email", "anna@example.org")


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


def page(address: Address) -> str:
    return f"/u/{unsubscribe_token(address.pk, address.value)}"


def has_left(address: Address) -> bool:
    address.refresh_from_db()
    return address.consent_withdrawn_at is not None


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_the_page_changes_nothing(client: Client, address: Address, method: str) -> None:
    response = getattr(client, method)(page(address))
    assert (response.status_code, has_left(address)) == (200, False)


def test_the_page_asks_before_anything_happens(client: Client, address: Address) -> None:
    assert "Не получать сюда объявления?" in client.get(page(address)).content.decode()


def test_a_mail_program_leaves_with_one_click_and_no_cookies(
    client: Client, address: Address
) -> None:
    body = "List-Unsubscribe=One-Click"
    kind = "application/x-www-form-urlencoded"
    response = client.post(page(address), body, content_type=kind)
    assert (response.status_code, has_left(address)) == (200, True)
    assert not response.cookies


def test_a_mail_program_may_send_its_click_as_a_form_of_parts(
    client: Client, address: Address
) -> None:
    client.post(page(address), {"List-Unsubscribe": "One-Click"})
    assert has_left(address)


def test_leaving_twice_is_as_good_as_once(client: Client, address: Address) -> None:
    client.post(page(address))
    assert (client.post(page(address)).status_code, has_left(address)) == (200, True)


def test_who_has_left_is_told_so_and_can_come_back(client: Client, address: Address) -> None:
    client.post(page(address))
    assert "Вы отписаны" in client.get(page(address)).content.decode()
    response = client.post(page(address), {"back": "1"})
    assert "Вы снова получаете объявления" in response.content.decode()
    assert not has_left(address)


@pytest.mark.parametrize("shut", [{"state": AddressState.CLOSED}, {"consent_on": None}])
def test_who_comes_back_to_what_the_school_has_shut_is_sent_to_the_school(
    client: Client, address: Address, shut: dict[str, object]
) -> None:
    client.post(page(address))
    Address.objects.filter(pk=address.pk).update(**shut)
    shown = client.post(page(address), {"back": "1"}).content.decode()
    assert "Напишите в школу" in shown
    assert "Вы снова получаете объявления" not in shown
    assert not has_left(address)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("token", ["1:forged", "x", "%D1%8F", "1:2:3"])
def test_a_wrong_link_is_told_in_words_and_changes_nothing(
    client: Client, address: Address, method: str, token: str
) -> None:
    response = getattr(client, method)(f"/u/{token}")
    assert response.status_code == 404
    assert "Ссылка не подходит" in response.content.decode()
    assert not has_left(address)


@pytest.mark.parametrize("method", ["put", "delete", "options"])
def test_nothing_else_may_be_done_with_the_page(
    client: Client, address: Address, method: str
) -> None:
    assert getattr(client, method)(page(address)).status_code == 405


def test_the_page_tells_nothing_of_its_person(client: Client, address: Address) -> None:
    shown = client.get(page(address)).content.decode()
    assert "Анна" not in shown
    assert "anna@example.org" not in shown


def test_nobody_keeps_or_finds_the_page(client: Client, address: Address) -> None:
    response = client.get(page(address))
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"


def test_the_pages_style_is_there(client: Client, address: Address) -> None:
    assert 'href="/static/page.css"' in client.get(page(address)).content.decode()
    response = client.get("/static/page.css")
    assert response.status_code == 200
    response.close()
