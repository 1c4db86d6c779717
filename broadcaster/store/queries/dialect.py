"""The few places where SQLite and PostgreSQL want different words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection

CASTS = {"int": "bigint", "text": "text", "time": "timestamptz", "uuid": "uuid", "json": "jsonb"}


@cache
def on_postgres() -> bool:
    """Whether the database is PostgreSQL; asked several times a copy, so it is remembered."""
    return connection.vendor == "postgresql"


def moment(value: datetime | None) -> str | None:
    """A time as a parameter of raw SQL: text that sorts by time on SQLite, ISO on PostgreSQL."""
    if value is None:
        return None
    if on_postgres():
        return value.isoformat()
    return value.astimezone(UTC).isoformat(" ", "microseconds").removesuffix("+00:00")


def key(value: UUID) -> str:
    """A UUID as a parameter of raw SQL."""
    return str(value) if on_postgres() else value.hex


def when(value: Any) -> datetime | None:
    """A time that raw SQL returned, aware."""
    if value is None:
        return None
    read = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def uuid_of(value: Any) -> UUID:
    """A UUID that raw SQL returned."""
    return value if isinstance(value, UUID) else UUID(value)


def loaded(value: Any) -> Any:
    """A JSON column that raw SQL returned."""
    return json.loads(value) if isinstance(value, str) else value


def rowset(columns: Mapping[str, str]) -> str:
    """A subquery over one JSON parameter: a list of lists, with `columns` name → type in order.

    Types are int, text, time, uuid and json.
    """
    if on_postgres():
        taken = ", ".join(
            f"(row->{place})::jsonb AS {name}"
            if kind == "json"
            else f"(row->>{place})::{CASTS[kind]} AS {name}"
            for place, (name, kind) in enumerate(columns.items())
        )
        return f"(SELECT {taken} FROM jsonb_array_elements(%s::jsonb) AS t(row))"
    taken = ", ".join(
        f"json_extract(value, '$[{place}]') AS {name}" for place, name in enumerate(columns)
    )
    return f"(SELECT {taken} FROM json_each(%s))"


def narrows(chosen: str, name: str) -> str:
    """A condition: the JSON list `chosen` is empty or names the column `name`."""
    if on_postgres():
        return f"({chosen} = '[]' OR jsonb_exists({chosen}, {name}))"
    named = f"EXISTS (SELECT 1 FROM json_each({chosen}) AS one WHERE one.value = {name})"
    return f"({chosen} = '[]' OR {named})"


def at_rest(condition: str) -> str:
    """A condition: of the deliveries that meet another one, those that nobody is changing now.

    PostgreSQL would wait for the others, and two that wait for each other end in a deadlock.
    """
    if not on_postgres():
        return condition
    free = f"SELECT id FROM store_delivery WHERE {condition} FOR UPDATE SKIP LOCKED"
    return f"id = ANY(ARRAY({free}))"


def matches(column: str) -> str:
    """A condition: the column fits the regular expression that is the next parameter."""
    return f"{column} {'~' if on_postgres() else 'REGEXP'} %s"


def seconds(column: str) -> str:
    """The whole seconds since 1970 of a column that holds a time."""
    if on_postgres():
        return f"CAST(floor(extract(epoch FROM {column})) AS bigint)"
    return f"CAST(strftime('%%s', {column}) AS integer)"


def sorts(column: str) -> str:
    """A column that holds a time, as a value that sorts as times do and costs little to read."""
    return f"extract(epoch FROM {column})::float8" if on_postgres() else column


def alone(errand: int) -> bool:
    """Whether no other transaction is on this errand; nobody else is until this one ends.

    SQLite has one writer at a time anyway.
    """
    if not on_postgres():
        return True
    ((granted,),) = fetch("SELECT pg_try_advisory_xact_lock(%s)", [errand])
    return bool(granted)


def allow_large_sets() -> None:
    """Let PostgreSQL hold sets of millions in memory until this transaction ends.

    A set that it expects to be larger than a few megabytes is searched through for each row.
    """
    if on_postgres():
        change("SET LOCAL work_mem = '64MB'")


def storable(words: str, longest: int) -> str:
    """As much of a stranger's words as any database takes: a server may answer with any bytes."""
    return words.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")[:longest]


def dumped(rows: Iterable[Sequence[Any]]) -> str:
    """The parameter of a `rowset`."""
    return json.dumps(list(rows), ensure_ascii=False, default=str)


def by_id() -> str:
    """Words after a table's name: rows are found by their ids, which SQLite would not see itself.

    Without statistics it takes an index on a column that half of the rows share for a better one.
    """
    return "" if on_postgres() else "NOT INDEXED"


def listed(ids: Iterable[int]) -> str:
    """The parameter of `among`."""
    return f"[{','.join(map(str, ids))}]"


def among(column: str) -> str:
    """A condition: the column, a key, is among the numbers of the next parameter.

    PostgreSQL would not know how many they are, and read the whole table for them.
    """
    if on_postgres():
        return f"{column} = ANY(translate(%s, '[]', '{{}}')::bigint[])"
    return f"{column} IN (SELECT value FROM json_each(%s))"


def plain(column: str) -> str:
    """A text column in words that let no database take an index on it, where ids lead to the rows.

    PostgreSQL's statistics know nothing of a state that comes and goes within seconds: it would
    look through an index that is full of what was in that state before.
    """
    return f"({column} || '')" if on_postgres() else f"+{column}"


def is_lane(column: str) -> str:
    """A condition: the column is the lane of the next parameter; no index on it is taken."""
    return f"{column} IS NOT DISTINCT FROM %s" if on_postgres() else f"+{column} = %s"


def fetch(sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run a query and return all its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def fetch_prepared(sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run a query that a sender repeats all the time, planned once a connection; all its rows."""
    with _preparing() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def fetch_whole(columns: str, source: str, parameters: Sequence[Any]) -> list[Sequence[Any]]:
    """Run a query that a sender repeats all the time: some columns of `source`, read in one step.

    SQLite's driver lets go of the interpreter's lock for each row, and beside a busy event loop
    waits for it as often; so there the rows come as one value. `source` begins with FROM.
    """
    if on_postgres():
        return list(fetch_prepared(f"SELECT {columns} {source}", parameters))
    whole = f"SELECT json_group_array(json_array({columns})) {source}"
    ((rows,),) = fetch_prepared(whole, parameters)
    return list(json.loads(rows))


def change(sql: str, parameters: Sequence[Any] = ()) -> int:
    """Run a statement and return how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def change_prepared(sql: str, parameters: Sequence[Any] = ()) -> int:
    """Run a statement that a sender repeats all the time, planned once a connection."""
    with _preparing() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def _preparing() -> Any:
    """A cursor that has PostgreSQL plan each statement once; SQLite's do that anyway."""
    if not on_postgres():
        return connection.cursor()
    from psycopg import Cursor  # noqa: PLC0415 - it costs memory that SQLite does not need

    connection.ensure_connection()
    link = connection.connection
    if link.prepare_threshold is None:  # Django's own cursors prepare nothing
        link.prepare_threshold = 0
    cursor: Any = Cursor(link)
    wrapped = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    return wrapped(cursor)
