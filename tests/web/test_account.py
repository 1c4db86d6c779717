"""Coming in and going out, passwords, one-time links."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from broadcaster.services.staff import Way, way_for
from broadcaster.store.models import Staff
from tests.auditing import audited
from tests.web.account_pages import PASSWORD, come, inside, last
from tests.web.staff import browser, member

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.usefixtures("quick")]

SECOND = "другие слова подряд"


def client_at(address: str) -> Client:
    return Client(REMOTE_ADDR=address)


# Signing in


def test_the_right_password_opens(person: Staff, client: Client) -> None:
    assert come(client, person.user.username).headers["Location"] == "/"
    assert inside(client)


@pytest.mark.parametrize("spelt", [str.upper, str.title, "  {}  ".format])
def test_the_login_is_found_in_whatever_letters(
    spelt: Callable[[str], str], person: Staff, client: Client
) -> None:
    come(client, spelt(person.user.username))
    assert inside(client)


def test_the_mail_address_is_a_login_too(person: Staff, client: Client) -> None:
    User.objects.filter(pk=person.user_id).update(username="maria")
    come(client, person.user.email.upper())
    assert inside(client)


def test_a_wrong_password_keeps_the_login_and_says_so(person: Staff, client: Client) -> None:
    page = come(client, person.user.username, "не тот").content.decode()
    assert "не подходят друг к другу" in page
    assert person.user.username in page
    assert "не тот" not in page


def test_signing_in_leads_where_one_wanted(person: Staff, client: Client) -> None:
    answer = come(client, person.user.username, next="/people/")
    assert answer.headers["Location"] == "/people/"


@pytest.mark.parametrize(
    ("came", "back"),
    [
        ("http://testserver/approvals/5/", "/approvals/5/"),
        ("https://evil.example/approvals/5/", "/"),
        ("http://[/approvals/5/", "/"),
        ("", "/"),
    ],
)
def test_a_button_pressed_after_the_session_ended_leads_back_to_its_page(
    came: str, back: str, person: Staff, client: Client
) -> None:
    answer = client.post("/approvals/5/return", {"reason": "опечатка"}, headers={"Referer": came})
    assert answer.headers["Location"] == f"/account/login?{urlencode({'next': back}, safe='/')}"


def test_signing_in_never_leads_to_another_site(person: Staff, client: Client) -> None:
    answer = come(client, person.user.username, next="https://evil.example/")
    assert answer.headers["Location"] == "/"


def test_a_closed_account_does_not_open(person: Staff, client: Client) -> None:
    User.objects.filter(pk=person.user_id).update(is_active=False)
    come(client, person.user.username)
    assert not inside(client)


def test_an_account_without_a_role_does_not_open(client: Client, quick: None) -> None:
    User.objects.create_user("nobody", password=PASSWORD)
    assert "нет роли в школе" in come(client, "nobody").content.decode()


def test_coming_in_is_written_down(person: Staff, client: Client) -> None:
    come(client, person.user.username)
    entry = last()
    assert (entry.action, entry.actor, entry.user) == (
        "signed_in",
        "Мария Ивановна",
        person.user_id,
    )


def test_a_refusal_is_written_down_with_the_account(person: Staff, client: Client) -> None:
    come(client, person.user.username, "не тот")
    entry = last()
    assert (entry.action, entry.actor, entry.subject) == (
        "sign_in_refused",
        "stranger",
        str(person.pk),
    )


def test_an_unknown_name_is_not_written_down(client: Client, quick: None) -> None:
    come(client, "petrov@home.example", "секрет")
    entry = last()
    assert (entry.action, entry.subject, entry.facts) == ("sign_in_refused", "", {})


def test_an_empty_form_is_no_refusal(client: Client, quick: None) -> None:
    client.post("/account/login", {})
    assert audited() == []


def test_going_out_ends_the_session_and_is_written_down(person: Staff, client: Client) -> None:
    come(client, person.user.username)
    client.post("/account/logout")
    assert not inside(client)
    assert last().action == "signed_out"


def test_going_out_takes_a_post(person: Staff) -> None:
    client = browser(person)
    assert client.get("/account/logout").status_code == 405
    assert inside(client)


def test_a_session_ends_with_the_browser_and_after_twelve_hours(
    person: Staff, client: Client
) -> None:
    come(client, person.user.username)
    assert client.cookies["sessionid"]["expires"] == ""
    assert client.session.get_expiry_date() - timezone.now() <= timedelta(hours=12)


# Too many tries


def tries(client: Client, login: str, number: int = 5) -> Any:
    for _ in range(number):
        answer = come(client, login, "не тот")
    return answer


def test_five_wrong_passwords_shut_the_door_and_say_for_how_long(person: Staff) -> None:
    answer = tries(client_at("10.0.0.1"), person.user.username)
    assert answer.status_code == 429
    assert "Попробуйте снова через 15\N{NO-BREAK SPACE}минут" in answer.content.decode()
    assert answer.headers["Retry-After"] == "900"


def test_then_the_right_password_does_not_open_either(person: Staff) -> None:
    client = client_at("10.0.0.2")
    tries(client, person.user.username)
    assert come(client, person.user.username).status_code == 429
    assert not inside(client)


def test_others_at_the_same_address_may_come_in(person: Staff) -> None:
    client = client_at("10.0.0.3")
    tries(client, "somebody@school.example")
    come(client, person.user.username)
    assert inside(client)


def test_the_door_opens_again_by_itself(person: Staff, settings: Any) -> None:
    client = client_at("10.0.0.4")
    tries(client, person.user.username)
    settings.AXES_COOLOFF_TIME = timedelta(0)
    come(client, person.user.username)
    assert inside(client)


# One's own page


def test_ones_own_page_tells_role_and_groups(person: Staff) -> None:
    page = browser(person).get("/account/").content.decode()
    assert ("Педагог" in page, "1А" in page) == (True, True)


# One's own password


def change(client: Client, old: str = PASSWORD, new: str = SECOND) -> Any:
    return client.post(
        "/account/password", {"old_password": old, "new_password1": new, "new_password2": new}
    )


def test_a_new_password_signs_out_everywhere_else(person: Staff) -> None:
    here, there = browser(person), browser(person)
    assert change(here).status_code == 302
    assert (inside(here), inside(there)) == (True, False)
    assert last().action == "password_changed"


def test_a_new_password_takes_the_old_one(person: Staff) -> None:
    change(browser(person), old="не тот")
    person.user.refresh_from_db()
    assert person.user.check_password(PASSWORD)


@pytest.mark.parametrize("weak", ["коротко", "1234567890123", "password123", "teacher@school"])
def test_a_weak_password_is_refused_in_russian(weak: str, person: Staff) -> None:
    page = change(browser(person), new=weak).content.decode()
    assert re.search(r'class="error"[^>]*>[^<]*парол', page.lower())


def test_one_signs_out_on_all_devices(person: Staff) -> None:
    here, there, another = browser(person), browser(person), browser(member())
    here.post("/account/everywhere")
    assert (inside(here), inside(there), inside(another)) == (False, False, True)
    assert last().action == "signed_out_everywhere"


# One-time links


def path_of(way: Way) -> str:
    return f"/account/welcome/{way.uid}/{way.token}"


def choose(client: Client, way: Way, password: str = SECOND) -> Any:
    """Open a link and choose a password."""
    step = client.get(path_of(way))
    if step.status_code != 302:
        return step
    return client.post(
        step.headers["Location"], {"new_password1": password, "new_password2": password}
    )


def test_a_link_sets_a_password(person: Staff, client: Client) -> None:
    choose(client, way_for(person.user))
    come(client, person.user.username, SECOND)
    assert inside(client)


def test_the_token_does_not_stay_in_the_address(person: Staff, client: Client) -> None:
    way = way_for(person.user)
    assert way.token not in client.get(path_of(way)).headers["Location"]


def test_a_link_works_once(person: Staff, client: Client) -> None:
    way = way_for(person.user)
    choose(client, way)
    assert "больше не действует" in choose(Client(), way, "третий пароль подряд").content.decode()


def test_a_link_ends_what_was_open(person: Staff, client: Client) -> None:
    open_elsewhere = browser(person)
    choose(client, way_for(User.objects.get(pk=person.user_id)))
    assert not inside(open_elsewhere)


def test_a_link_of_a_closed_account_does_not_work(person: Staff, client: Client) -> None:
    way = way_for(person.user)
    User.objects.filter(pk=person.user_id).update(is_active=False)
    assert "больше не действует" in client.get(path_of(way)).content.decode()


def test_an_old_link_does_not_work(person: Staff, client: Client, settings: Any) -> None:
    way = way_for(person.user)
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "больше не действует" in client.get(path_of(way)).content.decode()


@pytest.mark.parametrize("uid", ["MQ", "x", "AAAA", "%00"])
def test_a_made_up_link_does_not_work(uid: str, client: Client) -> None:
    assert "больше не действует" in client.get(f"/account/welcome/{uid}/a-b").content.decode()


def test_a_link_lets_somebody_in_who_was_locked_out(person: Staff) -> None:
    client = client_at("10.0.0.5")
    tries(client, person.user.username)
    choose(client, way_for(person.user))
    come(client, person.user.username, SECOND)
    assert inside(client)


def test_without_mail_one_asks_the_administrator(client: Client) -> None:
    page = client.get("/account/forgotten").content.decode()
    assert "Скажите администратору школы" in page
    assert "<form" not in page
