"""The audit log in tests: read, emptied between them, broken into as one with a shell would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.db import connection, transaction

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


def empty() -> None:
    """Delete all that tests have committed, without the triggers and the order of foreign keys.

    PostgreSQL truncates a hundred files for the few rows that a test leaves behind.
    """
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with (
        _let_go(),
        connection.constraint_checks_disabled(),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        for table in tables:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")


@contextmanager
def _let_go() -> Iterator[None]:
    """Let everything be deleted; nothing is done where nothing was said."""
    from broadcaster.store.models import AuditEntry

    if connection.vendor == "sqlite" and not AuditEntry.objects.exists():
        yield
        return
    with unguarded():
        yield
