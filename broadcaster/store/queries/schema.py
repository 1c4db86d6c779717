"""Whether the tables are those that this program wants."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader


def missing_migrations() -> int:
    """How many migrations the database still lacks; raises DatabaseError when it is away."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def unknown_migrations() -> int:
    """How many migrations of a newer program the database has; raises DatabaseError.

    Those are applied ones of ours that are neither on the disk nor replaced by one that is.
    """
    loader = MigrationLoader(connection)
    known = set(loader.disk_migrations)
    for migration in loader.disk_migrations.values():
        known.update(migration.replaces)
    return sum(app == "store" for app, _name in loader.applied_migrations.keys() - known)
