"""How the database would go about a piece of work: its own words, statement by statement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection

from broadcaster.store.queries.dialect import on_postgres


def steps(work: Callable[[], Any]) -> list[list[str]]:
    """What the database would do, step by step, for each statement of some work."""
    statements: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, parameters: Any, *others: Any) -> Any:
        statements.append((sql, parameters))
        return execute(sql, parameters, *others)

    with connection.execute_wrapper(note):
        work()
    explain = "EXPLAIN" if on_postgres() else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        return [
            [step for *_, step in cursor.execute(f"{explain} {sql}", told)]
            for sql, told in statements
        ]


def first_read(plan: list[str]) -> str:
    """The step of a statement's plan that reads from the disk first."""
    if not on_postgres():
        return plan[0]
    return next(step for step in plan if " Scan " in step and "Heap" not in step)


def told_by_statistics() -> None:
    """Let PostgreSQL plan by what the tables hold, as if they were too long to be read whole.

    It decides by statistics, and reads whole what is short or has never been vacuumed, which the
    transaction of a test cannot do. SQLite decides by the statement.
    """
    if on_postgres():
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE store_delivery, store_receipt")
            cursor.execute("SET LOCAL enable_seqscan = off")
