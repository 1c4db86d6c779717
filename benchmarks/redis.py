"""A Redis of its own: `python -m benchmarks.redis`."""

from __future__ import annotations

import asyncio

from benchmarks.serve import answer
from tests.servers.redis import running_redis


def main() -> None:
    """Run it until nobody asks any more."""
    with running_redis() as server:
        asyncio.run(answer(server.url, dict))


if __name__ == "__main__":
    main()
