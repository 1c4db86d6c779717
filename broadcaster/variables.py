"""What the environment names is read strictly, before anything is opened.

Whatever cannot be used raises ValueError with words that never repeat the value: it may hold a
password.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import dj_database_url

from broadcaster.i18n import _

DATABASES = ("postgres", "postgresql", "pgsql", "sqlite")
"""How addresses of databases begin whose dialect we know."""

DATABASE = _("postgres://имя:пароль@сервер/база")
REDIS = "redis://127.0.0.1:6379/0"

OWN_HOSTS = ("127.0.0.1", "localhost")
"""By these names a browser on this machine finds the pages."""

KEY_LOST = _(
    "Здесь ключ этой установки: верните файл из резервной копии. Если её нет, удалите его:"
    " программа создаст новый ключ, но прежние ссылки семей перестанут открываться."
)
FORMER_LOST = _(
    "Здесь прежние ключи: верните файл из резервной копии. Если её нет, удалите его: ссылки,"
    " подписанные прежними ключами, перестанут открываться."
)


def read_database(url: str) -> dict[str, Any]:
    """The database at an address, as Django wants it."""
    parts = _parts("DATABASE_URL", url, DATABASE)
    if parts.scheme not in DATABASES:
        known = ", ".join(f"{scheme}://" for scheme in DATABASES)
        raise _unusable(
            "DATABASE_URL", _("адрес начинается с одного из: {known}").format(known=known), DATABASE
        )
    if parts.scheme != "sqlite":
        _refuse_port("DATABASE_URL", parts, DATABASE)
    try:
        database: dict[str, Any] = dict(dj_database_url.parse(url))
    except ValueError:
        raise _unusable("DATABASE_URL", _("адрес не разобрать"), DATABASE) from None
    if not database["NAME"] and "service" not in database.get("OPTIONS", {}):
        raise _unusable("DATABASE_URL", _("не названа база данных"), DATABASE)
    return database


def read_redis(url: str) -> str:
    """The address of a Redis; what Celery would take for another broker's is refused."""
    if not url:
        return ""
    parts = _parts("REDIS_URL", url, REDIS)
    if parts.scheme not in {"redis", "rediss"}:
        raise _unusable("REDIS_URL", _("адрес начинается с redis:// или rediss://"), REDIS)
    _refuse_port("REDIS_URL", parts, REDIS)
    if not (parts.path.strip("/") or "0").isdecimal():
        raise _unusable("REDIS_URL", _("после сервера стоит номер базы, целое число"), REDIS)
    if parts.query and not _knows_options(url):
        raise _unusable("REDIS_URL", _("после «?» стоит то, чего Redis не понимает"), REDIS)
    return url


def read_hosts(value: str) -> list[str]:
    """The names that the web answers to, between commas; this machine's own when there are none."""
    return [name for part in value.split(",") if (name := part.strip())] or [*OWN_HOSTS]


def read_key(file: Path) -> str:
    """The key of this installation in a file; one without a key in it is refused."""
    key = _text_of(file, KEY_LOST)
    if not key.strip():
        why = _("файл пуст")
        raise ValueError(f"{file}: {why}. {KEY_LOST}")
    return key


def read_former_keys(file: Path) -> str:
    """The text of a file with keys that sign nothing any more; nothing where there is none."""
    return _text_of(file, FORMER_LOST) if file.exists() else ""


def read_choice(variable: str, value: str, known: Collection[str]) -> str:
    """One of a few names."""
    if value not in known:
        words = _("{variable}: ожидается одно из: {known}")
        raise ValueError(words.format(variable=variable, known=", ".join(known)))
    return value


def _parts(variable: str, url: str, example: str) -> SplitResult:
    """The parts of an address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _unusable(variable, _("адрес не разобрать"), example) from None
    if not url.startswith(f"{parts.scheme}://"):
        raise _unusable(variable, _("это не адрес, в нём не хватает «://»"), example)
    return parts


def _refuse_port(variable: str, parts: SplitResult, example: str) -> None:
    try:
        fits = parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        raise _unusable(variable, _("порт — целое число от 1 до 65535"), example)


def _knows_options(url: str) -> bool:
    from redis import ConnectionPool  # noqa: PLC0415 - slow to import, seldom needed

    try:
        ConnectionPool.from_url(url).make_connection()
    except (TypeError, ValueError):
        return False
    return True


def _unusable(variable: str, why: str, example: str) -> ValueError:
    words = _("{variable}: {why}. Пишите так: {example}")
    return ValueError(words.format(variable=variable, why=why, example=example))


def _text_of(file: Path, remedy: str) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        why = _("в файле не текст")
        raise ValueError(f"{file}: {why}. {remedy}") from None
