"""Is the web alive, and can it work."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client


def test_a_living_process_answers_without_a_database(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.database
@pytest.mark.django_db
def test_a_web_with_its_database_is_ready(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.fixture
def _no_database() -> Iterator[None]:
    """The database is where nobody answers."""
    settings = connection.settings_dict
    before = settings["NAME"], settings["HOST"]
    connection.close()
    settings["NAME"] = "/nonexistent/database"
    settings["HOST"] = "/nonexistent" if connection.vendor == "postgresql" else ""
    yield
    connection.close()
    settings["NAME"], settings["HOST"] = before


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_no_database")
def test_a_web_without_its_database_is_not_ready(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"no database\n")
