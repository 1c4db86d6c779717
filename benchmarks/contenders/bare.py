"""aiosmtplib and nothing else: prebuilt bytes, nobody's name, nothing written down."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import aiosmtplib
import uvloop

from benchmarks.stopwatch import stopwatch

RUN = {"asyncio": asyncio.run, "uvloop": uvloop.run}


def run(*, server: str, message: str, count: int, connections: int, loop: str) -> dict[str, float]:
    """Send the bytes of the file `message` to `count` addresses over so many connections."""
    prebuilt = Path(message).read_bytes()
    with stopwatch() as lap:
        RUN[loop](_send(server, prebuilt, iter(range(count)), connections))
    return {"seconds": lap.seconds, "cpu": lap.cpu}


async def _send(server: str, message: bytes, numbers: Iterator[int], connections: int) -> None:
    await asyncio.gather(*(_connection(server, message, numbers) for _ in range(connections)))


async def _connection(server: str, message: bytes, numbers: Iterator[int]) -> None:
    host, _, port = server.rpartition(":")
    async with aiosmtplib.SMTP(hostname=host, port=int(port), start_tls=False) as client:
        for number in numbers:
            await client.sendmail(
                "school@school.example", [f"parent{number}@family.example"], message
            )
