"""What every test may ask for: a real Redis, a real PostgreSQL, an announcement that has left."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from uuid import UUID

import hypothesis
import pytest

from tests.servers.plugin import POSTGRES
from tests.servers.postgres import running_postgres
from tests.servers.redis import running_redis

hypothesis.settings.register_profile(
    "patient",
    hypothesis.settings.default,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("patient")
"""A machine that is busy with something else is no defect."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Ten thousand collected tests stay; the collector of garbage need not go through them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The URL of a Redis that is shared by the session: take a prefix or clean up."""
    with running_redis() as server:
        yield server.url


@pytest.fixture(scope="session")
def postgres_url(pytestconfig: pytest.Config) -> Iterator[str]:
    """The URL of a PostgreSQL that is shared by the session, whatever `--database` says."""
    if started := pytestconfig.stash.get(POSTGRES, None):
        yield started.url
        return
    with running_postgres() as server:
        yield server.url


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `broadcaster init` leaves behind, to be copied: making the tables takes a while."""
    from tests.cli.desk import Program

    program = Program(tmp_path_factory.mktemp("new") / "home")
    assert program.run("init").code == 0
    return program.home


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Django's SQLite tests run in memory by default, where locks are not those of a file."""
    from django.conf import settings
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(settings.HOME / "test.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def a_new_browser_needs_no_look_at_every_file() -> None:
    """Each test client has middleware of its own, which else begins by listing all static files."""
    from django.conf import settings

    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session", autouse=True)
def what_was_committed_is_deleted() -> Iterator[None]:
    """Tests that commit are followed by a flush, which the audit log's triggers would refuse.

    Django would truncate all tables, which is slow on PostgreSQL, and make its permissions anew.
    """
    from django.test import TransactionTestCase

    from tests.auditing import empty

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty())
        yield


@pytest.fixture(autouse=True)
def nothing_is_published() -> None:
    """Each test finds the school's site empty, whatever others have published on it."""
    from django.conf import settings

    shutil.rmtree(settings.SITE_FOLDER, ignore_errors=True)


@pytest.fixture
def news(db: None) -> UUID:
    """An important announcement to 1А that has left; a test whose news are others says so."""
    from broadcaster.domain.policy import Importance
    from tests import school

    return school.announcement("1А", released_at=school.NOON, importance=Importance.IMPORTANT)
