"""A local VK with a channel open towards it, for the tests of the channel."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from aiohttp import web

from broadcaster.contract import (
    Accepted,
    Attachment,
    Button,
    Content,
    Envelope,
    Outcome,
    Part,
    Secret,
    Wording,
)
from broadcaster.sandbox.faults import Fault
from broadcaster.sandbox.vk import VkSandbox
from channels.vk import Vk
from channels.vk.channel import VkConfig
from tests.lent import MemoryUploads, OpenTurnstile

TOKEN = "vk1.a.community-Tq83"
USER_TOKEN = "vk1.a.administrator-Xw20"
GROUP = 777
WALL = f"wall-{GROUP}"
JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


@dataclass
class VkStage:
    platform: VkSandbox
    channel: Vk
    turnstile: OpenTurnstile
    uploads: MemoryUploads = field(default_factory=MemoryUploads)

    async def send(self, *envelopes: Envelope) -> dict[str, Outcome]:
        """Outcomes by address."""
        return {e.address: outcome async for e, outcome in self.channel.send(envelopes)}

    async def outcome(self, envelope: Envelope) -> Outcome:
        [(_, outcome)] = [pair async for pair in self.channel.send([envelope])]
        return outcome

    async def begin(self) -> None:
        """Let a first message pass, and forget it."""
        while not isinstance(await self.outcome(letter(content("Проба"), 1)), Accepted):
            self.turnstile.forget()
        self.turnstile.forget()
        self.platform.inbox.clear()
        self.platform.calls.clear()

    def texts(self, address: object) -> list[str]:
        return [shown.text for shown in self.platform.inbox.of(str(address))]


@asynccontextmanager
async def staged(
    *faults: Fault,
    administrator: bool = False,
    timeout: float = 5.0,
    rights: Sequence[str] = ("photos", "messages", "wall", "docs"),
    uploads: MemoryUploads | None = None,
    at_work: bool = True,
) -> AsyncIterator[VkStage]:
    """A community with these faults; `at_work` lets a message pass before they begin."""
    sandbox = VkSandbox(
        token=TOKEN, user_token=USER_TOKEN, group_id=GROUP, rights=frozenset(rights)
    )
    async with sandbox as platform:
        turnstile, lent = OpenTurnstile(), uploads or MemoryUploads()
        config = configured(platform.base_url, administrator=administrator, timeout=timeout)
        async with Vk(config, turnstile=turnstile, uploads=lent) as channel:
            stage = VkStage(platform, channel, turnstile, lent)
            if at_work:
                await stage.begin()
            platform.faults.add(*faults)
            yield stage


@asynccontextmanager
async def answering(
    handle: Callable[[web.Request], Awaitable[web.StreamResponse]], *, timeout: float = 5.0
) -> AsyncIterator[Vk]:
    """A channel towards a server that says who it is and answers all else in its own way."""
    app = web.Application()
    app.router.add_post("/method/groups.getById", _the_community)
    app.router.add_route("*", "/{anything:.*}", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    config = configured(f"http://127.0.0.1:{runner.addresses[0][1]}", timeout=timeout)
    try:
        async with Vk(config, turnstile=OpenTurnstile(), uploads=MemoryUploads()) as channel:
            yield channel
    finally:
        await runner.cleanup()


async def _the_community(_: web.Request) -> web.Response:
    group = {"id": GROUP, "name": "Школа"}
    return web.json_response({"response": {"groups": [group], "profiles": []}})


def configured(base_url: str, *, administrator: bool = False, timeout: float = 5.0) -> VkConfig:
    user = Secret(USER_TOKEN if administrator else "")
    return VkConfig(Secret(TOKEN), GROUP, user, base_url, timeout=timeout)


def content(
    *texts: str | Wording,
    attachments: Sequence[Attachment] = (),
    buttons: Sequence[Button] = (),
) -> Content:
    wordings = (Wording.plain(text) if isinstance(text, str) else text for text in texts)
    return Content(
        guid=str(uuid4()),
        subject=Wording.plain("Объявление"),
        texts=tuple(wordings),
        attachments=tuple(attachments),
        buttons=tuple(buttons),
    )


def letter(shared: Content, address: object, *done: Part, **segments: str) -> Envelope:
    return Envelope(
        uuid4(),
        str(address),
        shared,
        segments=segments,
        raw_segments=segments,
        parts_done=done,
    )


def letters(shared: Content, count: int) -> list[Envelope]:
    """Copies to people 1, 2, … `count`."""
    return [letter(shared, number) for number in range(1, count + 1)]


def photo(folder: Path, name: str = "снег.jpg") -> Attachment:
    return a_file(folder, name, "image/jpeg", JPEG + name.encode())


def document(folder: Path, name: str = "план.pdf") -> Attachment:
    return a_file(folder, name, "application/pdf", b"%PDF-1.7 " + name.encode())


def a_file(folder: Path, name: str, media_type: str, what: bytes) -> Attachment:
    path = folder / name
    path.write_bytes(what)
    return Attachment.of(path, media_type)
