"""A mail server that notes when each message came: `python -m benchmarks.doorway [DELAY]`.

It waits DELAY milliseconds before each answer. Its report adds to the sink's the moments at which
messages arrived, in seconds since the epoch.
"""

from __future__ import annotations

import time
from typing import Any

import uvloop

from benchmarks.sink import Tally, main


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


if __name__ == "__main__":
    uvloop.run(main(Watched()))
