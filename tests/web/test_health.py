"""Is the web alive, and can it work."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from broadcaster.web.health import _Tables


def test_a_living_process_answers_without_a_database(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.database
@pytest.mark.django_db
def test_a_web_with_its_database_is_ready(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.fixture
def _of_a_newer_program() -> None:
    """The database has had a migration of which this program knows nothing."""
    MigrationRecorder(connection).record_applied("store", "9999_of_tomorrow")


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.usefixtures("_of_a_newer_program")
def test_a_web_that_starts_on_a_database_of_a_newer_program_is_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Tables, "_seen", False)
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"database newer than the program\n")


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.usefixtures("_of_a_newer_program")
def test_a_web_that_was_ready_stays_so_when_a_newer_program_migrates(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Tables, "_seen", True)
    assert client.get("/readyz").status_code == 200


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
