"""What is asked of a database that was copied: the same questions for every kind of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Ask = Callable[[str], Iterable[tuple[Any, ...]]]
"""Runs a query and gives its rows."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a copy of a database holds; `digests` are the attachments that it names."""

    rows: Mapping[str, int]
    migrations: tuple[str, ...]
    digests: frozenset[str]


def snapshot(ask: Ask, tables: Iterable[str]) -> Snapshot:
    """Count and name what a copy holds."""
    known = sorted(tables)
    return Snapshot(
        rows={table: counted(ask, table) for table in known},
        migrations=migrations(ask) if "django_migrations" in known else (),
        digests=frozenset(digest for (digest,) in ask("SELECT digest FROM store_announcementfile")),
    )


def counted(ask: Ask, table: str) -> int:
    """How many rows a table has; its name comes from the database's own catalogue."""
    quoted = table.replace('"', '""')
    ((count,),) = ask(f'SELECT count(*) FROM "{quoted}"')  # noqa: S608 - quoted
    return int(count)


def migrations(ask: Ask) -> tuple[str, ...]:
    """The changes that a database has seen, as app.name."""
    found = ask("SELECT app, name FROM django_migrations")
    return tuple(sorted(f"{app}.{name}" for app, name in found))
