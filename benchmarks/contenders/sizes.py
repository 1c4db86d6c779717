"""No contender: how many bytes the tables and their indexes take on disk."""

from __future__ import annotations

from typing import Any

from benchmarks import school  # noqa: F401 - sets Django up
from broadcaster.store.queries.dialect import fetch, on_postgres

COPIES = ("store_delivery",)
ANSWERS = ("store_receipt",)
ADDRESSES = ("store_address",)
FAMILIES = ("store_guardian", "store_pupil", "store_guardian_pupils", "store_pupil_groups")


def run() -> dict[str, Any]:
    """Bytes of copies, of answers, of addresses and of families."""
    kinds = {"copies": COPIES, "answers": ANSWERS, "addresses": ADDRESSES, "families": FAMILIES}
    return {kind: sum(map(_bytes, tables)) for kind, tables in kinds.items()}


def _bytes(table: str) -> int:
    if on_postgres():
        ((size,),) = fetch("SELECT pg_total_relation_size(%s)", [table])
    else:
        ((size,),) = fetch(
            "SELECT sum(pgsize) FROM dbstat WHERE name IN"
            " (SELECT name FROM sqlite_master WHERE tbl_name = %s)",
            [table],
        )
    return int(size)
