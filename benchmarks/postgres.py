"""A PostgreSQL that keeps its word: `python -m benchmarks.postgres`."""

from __future__ import annotations

import asyncio

import psycopg

from benchmarks.serve import answer
from tests.servers.postgres import running_postgres

DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "shared_buffers=128MB")


def main() -> None:
    """Run it until nobody asks any more."""
    with running_postgres(DURABLE) as server:
        with psycopg.connect(server.url) as connection:
            version = connection.info.server_version // 10_000
        asyncio.run(answer(server.url, lambda: {"version": version}))


if __name__ == "__main__":
    main()
