"""What the log says of a page that was refused or broke: which page, never its address.

Addresses of ours open things: a first start, a password, a feed, a family's answers.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from broadcaster.events import EventFormatter

pytestmark = [pytest.mark.database, pytest.mark.django_db]

SECRET = "marked-Xw20Tq83"
OPENING = [
    f"/start/{SECRET}/administrator",
    f"/account/welcome/MQ/{SECRET}",
    f"/a/{SECRET}",
    f"/u/{SECRET}",
    f"/calendar/feed/{SECRET}.ics",
    f"/account/login?next=/{SECRET}",
    f"/nothing/{SECRET}",
]
Lines = Callable[[], str]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Lines:
    """Everything logged so far, as it stands in the log."""
    caplog.set_level(logging.DEBUG)
    return lambda: "\n".join(map(EventFormatter().format, caplog.records))


@pytest.mark.parametrize("address", OPENING)
def test_a_refused_form_is_logged_without_its_address(address: str, lines: Lines) -> None:
    Client(enforce_csrf_checks=True).post(address, {"name": "Анна"})
    assert SECRET not in lines()


@pytest.mark.parametrize("address", OPENING)
def test_a_page_that_breaks_is_logged_without_its_address(
    address: str, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any) -> None:
        raise LookupError(SECRET)

    monkeypatch.setattr("broadcaster.web.limits.LimitsMiddleware.__call__", broken)
    Client(raise_request_exception=False).get(address)
    assert SECRET not in lines()


def test_the_log_names_the_page(lines: Lines) -> None:
    Client(enforce_csrf_checks=True).post(f"/account/welcome/MQ/{SECRET}")
    events = [json.loads(line)["event"] for line in lines().splitlines()]
    assert events == ["Forbidden (CSRF cookie not set.): account/welcome/<uidb64>/<token>"]
