"""The example of `channels/ADDING.md` runs as it stands there."""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from uuid import uuid4

import pytest
from aiohttp import web

from broadcaster.bootstrap import outlet_of
from broadcaster.config import load
from broadcaster.contract import (
    Accepted,
    Channel,
    Content,
    Deferred,
    Envelope,
    Outcome,
    Part,
    Reason,
    Scope,
    Unconfirmed,
    Unreachable,
    Wording,
)
from broadcaster.services.outlets import Outlet
from tests.lent import MemoryUploads, OpenTurnstile

ADDING = Path(__file__).resolve().parents[2] / "channels" / "ADDING.md"
WELL, GONE, BROKEN, HASTY, MUTE = (f"+7900123456{number}" for number in range(5))


def block(language: str) -> str:
    """The document's first block of code in this language."""
    found = re.search(
        rf"^```{language}\n(.*?)^```", ADDING.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    assert found
    return found[1]


@dataclass
class Gatehouse:
    """The example's platform: how it answers depends on who is written to."""

    url: str = ""
    arrived: list[tuple[str, str]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.json_response({"account": "School 12"})
        message = await request.json()
        match message["to"]:
            case address if address == GONE:
                return web.Response(status=404)
            case address if address == BROKEN:
                return web.Response(status=503)
            case address if address == HASTY:
                return web.Response(status=429)
        self.arrived.append((message["to"], message["text"]))
        if message["to"] == MUTE:
            assert request.transport
            request.transport.close()
        return web.json_response({"id": len(self.arrived)})


@asynccontextmanager
async def gatehouse() -> AsyncIterator[Gatehouse]:
    house = Gatehouse()
    app = web.Application()
    app.router.add_route("*", "/", house.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    house.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield house
    finally:
        await runner.cleanup()


@pytest.fixture
def outlet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Outlet:
    """The example as the program takes it: its module, and its block over the defaults."""
    module = ModuleType("channels.gateway")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(block("python"), str(ADDING), "exec"), module.__dict__)
    monkeypatch.setenv("GATEWAY_TOKEN", "a-token-of-nobody")
    file = tmp_path / "school.yaml"
    file.write_text(block("yaml"), encoding="utf-8")
    config = load(file)
    return outlet_of(config, config.channels["gateway"])


def opened(outlet: Outlet, house: Gatehouse, turnstile: OpenTurnstile) -> Channel:
    config = replace(outlet.config, url=house.url)
    return outlet.adapter(config, turnstile=turnstile, uploads=MemoryUploads())


def envelopes(*addresses: str, texts: tuple[str, ...] = ("Завтра утренник",)) -> list[Envelope]:
    content = Content("guid", Wording.plain("Утренник"), tuple(map(Wording.plain, texts)))
    return [Envelope(uuid4(), address, content) for address in addresses]


async def sent(channel: Channel, batch: list[Envelope]) -> dict[str, Outcome]:
    pairs = [pair async for pair in channel.send(batch)]
    assert len(pairs) == len(batch)
    return {envelope.address: outcome for envelope, outcome in pairs}


async def test_a_batch_gets_an_outcome_each(outlet: Outlet) -> None:
    turnstile = OpenTurnstile()
    batch = envelopes(WELL, GONE, BROKEN, MUTE)
    async with gatehouse() as house, opened(outlet, house, turnstile) as channel:
        outcomes = await sent(channel, batch)
    assert {address: type(outcome) for address, outcome in outcomes.items()} == {
        WELL: Accepted,
        GONE: Unreachable,
        BROKEN: Deferred,
        MUTE: Unconfirmed,
    }
    assert sorted(turnstile.recorded) == sorted(envelope.delivery_id for envelope in batch)


async def test_too_many_requests_shut_the_channel(outlet: Outlet) -> None:
    async with gatehouse() as house, opened(outlet, house, OpenTurnstile()) as channel:
        (too_hasty,) = (await sent(channel, envelopes(HASTY))).values()
        (held,) = (await sent(channel, envelopes(WELL))).values()
    assert isinstance(too_hasty, Deferred)
    assert isinstance(held, Deferred)
    assert (too_hasty.reason, held.reason) == (Reason.RATE_LIMITED, Reason.HELD_BACK)
    assert too_hasty.scope is held.scope is Scope.CHANNEL


async def test_a_retry_sends_the_missing_part_alone(outlet: Outlet) -> None:
    (envelope,) = envelopes(WELL, texts=("Первая", "Вторая"))
    again = replace(envelope, parts_done=(Part(0, {"id": 7}),))
    async with gatehouse() as house, opened(outlet, house, OpenTurnstile()) as channel:
        (outcome,) = (await sent(channel, [again])).values()
        assert house.arrived == [(WELL, "Вторая")]
    assert outcome == Accepted((Part(0, {"id": 7}), Part(1, {"id": 1})))


async def test_a_refused_connection_defers(outlet: Outlet) -> None:
    async with gatehouse() as house:
        pass
    async with opened(outlet, house, OpenTurnstile()) as channel:
        (outcome,) = (await sent(channel, envelopes(WELL))).values()
        assert not (await channel.check()).ok
    assert isinstance(outcome, Deferred)
    assert outcome.reason is Reason.CONNECTION


async def test_check_names_the_account(outlet: Outlet) -> None:
    async with gatehouse() as house, opened(outlet, house, OpenTurnstile()) as channel:
        assert (await channel.check()).account == "School 12"


def test_telephones_have_one_spelling(outlet: Outlet) -> None:
    spell = outlet.adapter.normalise
    assert {spell(WELL), spell("8 (900) 123-45-60"), spell("+7 900 123 45 60")} == {WELL}
