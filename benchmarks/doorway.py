"""A mail server that notes when each message came: `python -m benchmarks.doorway [DELAY]`.

It waits DELAY milliseconds before each answer. Its report adds to the sink's the moments at which
messages arrived, in seconds since the epoch.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

import uvloop

from benchmarks.serve import answer
from benchmarks.sink import Session, Tally


class Watched(Tally):
    """What has arrived, and when."""

    def __init__(self) -> None:
        super().__init__()
        self._at: list[float] = []

    def take(self, message: bytes) -> int:
        """Count a message and look at the clock."""
        self._at.append(time.time())
        return super().take(message)

    def report(self) -> dict[str, Any]:
        """What has arrived, and begin anew."""
        at = self._at
        return {**super().report(), "at": at}


async def main() -> None:
    """Listen until nobody asks for reports."""
    tally = Watched()
    delay = float(sys.argv[1]) / 1000 if len(sys.argv) > 1 else 0.0
    server = await asyncio.get_running_loop().create_server(
        lambda: Session(tally, delay), "127.0.0.1", 0, backlog=100
    )
    port = server.sockets[0].getsockname()[1]
    await answer(f"127.0.0.1:{port}", tally.report)


if __name__ == "__main__":
    uvloop.run(main())
