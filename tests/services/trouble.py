"""A database that goes away for a moment, on purpose, and who is still connected to it."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.db import connection

from broadcaster.services.backup.sqlite import place

END = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)"
)

OTHERS = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def open_beside() -> int:
    """How many connections to the database this process has beside the test's own."""
    if connection.vendor == "sqlite":
        connection.close()
        return list(_open_files()).count(place())
    with connection.cursor() as cursor:
        cursor.execute(OTHERS)
        return int(cursor.fetchone()[0])


def _open_files() -> Iterator[Path]:
    for link in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # closed by another thread meanwhile
            yield link.readlink()


@contextmanager
def uncollected() -> Iterator[None]:
    """Nothing is closed because the collector of garbage happens to come by."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


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
