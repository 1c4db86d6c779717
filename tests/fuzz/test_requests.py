"""No request breaks the server, or gets past a check."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve
from django_otp.plugins.otp_totp.models import TOTPDevice
from hypothesis import strategies as st

from broadcaster.bootstrap import office
from broadcaster.domain.scopes import Scope
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.tokens import make_token
from broadcaster.store.models import Staff
from tests.fuzz.exploring import MINUTES, explore
from tests.fuzz.hostile import SPELLS, TEXTS
from tests.fuzz.shots import (
    OWN_TABLES,
    REFUSED,
    Gun,
    Shot,
    at_any_address,
    forms_in,
    judge,
    with_a_form,
)
from tests.fuzz.watching import watched
from tests.school import NOON
from tests.web.account_pages import PASSWORD, come
from tests.web.test_every_address import (
    ADDRESSES,
    ADMINISTRATOR,
    APPROVER,
    STRANGER,
    TEACHER,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]


MOVED = {HTTPStatus.FOUND, HTTPStatus.OK}
FIELDS = (
    "title",
    "body",
    "groups",
    "people",
    "channels",
    "importance",
    "release_at",
    "more",
    "rule",
)

CONNECTING = {"settings-channel-check", "webhook-test", "staff-link", "forgotten"}
"""Addresses that connect by design: to a platform, a webhook or the mail server of the settings."""

TOO_LARGE = b"99999999999999999999999999999999"
MOST_DIGITS = b"9" * 5000

KNOWN_FORMS = (
    ("staff-edit", b"name=a&role=teacher&approval=never&groups=" + TOO_LARGE),
    ("child-new", b"name=a&groups=" + TOO_LARGE),
    ("children-merge", b"name=a&groups=" + TOO_LARGE),
    ("people-merge", b"name=a&address=" + MOST_DIGITS),
    ("settings-sandbox", b"on=1&next=home-page"),
    ("settings-sandbox", b"on=1&next=%7B%7B+x+%7D%7D"),
    ("settings-sample", b"next=x"),
    ("second-factor", b"code=000000&next=x"),
)
"""Forms that broke the server once."""
KNOWN_QUERIES = (("announcement-act", f"group={MOST_DIGITS.decode()}"),)


def path_of(gun: Gun, name: str) -> str:
    return next(gun.world.path(one) for _route, one in ADDRESSES if one.name == name)


@pytest.mark.parametrize(("name", "body"), KNOWN_FORMS)
def test_what_broke_the_server_once_breaks_it_no_more(gun: Gun, name: str, body: bytes) -> None:
    shot = Shot(ADMINISTRATOR, "POST", path_of(gun, name), body=body)
    judge(shot, *gun.fire(shot))


@pytest.mark.parametrize(("name", "query"), KNOWN_QUERIES)
def test_a_query_that_broke_it_breaks_it_no_more(gun: Gun, name: str, query: str) -> None:
    shot = Shot(ADMINISTRATOR, "GET", path_of(gun, name), query=query)
    judge(shot, *gun.fire(shot))


def test_no_request_breaks_the_server_or_gets_past_a_check(gun: Gun) -> None:
    explore("requests", at_any_address(gun.world), watchfully(gun), examples=100)


def test_no_form_breaks_the_server_or_gets_past_a_check(gun: Gun) -> None:
    others = (TEACHER, APPROVER) if MINUTES else ()
    forms = forms_in(gun, (STRANGER, ADMINISTRATOR, *others))
    explore("forms", with_a_form(forms), watchfully(gun), examples=80)


def watchfully(gun: Gun) -> Callable[[Shot], None]:
    """Fires, judges the answer, and sees that nothing was connected to."""

    def fire(shot: Shot) -> None:
        with watched() as left:
            judge(shot, *gun.fire(shot))
        assert left == [] or name_of(shot) in CONNECTING, left

    return fire


def name_of(shot: Shot) -> str:
    return resolve(shot.path.partition("?")[0]).view_name


# Programs


NAMES = st.one_of(st.sampled_from(FIELDS), TEXTS)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS)
BRANCHES = st.one_of(st.lists(LEAVES, max_size=3), st.dictionaries(NAMES, LEAVES, max_size=3))
JSON = st.one_of(
    st.dictionaries(NAMES, st.one_of(LEAVES, BRANCHES), max_size=6),
    st.lists(BRANCHES, max_size=3),
    LEAVES,
)


def test_no_program_breaks_the_server(gun: Gun) -> None:
    _token, secret = make_token("Дневник", list(Scope), by=COMMAND_LINE, now=NOON)
    paths = [gun.world.path(one) for _route, one in ADDRESSES if one.name.startswith("api:")]

    def fire(given: tuple[str, str, object, str]) -> None:
        method, path, said, key = given
        headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": key}
        body = json.dumps(said).encode("utf-8", "surrogatepass")
        shot = Shot(STRANGER, method, path, body=body, kind="application/json", headers=headers)
        answer, _body, _written = gun.fire(shot)
        assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR

    methods = st.sampled_from(["POST", "PUT", "GET", "DELETE", "PATCH"])
    keys = st.sampled_from([one for one in SPELLS if one.isascii() and one.isprintable()])
    explore("programs", st.tuples(methods, st.sampled_from(paths), JSON, keys), fire, examples=50)


# Tokens in addresses


def test_no_made_up_token_opens_anything(gun: Gun) -> None:
    real = gun.world.words["token"]
    places = st.tuples(st.integers(0, len(real) - 1), st.sampled_from("Aa0:-_.=я\0/"))
    changed = places.map(lambda place: real[: place[0]] + place[1] + real[place[0] + 1 :])
    cut = st.integers(0, len(real) - 1).map(lambda end: real[:end])
    tokens = st.one_of(changed, cut, TEXTS, st.just(real + "=")).filter(lambda one: one != real)
    doors = st.sampled_from(["/u/{}", "/a/{}", "/calendar/feed/{}.ics", "/account/welcome/MQ/{}"])

    def fire(given: tuple[str, str, str]) -> None:
        door, token, method = given
        path = door.format(quote(token.encode("utf-8", "surrogatepass"), safe=""))
        answer, _body, written = gun.fire(Shot(STRANGER, method, path))
        assert answer.status_code in {*REFUSED, *MOVED}
        assert written <= OWN_TABLES

    explore("tokens", st.tuples(doors, tokens, st.sampled_from(["GET", "POST"])), fire, examples=50)


# Coming in


@pytest.mark.usefixtures("quick")
def test_no_made_up_password_lets_anybody_in(person: Staff, gun: Gun) -> None:
    logins = st.one_of(st.just(person.user.username), TEXTS)
    client = Client()

    def come_in(given: tuple[str, str]) -> None:
        login, password = given
        client.cookies.clear()
        office().limits_storage.reset()
        with transaction.atomic():
            come(client, login, password)
            transaction.set_rollback(True)
        assert "_auth_user_id" not in client.session

    words = TEXTS.filter(lambda one: one != PASSWORD)
    explore("passwords", st.tuples(logins, words), come_in, examples=40)


@pytest.mark.usefixtures("quick")
def test_no_made_up_code_passes_the_second_step(person: Staff, gun: Gun) -> None:
    TOTPDevice.objects.create(user=person.user, name="telephone", confirmed=True)
    client = Client()
    come(client, person.user.username)

    def give(given: tuple[str, str]) -> None:
        code, further = given
        office().limits_storage.reset()
        with transaction.atomic():
            answer = client.post("/account/second-factor", {"code": code, "next": further})
            transaction.set_rollback(True)
        assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
        assert "otp_device_id" not in client.session

    codes = st.one_of(TEXTS, st.text("0123456789", min_size=6, max_size=6), st.text(max_size=8))
    explore("codes", st.tuples(codes, TEXTS), give, examples=40)


# A form of another site


WITHOUT_A_FORMS_TOKEN = ("unsubscribe", "acknowledge", "api")
"""The secret in the address, or the header of a program, is the permission; see these views."""

POSTED = [
    (route, one) for route, one in ADDRESSES if not one.name.startswith(WITHOUT_A_FORMS_TOKEN)
]


def test_no_other_site_sends_a_form_in_somebodys_name(gun: Gun) -> None:
    boss = Client(enforce_csrf_checks=True)
    boss.cookies = gun.world.browsers[ADMINISTRATOR].cookies
    taken = {
        address.name: answer.status_code
        for _route, address in POSTED
        if (answer := boss.post(gun.world.path(address))).status_code not in {403, 404, 405}
    }
    assert taken == {}
