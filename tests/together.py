"""The same work on several database connections at the same time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def together(*works: Callable[[], T]) -> list[T]:
    """What each returns, each on a thread and a connection of its own; they begin together.

    The test needs `django_db(transaction=True)`, or the others see nothing.
    """
    ready = Barrier(len(works), timeout=10)

    def apart(work: Callable[[], T]) -> T:
        try:
            connection.ensure_connection()
            ready.wait()
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(apart, works))


def elsewhere(work: Callable[[], T]) -> T:
    """What the work returns on another connection."""
    return together(work)[0]
