"""python-telegram-bot, nothing else: over its own transport, or over ours."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import telegram
import uvloop
from telegram.request import BaseRequest, HTTPXRequest

from benchmarks.stopwatch import stopwatch
from broadcaster.contract import Secret
from channels.telegram.request import AiohttpRequest

TOKEN = "100200300:of-a-benchmark"
TEXT = "<b>Тонкий лёд</b>\n\nПросим прочитать это вместе с ребёнком. " * 8


def run(*, server: str, transport: str, connections: int, count: int) -> dict[str, float]:
    """Send `count` messages, as many at once as there are connections."""
    with stopwatch() as lap:
        uvloop.run(_send(server, transport, connections, iter(range(1, count + 1))))
    return {"seconds": lap.seconds, "cpu": lap.cpu}


async def _send(server: str, transport: str, connections: int, numbers: Iterator[int]) -> None:
    request: BaseRequest = (
        AiohttpRequest(Secret(TOKEN), timeout=20.0, connections=connections, proxy="")
        if transport == "ours"
        else HTTPXRequest(connection_pool_size=connections)
    )
    bot = telegram.Bot(
        TOKEN, base_url=f"{server}/bot", request=request, get_updates_request=request
    )
    await request.initialize()
    await asyncio.gather(*(_line(bot, numbers) for _ in range(connections)))
    await request.shutdown()


async def _line(bot: telegram.Bot, numbers: Iterator[int]) -> None:
    for number in numbers:
        await bot.send_message(number, TEXT, parse_mode="HTML")
