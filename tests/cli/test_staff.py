"""`staff add`, `staff list`, `staff link`."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client

from broadcaster.services import staff
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.store.models import AuditEntry, Staff
from tests import school
from tests.cli.conftest import Settings
from tests.cli.desk import Typed
from tests.school import NOON
from tests.web.staff import member

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("day"),
]

MARIA = ("staff", "add", "Мария", "--login", "maria@school.example")


def test_somebody_is_added_with_a_link_that_works(typed: Typed) -> None:
    school.group("1А")
    link = typed(*MARIA, "--group", "1А", "--json").json["link"]
    assert Client().get(urlsplit(link).path).status_code == 302
    made = Staff.objects.get()
    assert (made.role, made.groups.get().name) == ("teacher", "1А")


def test_the_link_has_the_schools_address(typed: Typed, settings_file: Settings) -> None:
    settings_file("school: {public_url: 'https://news.school.example/'}\n")
    assert "https://news.school.example/account/welcome/" in typed(*MARIA).out


def test_who_did_it_is_the_command_line(typed: Typed) -> None:
    typed(*MARIA)
    actors = AuditEntry.objects.values_list("actor", flat=True)
    assert set(actors) == {"command line"}


def test_a_taken_login_is_told_with_what_to_do(typed: Typed) -> None:
    typed(*MARIA)
    said = typed(*MARIA)
    assert said.code == 3
    assert "broadcaster staff link maria@school.example" in said.err


@pytest.mark.parametrize("login", ["maria ivanova", "Мария!", "", "m" * 151])
def test_a_login_that_no_account_can_have_is_told_with_what_is_expected(
    login: str, typed: Typed
) -> None:
    said = typed("staff", "add", "Мария", "--login", login)
    told = "можно буквы, цифры и знаки . + @ - _, без пробелов, не больше 150 знаков"
    assert (said.code, told in " ".join(said.err.split())) == (2, True)
    assert not Staff.objects.exists()


@pytest.mark.parametrize("name", ["", "  ", "М" * 121])
def test_a_name_that_cannot_sign_anything_is_told(name: str, typed: Typed) -> None:
    said = typed("staff", "add", name, "--login", "maria@school.example")
    assert (said.code, "от 1 до 120 знаков" in " ".join(said.err.split())) == (2, True)
    assert not Staff.objects.exists()


def test_an_unknown_group_is_told_with_the_nearest(typed: Typed) -> None:
    school.group("10А")
    said = typed(*MARIA, "--group", "10Б")
    assert (said.code, "Может быть, «10А»?" in said.err) == (3, True)
    assert not Staff.objects.exists()


@pytest.mark.parametrize("option", ["--role", "--approval"])
def test_an_unknown_choice_is_told(option: str, typed: Typed) -> None:
    said = typed(*MARIA, option, "king")
    assert (said.code, "«king» не подходит" in said.err) == (2, True)


def test_a_locked_out_administrator_gets_back_in(typed: Typed) -> None:
    typed(*MARIA, "--role", "administrator")
    assert "/account/welcome/" in typed("staff", "link", "MARIA@school.example").out


def test_a_closed_account_is_opened_only_on_purpose(typed: Typed) -> None:
    person = member()
    staff.close(person, by=COMMAND_LINE, now=NOON)
    said = typed("staff", "link", person.user.username)
    assert (said.code, "--reopen" in said.err) == (3, True)
    assert typed("staff", "link", person.user.username, "--reopen").code == 0
    person.user.refresh_from_db()
    assert person.user.is_active


def test_an_unknown_login_is_told(typed: Typed) -> None:
    said = typed("staff", "link", "nobody")
    assert (said.code, "broadcaster staff list" in said.err) == (3, True)


def test_everybody_is_listed(typed: Typed) -> None:
    typed(*MARIA)
    assert "Мария" in typed("staff", "list").out
    (one,) = typed("staff", "list", "--json").json["staff"]
    assert (one["login"], one["open"]) == ("maria@school.example", True)


def test_an_empty_list_says_what_to_do(typed: Typed) -> None:
    assert "broadcaster staff add" in typed("staff", "list").out
