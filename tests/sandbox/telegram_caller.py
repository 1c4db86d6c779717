"""Calls to the local Telegram over HTTP, and what they are made of."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
from PIL import Image

from broadcaster.sandbox.phone import Shown
from broadcaster.sandbox.telegram import TelegramSandbox

TOKEN = "123456:sandbox"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Caller:
    """Calls methods over HTTP as any client may."""

    session: aiohttp.ClientSession
    sandbox: TelegramSandbox
    clock: Clock

    async def raw(
        self, method: str, *, token: str = TOKEN, **body: Any
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        url = f"{self.sandbox.base_url}/bot{token}/{method}"
        async with self.session.post(url, **body) as answer:
            return answer.status, await answer.json(), dict(answer.headers)

    async def ok(self, method: str, **parameters: Any) -> Any:
        status, answer, _ = await self.raw(method, json=parameters)
        assert (status, answer["ok"]) == (200, True), answer
        return answer["result"]

    async def refused(self, method: str, **parameters: Any) -> str:
        status, answer, _ = await self.raw(method, json=parameters)
        assert (answer["ok"], answer["error_code"]) == (False, status)
        return answer["description"]

    async def upload(self, kind: str, content: bytes, name: str = "а.pdf") -> dict[str, Any]:
        form = aiohttp.FormData({"chat_id": "5"}, quote_fields=False)
        form.add_field(kind, io.BytesIO(content), filename=name)
        _, answer, _ = await self.raw(f"send{kind.title()}", data=form)
        return answer

    def shown(self, address: str = "5") -> list[Shown]:
        return list(self.sandbox.inbox.of(address))


@asynccontextmanager
async def calling(rate: int | None = None, latency: float = 0.0) -> AsyncIterator[Caller]:
    clock = Clock()
    async with (
        TelegramSandbox(TOKEN, rate=rate, latency=latency, clock=clock) as sandbox,
        aiohttp.ClientSession() as session,
    ):
        yield Caller(session, sandbox, clock)


def picture(kind: str = "PNG", sides: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", sides, "teal").save(stream, kind, **options)
    return stream.getvalue()


def keyboard(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [list(buttons)]}
