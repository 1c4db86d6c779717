"""Whether the broker can be reached: Redis, or the folder that stands in for it."""

from __future__ import annotations

import errno
import os

from django.conf import settings

from broadcaster.foreign_words import SYSTEM
from broadcaster.i18n import _

NO_PASSWORD = _("нужен верный пароль, REDIS_URL пишут так: redis://:пароль@сервер:6379/0")
NOT_READY = _("ещё читает свои данные с диска")
SILENT = _("не отвечает")
NO_CONNECTION = _("нет связи с сервером")
STRANGE = _("отвечает не так, как должен: это не он, он старше версии 6 или в нём нет такой базы")


def broker_problem(patience: float = 1.0) -> str:
    """Why the broker cannot be used, in one line; empty when it can. Waits `patience` seconds."""
    if not settings.REDIS_URL:
        return _folder_problem()
    import redis  # noqa: PLC0415 - most schools have none

    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=patience, socket_connect_timeout=patience
        ) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        return f"Redis: {_redis_words(error)}"
    return ""


def _redis_words(error: Exception) -> str:
    """Why Redis cannot be used, in one phrase; nothing that it has said is repeated."""
    import redis  # noqa: PLC0415 - most schools have none

    match error:
        case redis.AuthenticationError():
            return NO_PASSWORD
        case redis.BusyLoadingError():
            return NOT_READY
        case redis.TimeoutError():
            return SILENT
        case redis.ConnectionError(__context__=OSError(errno=int(number))) if number in SYSTEM:
            return SYSTEM[number]
        case redis.ConnectionError():
            return NO_CONNECTION
        case _:
            return STRANGE


def _folder_problem() -> str:
    """A folder that is not there yet will be made by the worker."""
    folder = settings.HOME / "broker"
    if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
        return f"{folder}: {SYSTEM[errno.EACCES]}"
    return ""
