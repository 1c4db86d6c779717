"""`start-link`: the way in for the first administrator."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cli.conftest import Settings
from tests.cli.desk import Typed
from tests.web.staff import member

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_it_prints_a_link_that_opens_the_set_up(typed: Typed) -> None:
    link = typed("start-link", "--url", "http://localhost/", "--json").json["start"]
    assert link.startswith("http://localhost/start/")
    assert Client().get(link.removeprefix("http://localhost")).status_code == 200


def test_the_link_has_the_schools_address(typed: Typed, settings_file: Settings) -> None:
    settings_file("school: {public_url: 'https://news.school.example/'}\n")
    link = typed("start-link", "--json").json["start"]
    assert link.startswith("https://news.school.example/start/")


def test_it_shuts_the_link_before(typed: Typed) -> None:
    first = typed("start-link", "--json").json["start"]
    typed("start-link")
    assert Client().get(first.removeprefix("http://127.0.0.1:8000")).status_code == 404


def test_it_is_refused_where_somebody_can_sign_in(typed: Typed) -> None:
    member()
    said = typed("start-link", "--json")
    assert (said.code, said.json["error"]) == (3, "already_started")
