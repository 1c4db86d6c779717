"""A Telegram channel on its sandbox, servers that misbehave, and envelopes and files to send."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from aiohttp import web
from PIL import Image

from broadcaster.contract import (
    Attachment,
    Button,
    Content,
    Envelope,
    Outcome,
    Secret,
    Turnstile,
    Wording,
)
from broadcaster.sandbox.telegram import TelegramSandbox
from channels.telegram import Telegram
from tests.lent import MemoryUploads, OpenTurnstile

TOKEN = "4815162342:AAtoken-that-must-never-print"
PERSON, GROUP = "1000000001", "-4004"


@dataclass
class Stage:
    """A channel open towards a sandbox, and what it was lent."""

    sandbox: TelegramSandbox = field(default_factory=lambda: TelegramSandbox(TOKEN))
    turnstile: OpenTurnstile = field(default_factory=OpenTurnstile)
    uploads: MemoryUploads = field(default_factory=MemoryUploads)

    async def send(self, *envelopes: Envelope, turnstile: Turnstile | None = None) -> list[Outcome]:
        async with channel(self.sandbox.base_url, turnstile or self.turnstile, self.uploads) as tg:
            outcomes = {id(e): outcome async for e, outcome in tg.send(envelopes)}
        return [outcomes[id(envelope)] for envelope in envelopes]

    async def outcome(self, one: Envelope, *, turnstile: Turnstile | None = None) -> Outcome:
        [outcome] = await self.send(one, turnstile=turnstile)
        return outcome

    def texts(self, address: str = PERSON) -> list[str]:
        return [shown.text for shown in self.sandbox.inbox.of(address)]


def channel(
    base_url: str,
    turnstile: Turnstile | None = None,
    uploads: MemoryUploads | None = None,
    *,
    token: str = TOKEN,
    proxy: str = "",
    timeout: float = 1.0,
) -> Telegram:
    config = Telegram.Config(token=Secret(token), base_url=base_url, proxy=proxy, timeout=timeout)
    return Telegram(
        config, turnstile=turnstile or OpenTurnstile(), uploads=uploads or MemoryUploads()
    )


@dataclass
class Canned:
    """A server that says who the bot is and gives every other call the same answer.

    `asked` holds the forms of these, `at` the paths.
    """

    url: str = ""
    asked: list[dict[str, object]] = field(default_factory=list)
    at: list[str] = field(default_factory=list)


@asynccontextmanager
async def canned(
    status: int = 200, body: str = "", headers: dict[str, str] | None = None
) -> AsyncIterator[Canned]:
    server = Canned()
    message = {"message_id": 7, "date": 1, "chat": {"id": 5, "type": "private"}}
    text = body or json.dumps({"ok": True, "result": message})

    async def answer(request: web.BaseRequest) -> web.Response:
        if request.path.endswith("/getMe"):
            me = {"id": 1, "is_bot": True, "first_name": "Школа", "username": "school_bot"}
            return web.json_response({"ok": True, "result": me})
        server.asked.append(dict(await request.post()))
        server.at.append(str(request.url))
        told = text.replace("{path}", request.path)
        return web.Response(status=status, text=told, headers=headers)

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


async def outcome_from(url: str, *, proxy: str = "", timeout: float = 1.0) -> Outcome:
    async with channel(url, proxy=proxy, timeout=timeout) as tg:
        [(_, outcome)] = [pair async for pair in tg.send([envelope("Текст")])]
    return outcome


def envelope(
    *texts: str,
    address: str = PERSON,
    files: Sequence[Attachment] = (),
    buttons: Sequence[Button] = (),
) -> Envelope:
    content = Content(
        guid=str(uuid4()),
        subject=Wording.plain("Лёд & вода"),
        texts=tuple(map(Wording.plain, texts)),
        attachments=tuple(files),
        buttons=tuple(buttons),
    )
    return Envelope(uuid4(), address, content)


def copies(count: int, *files: Attachment) -> list[Envelope]:
    one = envelope("Подпись", files=files)
    return [replace(one, delivery_id=uuid4(), address=str(1000 + n)) for n in range(count)]


@dataclass
class Desk:
    """Makes files to attach."""

    folder: Path

    def photo(self, number: int = 0, size: tuple[int, int] = (40, 30)) -> Attachment:
        stream = io.BytesIO()
        Image.new("RGB", size, (number, 90, 120)).save(stream, "PNG")
        return self.file(f"Фото {number}.png", "image/png", stream.getvalue())

    def file(
        self,
        name: str = "Памятка.pdf",
        media_type: str = "application/pdf",
        content: bytes = b"%PDF",
    ) -> Attachment:
        path = self.folder / name
        path.write_bytes(content)
        return Attachment.of(path, media_type)
