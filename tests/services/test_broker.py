"""Why the queue cannot be used, in the school's words."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
import redis
from pytest_django.fixtures import Settings

from broadcaster.services.broker import broker_problem
from tests.servers.process import free_port


@contextmanager
def stranger(says: bytes) -> Iterator[str]:
    """The URL of a server that says this to whoever comes, and then nothing more."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept: list[socket.socket] = []

        def answer() -> None:
            came, _address = server.accept()
            kept.append(came)
            came.sendall(says)

        Thread(target=answer, daemon=True).start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        for one in kept:
            one.close()


@pytest.fixture
def locked(redis_url: str) -> Iterator[str]:
    """The URL of a Redis that has got a password meanwhile."""
    with redis.Redis.from_url(redis_url) as client:
        client.config_set("requirepass", "sesame")
        yield redis_url
        client.config_set("requirepass", "")


def problem_of(url: str, settings: Settings) -> str:
    settings.REDIS_URL = url
    return broker_problem(patience=0.3)


def test_a_redis_that_answers_is_no_problem(redis_url: str, settings: Settings) -> None:
    assert problem_of(redis_url, settings) == ""


def test_a_password_that_is_missing_is_told_with_where_it_stands(
    locked: str, settings: Settings
) -> None:
    words = "Redis: нужен верный пароль, REDIS_URL пишут так: redis://:пароль@сервер:6379/0"
    assert problem_of(locked, settings) == words


def test_a_password_that_is_wrong_is_told_the_same_and_not_repeated(
    locked: str, settings: Settings
) -> None:
    url = locked.replace("redis://", "redis://:tahini@")
    assert "нужен верный пароль" in problem_of(url, settings)
    assert "tahini" not in problem_of(url, settings)


def test_a_port_without_a_server_is_told(settings: Settings) -> None:
    url = f"redis://127.0.0.1:{free_port()}/0"
    assert problem_of(url, settings) == "Redis: соединение не принято"


def test_a_name_that_nobody_has_is_told(settings: Settings) -> None:
    assert problem_of("redis://redis.invalid:6379/0", settings) == "Redis: нет связи с сервером"


def test_a_database_that_the_server_does_not_have_is_told(
    redis_url: str, settings: Settings
) -> None:
    url = urlsplit(redis_url)._replace(path="/99").geturl()
    assert problem_of(url, settings).startswith("Redis: отвечает не так, как должен")


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (b"", "Redis: не отвечает"),
        (b"-LOADING Redis is loading the dataset in memory\r\n", "Redis: ещё читает свои данные"),
        (b"-ERR unknown command `HELLO`, with args\r\n", "Redis: отвечает не так, как должен"),
        (b"HTTP/1.1 400 Bad Request\r\n", "Redis: отвечает не так, как должен"),
    ],
)
def test_what_is_no_redis_or_no_ready_one_is_told_in_our_words(
    says: bytes, words: str, settings: Settings
) -> None:
    with stranger(says) as url:
        assert problem_of(url, settings).startswith(words)


def test_a_folder_of_somebody_elses_is_told(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HOME = tmp_path
    (tmp_path / "broker").mkdir()
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)  # nothing is shut to root
    assert problem_of("", settings).endswith("/broker: нет прав")
