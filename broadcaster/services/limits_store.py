"""Where workers count requests together: one worker's memory, or Redis, which may be away."""

from __future__ import annotations

from typing import Any, cast

from limits.storage import Storage, storage_from_string

PATIENCE = 2.0
"""Seconds to wait for Redis; what asks for leave waits meanwhile, what is on its way does not."""


def limits_storage(redis_url: str) -> Storage:
    """The store at a Redis, one in memory without any; asking it raises StorageError while away."""
    if not redis_url:
        return cast("Storage", storage_from_string("memory://"))
    options: dict[str, Any] = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
    return cast("Storage", storage_from_string(redis_url, wrap_exceptions=True, **options))
