"""Whether the broker can be reached: Redis, or the folder that stands in for it."""

from __future__ import annotations

import os

from django.conf import settings


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
        return " ".join(f"Redis: {error}".split()).rstrip(".")
    return ""


def _folder_problem() -> str:
    """A folder that is not there yet will be made by the worker."""
    folder = settings.HOME / "broker"
    if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
        return f"{folder}: not writable"
    return ""
