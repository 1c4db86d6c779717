"""The servers of the tests are real, answer, are the tests' own, and end."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import gettempdir

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from redis import Redis

from tests.servers import redis as redis_server
from tests.servers.postgres import running_postgres
from tests.servers.process import NoServer, Server
from tests.servers.redis import running_redis

ROOT = Path(__file__).resolve().parent.parent.parent


def asked(server_url: str, question: str) -> object:
    with psycopg.connect(server_url) as asking:
        row = asking.execute(question.encode()).fetchone()
    return row[0] if row else None


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_redis_is_a_real_server(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        version = client.info("server")["redis_version"]
    assert int(version.split(".")[0]) >= 6


def test_redis_keeps_what_it_is_given(redis_url: str) -> None:
    with Redis.from_url(redis_url, decode_responses=True) as client:
        client.set("tests:servers:ёлка", "ёж", ex=60)
        assert client.get("tests:servers:ёлка") == "ёж"


@pytest.mark.parametrize(("setting", "value"), [("save", ""), ("appendonly", "no")])
def test_redis_writes_nothing_to_disk(redis_url: str, setting: str, value: str) -> None:
    with Redis.from_url(redis_url, decode_responses=True) as client:
        assert client.config_get(setting) == {setting: value}


def test_redis_ends_with_its_block() -> None:
    with running_redis() as server:
        assert runs(server.pid)
    assert_gone(server)


def test_two_redises_do_not_see_each_other(redis_url: str) -> None:
    with running_redis() as another, Redis.from_url(another.url) as client:
        assert another.url != redis_url
        assert client.dbsize() == 0


def test_without_any_redis_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(redis_server, "in_the_wheel", lambda: None)
    with pytest.raises(NoServer, match="install the system's package"), running_redis():
        pass


def test_the_systems_redis_is_passed_over_when_only_wheels_are_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BROADCASTER_TEST_SERVERS", "wheels")
    monkeypatch.setattr(redis_server, "in_the_wheel", lambda: Path(sys.executable))
    with pytest.raises(NoServer, match="unknown option --bind"), running_redis():
        pass


def test_postgres_is_a_real_server(postgres_url: str) -> None:
    assert int(str(asked(postgres_url, "SHOW server_version_num"))) >= 140000


def test_postgres_knows_russian_letters(postgres_url: str) -> None:
    assert asked(postgres_url, "SELECT lower('ЁЛКА') || upper('ёж')") == "ёлкаЁЖ"


def test_postgres_listens_on_no_port(postgres_url: str) -> None:
    assert asked(postgres_url, "SHOW listen_addresses") == ""


@pytest.mark.parametrize("source", ["any", "wheels"])
def test_postgres_ends_with_its_block(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROADCASTER_TEST_SERVERS", source)
    with running_postgres() as server:
        assert asked(server.url, "SELECT 1") == 1
    assert_gone(server)


def test_the_wheels_postgres_is_the_one_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROADCASTER_TEST_SERVERS", "wheels")
    with running_postgres() as server:
        assert str(asked(server.url, "SHOW server_version")).startswith("18.")


def test_the_tests_have_a_home_of_their_own() -> None:
    assert settings.HOME.is_relative_to(Path(gettempdir()).resolve())
    assert settings.HOME != ROOT / "var"


@pytest.mark.parametrize("name", ["REDIS_URL", "SECRET_KEY", "TELEGRAM_TOKEN", "BROADCASTER_SITE"])
def test_nothing_of_a_real_installation_reaches_the_tests(name: str) -> None:
    assert name not in os.environ


@pytest.mark.database
@pytest.mark.django_db
def test_the_store_stands_on_the_database_asked_for(pytestconfig: pytest.Config) -> None:
    assert connection.vendor == pytestconfig.getoption("database")


@pytest.mark.database
@pytest.mark.django_db
def test_the_stores_database_is_in_the_tests_own_folder() -> None:
    place = connection.settings_dict["HOST"] or connection.settings_dict["NAME"]
    assert Path(place).is_relative_to("/tmp") or Path(place).is_relative_to(settings.HOME)


def assert_gone(server: Server) -> None:
    assert not runs(server.pid)
    assert not server.folder.exists()
