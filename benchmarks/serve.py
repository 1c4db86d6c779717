"""The server's half of the talk: an address first, then a report for every line that is asked."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from typing import Any


async def answer(address: str, report: Callable[[], dict[str, Any]]) -> None:
    """Tell the address and answer every line with a report, until nobody asks any more."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()

    def asked() -> None:
        if sys.stdin.readline():
            _tell(report())
        else:
            loop.remove_reader(sys.stdin)
            over.set()

    loop.add_reader(sys.stdin, asked)
    _tell({"address": address})
    await over.wait()


def _tell(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)
