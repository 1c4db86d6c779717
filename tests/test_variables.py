"""What the environment names is refused in words before anything is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadcaster.variables import (
    read_choice,
    read_database,
    read_former_keys,
    read_hosts,
    read_key,
    read_redis,
)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgres:/word", "«://»"),
        ("word", "«://»"),
        (":", "«://»"),
        (" ", "«://»"),
        ("postgres://[::1/word", "не разобрать"),
        ("postgres://server:word/base", "порт"),
        ("postgres://server:99999/base", "порт"),
        ("postgres://server:0/base", "порт"),
        ("postgres://user:word@server/", "не названа база данных"),
        ("mysql://user:word@server/base", "postgres://, postgresql://"),
        ("spatialite:///word", "sqlite://"),
    ],
)
def test_an_address_that_is_no_database_is_refused_without_being_repeated(
    url: str, why: str
) -> None:
    with pytest.raises(ValueError, match=r"^DATABASE_URL: ") as refused:
        read_database(url)
    assert why in str(refused.value)
    assert "postgres://имя:пароль@сервер/база" in str(refused.value)
    assert "word" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgres://user:p%40ss@server:5432/base", "base"),
        ("postgresql:///base", "base"),
        ("pgsql://%2Frun%2Fpostgresql/base", "base"),
        ("postgres://?service=school", ""),
        ("sqlite:////srv/school.sqlite3", "/srv/school.sqlite3"),
        ("sqlite://:memory:", ":memory:"),
    ],
)
def test_addresses_of_databases_that_can_be_used_pass(url: str, name: str) -> None:
    assert read_database(url)["NAME"] == name


@pytest.mark.parametrize(
    "url",
    ["redis:/0", "redis://server:port/0", "redis://server:99999/0", "redis://[::1/0",
     "redis://server/first", "redis://server/?pigeon=1", "redis://server/?socket_timeout=long",
     "amqp://server/"],
)  # fmt: skip
def test_an_address_that_is_no_redis_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"^REDIS_URL: .*redis://127\.0\.0\.1:6379/0"):
        read_redis(url)


@pytest.mark.parametrize(
    "url", ["", "redis://server", "redis:///0", "rediss://:word@server:6380/2?ssl_cert_reqs=none"]
)
def test_addresses_of_redis_that_can_be_used_pass(url: str) -> None:
    assert read_redis(url) == url


@pytest.mark.parametrize(("content", "why"), [(b"", "пуст"), (b" \n", "пуст"), (b"\xff", "текст")])
def test_a_file_without_a_key_is_refused_with_what_to_do(
    tmp_path: Path, content: bytes, why: str
) -> None:
    file = tmp_path / "secret_key"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=why) as refused:
        read_key(file)
    assert str(refused.value).startswith(f"{file}: ")
    assert "верните файл из резервной копии" in str(refused.value)


def test_former_keys_that_are_no_text_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "secret_key.old"
    file.write_bytes(b"\xff")
    with pytest.raises(ValueError, match="прежние ключи"):
        read_former_keys(file)


def test_a_name_that_is_not_known_is_refused_with_those_that_are() -> None:
    with pytest.raises(ValueError, match=r"BROADCASTER_LANGUAGE: .*: ru, en"):
        read_choice("BROADCASTER_LANGUAGE", "zz", ("ru", "en"))


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("news.school.example,127.0.0.1", ["news.school.example", "127.0.0.1"]),
        (" news.school.example, 127.0.0.1 ,", ["news.school.example", "127.0.0.1"]),
        ("", ["127.0.0.1", "localhost"]),
        (" ", ["127.0.0.1", "localhost"]),
    ],
)
def test_the_names_of_the_pages_may_stand_apart_or_be_left_out(
    value: str, names: list[str]
) -> None:
    assert read_hosts(value) == names
