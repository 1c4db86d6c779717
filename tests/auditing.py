"""The audit log in tests: read, emptied between them, broken into as one with a shell would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.db import connection

GUARDS = "broadcaster.store.migrations.0004_audit_is_append_only"


def audited() -> list[str]:
    """The actions that were written down, in order."""
    from broadcaster.store.models import AuditEntry

    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


@contextmanager
def unguarded() -> Iterator[None]:
    """The triggers rest for the length of the block, as only the database's owner may have it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET session_replication_role")
        return
    guards = import_module(GUARDS)
    with connection.cursor() as cursor:
        for statement in guards.SQLITE_DOWN:
            cursor.execute(statement)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for statement in guards.SQLITE_UP:
                cursor.execute(statement)


@contextmanager
def emptied() -> Iterator[None]:
    """Let Django flush all tables at the end of a test; nothing is done where nothing was said."""
    from broadcaster.store.models import AuditEntry

    if connection.vendor == "sqlite" and not AuditEntry.objects.exists():
        yield
        return
    with unguarded():
        yield
