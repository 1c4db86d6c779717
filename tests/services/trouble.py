"""A database that goes away for a moment, on purpose."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

END = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)"
)


@contextmanager
def impatient() -> Iterator[None]:
    """Connections of SQLite opened within wait a moment for a lock, not half a minute."""
    options = connection.settings_dict["OPTIONS"]
    before = options.get("timeout")
    if connection.vendor == "sqlite":
        options["timeout"] = 0.01
    try:
        yield
    finally:
        if connection.vendor == "sqlite":
            options["timeout"] = before


def trouble(seconds: float = 0.1) -> Callable[[], None]:
    """What takes the database away from all connections but the caller's: SQLite's is locked for so
    long, PostgreSQL ends their backends. It returns when the database is gone.
    """
    connection.ensure_connection()
    spared = connection.connection.info.backend_pid if connection.vendor == "postgresql" else 0

    def disturb(gone: threading.Event) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(END, [spared])
                gone.set()
            else:
                cursor.execute("BEGIN IMMEDIATE")
                gone.set()
                time.sleep(seconds)
                cursor.execute("ROLLBACK")
        connection.close()

    def away() -> None:
        gone = threading.Event()
        threading.Thread(target=disturb, args=[gone]).start()
        assert gone.wait(5)

    return away
