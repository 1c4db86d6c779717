"""What browsers are told, how often one may ask, and Django's own list of what to mind."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client, RequestFactory

from broadcaster.bootstrap import office
from broadcaster.services.control import unsubscribe_token
from broadcaster.web.addresses import client_address, network_of
from broadcaster.web.limits import RULES
from tests import school
from tests.web.staff import administrator, browser, member

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["/account/", "/audit/", "/settings/staff/", "/account/second-factor/settings"]


def deployed(**more: str) -> subprocess.CompletedProcess[str]:
    """Django's `check --deploy` with the settings of a school that is reached by https."""
    own = {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DATABASE_URL": "sqlite://:memory:",
        "DJANGO_SETTINGS_MODULE": "broadcaster.settings",
        "BROADCASTER_HTTPS": "1",
    }
    words = ["check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(
        [sys.executable, "-m", "django", *words],
        cwd=ROOT,
        env=os.environ | own | more,
        capture_output=True,
        text=True,
        check=False,
    )


def test_django_has_nothing_against_the_settings() -> None:
    done = deployed()
    assert (done.returncode, done.stderr) == (0, "")


def test_the_key_of_an_installation_is_long_enough(tmp_path: Path) -> None:
    done = deployed(SECRET_KEY="", BROADCASTER_HOME=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")


def test_passwords_are_kept_with_argon2() -> None:
    assert make_password("верблюд лодка").startswith("argon2$argon2id$")


# Headers


@pytest.mark.parametrize("page", [*PAGES, "/account/login", "/account/forgotten", "/nowhere"])
def test_every_page_tells_the_browser_what_it_may_not(page: str) -> None:
    told = administrator().get(page).headers
    policy = told["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["Referrer-Policy"] == "same-origin"
    assert told["Cross-Origin-Opener-Policy"] == "same-origin"
    assert told["X-Frame-Options"] == "DENY"
    assert "camera=()" in told["Permissions-Policy"]


@pytest.mark.parametrize("page", PAGES)
def test_no_browser_keeps_what_the_staff_has_seen(page: str) -> None:
    assert "no-store" in administrator().get(page).headers["Cache-Control"]


@pytest.mark.parametrize("page", ["/account/login", "/account/forgotten"])
def test_forms_for_coming_in_are_not_kept_either(page: str) -> None:
    assert "no-store" in Client().get(page).headers["Cache-Control"]


@pytest.mark.parametrize("page", [*PAGES, "/account/login"])
def test_pages_carry_no_scripts_and_styles_of_their_own(page: str) -> None:
    html = administrator().get(page).content.decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)


def test_cookies_are_the_servers_alone() -> None:
    client = Client()
    client.get("/account/login")
    told = client.cookies["csrftoken"]
    assert (bool(told["httponly"]), told["samesite"]) == (True, "Lax")


def test_a_form_without_its_token_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/account/login", {"username": "a", "password": "b"})
    assert answer.status_code == 403
    assert "Страница устарела" in answer.content.decode()


def test_with_https_browsers_are_told_to_keep_to_it() -> None:
    said = in_a_process("""
from django.test import Client
answer = Client().get("/healthz", secure=True)
print(answer.headers["Strict-Transport-Security"])
print(Client().get("/account/", headers={"host": "localhost"}).headers["Location"])
""")
    assert said == [
        "max-age=31536000; includeSubDomains; preload",
        "https://news.school.example/account/",
    ]


def test_cookies_do_not_travel_without_https() -> None:
    said = in_a_process("""
from django.conf import settings
print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE)
""")
    assert said == ["True True"]


def in_a_process(code: str) -> list[str]:
    """What some code prints with the settings of a school that is reached by https."""
    start = "import django; django.setup()\n"
    own = {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DATABASE_URL": "sqlite://:memory:",
        "DJANGO_SETTINGS_MODULE": "broadcaster.settings",
        "BROADCASTER_HTTPS": "1",
        "BROADCASTER_HTTPS_HOST": "news.school.example",
        "BROADCASTER_HOSTS": "testserver,localhost",
    }
    done = subprocess.run(
        [sys.executable, "-c", start + code],
        cwd=ROOT,
        env=os.environ | own,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


# Where a request comes from


def asked(**meta: str) -> str:
    return client_address(RequestFactory().get("/", **meta))


def test_nobody_says_herself_where_she_comes_from() -> None:
    assert asked(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="1.1.1.1") == "10.0.0.1"


def test_a_proxy_is_believed_about_the_last_step(settings: Any) -> None:
    settings.BEHIND_PROXY = True
    forwarded = "6.6.6.6, 10.0.0.7"
    assert asked(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=forwarded) == "10.0.0.7"


@pytest.mark.parametrize("given", ["", "unix:", "<script>", "1.2.3.4.5"])
def test_what_is_no_address_is_survived(given: str, settings: Any) -> None:
    settings.BEHIND_PROXY = True
    assert asked(REMOTE_ADDR="", HTTP_X_FORWARDED_FOR=given) == "0.0.0.0"


def test_a_household_of_ipv6_counts_as_one() -> None:
    assert network_of("2001:db8:1:2::1") == network_of("2001:db8:1:2:ffff::9")
    assert network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1")


# How often


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two requests a minute and no more."""
    from limits import parse

    from broadcaster.web.limits import Rule

    few = Rule(parse("2/minute"), parse("2/minute"))
    monkeypatch.setattr("broadcaster.web.limits.RULES", dict.fromkeys(RULES, few))
    if office._office is not None:
        office._office.limits_storage.reset()


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("page", ["/account/login", "/site/", "/u/token", "/account/forgotten"])
def test_who_asks_too_often_waits(page: str) -> None:
    client = Client()
    for _ in range(2):
        assert client.get(page).status_code != 429
    answer = client.get(page)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "слишком много запросов" in answer.content.decode()


@pytest.mark.usefixtures("strict")
def test_others_do_not_wait_for_her() -> None:
    for _ in range(3):
        Client(REMOTE_ADDR="10.1.0.1").get("/site/")
    assert Client(REMOTE_ADDR="10.1.0.2").get("/site/").status_code != 429


@pytest.mark.usefixtures("strict")
def test_reading_does_not_use_up_sending() -> None:
    client = Client()
    for _ in range(3):
        client.get("/account/login")
    assert client.post("/account/login", {"username": "x", "password": "y"}).status_code == 200


@pytest.mark.usefixtures("strict")
def test_the_staffs_own_pages_are_not_counted() -> None:
    client = browser(member())
    assert {client.get("/account/").status_code for _ in range(4)} == {200}


def test_a_mail_provider_may_unsubscribe_many_at_once() -> None:
    mailboxes = [school.address(school.guardian(), "alpha") for _ in range(3)]
    tokens = [unsubscribe_token(one.pk, one.value) for one in mailboxes]
    client = Client()
    answers = {client.post(f"/u/{token}").status_code for token in tokens * 30}
    assert answers == {200}


def test_when_the_counter_is_away_families_still_get_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(*_args: object) -> bool:
        raise ConnectionError

    monkeypatch.setattr("broadcaster.web.limits.FixedWindowRateLimiter.hit", away)
    assert Client().get("/u/token").status_code == 404


def test_every_address_that_is_limited_is_there() -> None:
    from tests.web.addresses import every_address

    assert set(RULES) <= {address.name for address in every_address()}
