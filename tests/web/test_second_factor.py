"""The second factor: asked for after the password, set up, switched off."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from broadcaster.store.models import Staff
from tests.auditing import audited
from tests.web.account_pages import PASSWORD, come, inside, last
from tests.web.staff import browser

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.usefixtures("quick")]


def code_of(device: TOTPDevice, step: int = 0) -> str:
    """What the telephone shows, `step` half-minutes from now."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = timezone.now().timestamp() + step * 30
    return f"{totp.token():06}"


def telephone(person: Staff) -> TOTPDevice:
    return TOTPDevice.objects.create(user=person.user, name="telephone", confirmed=True)


def paper(person: Staff, *codes: str) -> None:
    device = StaticDevice.objects.create(user=person.user, name="paper")
    for code in codes:
        StaticToken.objects.create(device=device, token=code)


def give(client: Client, code: str, **more: str) -> Any:
    return client.post("/account/second-factor", {"code": code} | more)


# Coming in


def test_the_password_alone_leads_to_the_second_step(person: Staff, client: Client) -> None:
    telephone(person)
    answer = come(client, person.user.username, next="/people/")
    assert answer.headers["Location"] == "/account/second-factor?next=%2Fpeople%2F"
    assert not inside(client)


def test_the_telephones_code_opens(person: Staff, client: Client) -> None:
    device = telephone(person)
    come(client, person.user.username)
    answer = give(client, code_of(device), next="/people/")
    assert answer.headers["Location"] == "/people/"
    assert inside(client)


def test_the_same_code_does_not_open_twice(person: Staff, client: Client) -> None:
    device = telephone(person)
    code = code_of(device)
    come(client, person.user.username)
    give(client, code)
    other = Client()
    come(other, person.user.username)
    assert "Код не подходит" in give(other, code).content.decode()


def test_only_both_steps_together_are_written_down_as_coming_in(
    person: Staff, client: Client
) -> None:
    device = telephone(person)
    come(client, person.user.username)
    assert audited() == []
    give(client, code_of(device))
    assert (last().action, last().facts) == ("signed_in", {"second_factor": "telephone"})


def test_a_wrong_code_is_refused_and_written_down(person: Staff, client: Client) -> None:
    telephone(person)
    come(client, person.user.username)
    assert "Код не подходит" in give(client, "000000").content.decode()
    assert (last().action, last().subject) == ("sign_in_refused", str(person.pk))


def test_after_a_wrong_code_one_waits(person: Staff, client: Client) -> None:
    device = telephone(person)
    come(client, person.user.username)
    give(client, "000000")
    page = give(client, code_of(device)).content.decode()
    assert "Подождите 1\N{NO-BREAK SPACE}секунду" in page
    assert not inside(client)


def test_a_code_on_paper_opens_once(person: Staff, client: Client) -> None:
    telephone(person)
    paper(person, "abcd2345", "bcde3456")
    come(client, person.user.username)
    give(client, "ABCD-2345")
    assert inside(client)
    other = Client()
    come(other, person.user.username)
    give(other, "abcd2345")
    assert not inside(other)


@pytest.mark.parametrize("code", ["", "²²²²²²", "9" * 32, "\x00", "код"])
def test_nonsense_for_a_code_is_survived(code: str, person: Staff, client: Client) -> None:
    telephone(person)
    come(client, person.user.username)
    assert give(client, code).status_code == 200
    assert not inside(client)


def test_the_second_step_never_leads_to_another_site(person: Staff, client: Client) -> None:
    device = telephone(person)
    come(client, person.user.username)
    assert give(client, code_of(device), next="//evil.example").headers["Location"] == "/"


def test_a_part_of_a_page_is_not_replaced_by_a_form(person: Staff) -> None:
    telephone(person)
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/people/?page=2"}
    answer = browser(person).get("/people/", headers=headers)
    place = "/account/second-factor?next=%2Fpeople%2F%3Fpage%3D2"
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, place)


def test_a_browser_that_names_no_page_is_led_to_the_first_one(person: Staff) -> None:
    telephone(person)
    headers = {"HX-Request": "true", "HX-Current-URL": "http://[/people/"}
    answer = browser(person).get("/people/", headers=headers)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (
        200,
        "/account/second-factor?next=",
    )


# Setting it up


def enrolled(client: Client, person: Staff) -> str:
    """The page that ends setting up a telephone."""
    client.post("/account/second-factor/begin", {"password": PASSWORD})
    device = TOTPDevice.objects.get(user=person.user, confirmed=False)
    answer = client.post("/account/second-factor/confirm", {"code": code_of(device)})
    return str(answer.content.decode())


def test_a_telephone_is_set_up_with_the_password_only(person: Staff) -> None:
    client = browser(person)
    page = client.post("/account/second-factor/begin", {"password": "не тот"})
    assert "Пароль не тот" in page.content.decode()
    assert not TOTPDevice.objects.exists()


def test_the_key_is_shown_as_a_picture_and_in_words(person: Staff) -> None:
    client = browser(person)
    client.post("/account/second-factor/begin", {"password": PASSWORD})
    page = client.get("/account/second-factor/settings").content.decode()
    assert 'src="data:image/svg+xml' in page
    assert re.search(r'class="key">[A-Z2-7]{4} ', page)


def test_the_right_code_switches_it_on_and_shows_ten_codes_once(person: Staff) -> None:
    client = browser(person)
    codes = re.findall(r"<li>([a-z2-7]{4}-[a-z2-7]{4})</li>", enrolled(client, person))
    assert (len(codes), inside(client)) == (10, True)
    assert codes[0] not in client.get("/account/second-factor/settings").content.decode()
    assert last().action == "second_factor_on"


def test_a_telephone_counts_only_after_its_first_code(person: Staff) -> None:
    client = browser(person)
    client.post("/account/second-factor/begin", {"password": PASSWORD})
    page = client.post("/account/second-factor/confirm", {"code": "000000"})
    assert "Код не подходит" in page.content.decode()
    assert inside(browser(person))


def test_a_key_that_waits_too_long_is_begun_anew(person: Staff) -> None:
    client = browser(person)
    client.post("/account/second-factor/begin", {"password": PASSWORD})
    TOTPDevice.objects.update(created_at=timezone.now() - timedelta(hours=1))
    code = code_of(TOTPDevice.objects.get())
    answer = client.post("/account/second-factor/confirm", {"code": code}, follow=True)
    page = answer.content.decode()
    assert ("Ключ устарел" in page, "data:image/svg" in page) == (True, False)


def test_other_devices_are_asked_for_the_code_at_once(person: Staff) -> None:
    here, there = browser(person), browser(person)
    enrolled(here, person)
    assert (inside(here), inside(there)) == (True, False)


# Switching it off


def drop(client: Client, code: str, password: str = PASSWORD, **more: str) -> str:
    given = {"password": password, "code": code} | more
    return str(client.post("/account/second-factor/drop", given).content.decode())


def test_it_is_switched_off_with_password_and_code(person: Staff) -> None:
    client = browser(person)
    enrolled(client, person)
    drop(client, code_of(TOTPDevice.objects.get(), 1))
    assert not TOTPDevice.objects.exists()
    assert last().action == "second_factor_off"


@pytest.mark.parametrize(("password", "right"), [("не тот", True), (PASSWORD, False)])
def test_one_of_the_two_is_not_enough(password: str, right: bool, person: Staff) -> None:
    client = browser(person)
    enrolled(client, person)
    drop(client, code_of(TOTPDevice.objects.get(), 1) if right else "000000", password)
    assert TOTPDevice.objects.exists()


def test_new_codes_on_paper_void_the_old_ones(person: Staff) -> None:
    client = browser(person)
    enrolled(client, person)
    old = set(StaticToken.objects.values_list("token", flat=True))
    drop(client, code_of(TOTPDevice.objects.get(), 1), paper="1")
    new = set(StaticToken.objects.values_list("token", flat=True))
    assert (len(new), old & new, inside(client)) == (10, set(), True)
