"""Telegram: python-telegram-bot over two transports, and a drain at the bot's limit."""

from __future__ import annotations

from functools import partial

from benchmarks import limited
from benchmarks.children import Server, contend, serving
from benchmarks.figures import Contender, Figures, Void, by_turns
from benchmarks.plan import Plan
from benchmarks.ratios import Spread, paired
from benchmarks.table import Table

OURS, STOCK, ALONE = "aiohttp, ours", "httpx, its own", "httpx, one by one"
CONNECTIONS = 16


def measure(plan: Plan) -> list[Table]:
    """Both parts."""
    with serving("echo") as echo:
        contenders: dict[str, Contender] = {
            OURS: partial(client, echo, "ours", CONNECTIONS, plan.posts * 4),
            STOCK: partial(client, echo, "stock", CONNECTIONS, plan.posts // 2),
            ALONE: partial(client, echo, "stock", 1, plan.posts // 2),
        }
        rounds = by_turns(contenders, least=1, most=min(plan.rounds, 3), until=plan.until)
    ours = [run.rate for run in rounds[OURS]]
    rows = []
    for name, runs in rounds.items():
        rates = [run.rate for run in runs]
        rate, cpu = Spread.of(rates).median, Spread.of(run.cpu for run in runs).median
        rows.append((name, str(paired(ours, rates)), f"{rate:,.0f}", f"{cpu:.2f}"))
    header = ("transport", "ours is times as fast", "a second*", "CPU s/1,000*")
    notes = (f"sendMessage to a server that says yes at once, {CONNECTIONS} connections, uvloop.",)
    clients = Table("python-telegram-bot over its two transports", header, rows, notes)
    return [clients, *limited.telegram(plan)]


def client(echo: Server, transport: str, connections: int, count: int) -> Figures:
    """One run of the client."""
    told = contend(
        "telegram_client",
        {},
        server=echo.address,
        transport=transport,
        connections=connections,
        count=count,
    )
    if (seen := echo.report()["count"]) != count:
        raise Void(f"{transport}: {seen} of {count} requests arrived")
    return Figures(count, told)
