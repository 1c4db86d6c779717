"""Asking the local VK as VK is asked: forms in, JSON out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession, FormData

from broadcaster.sandbox.faults import Fault
from broadcaster.sandbox.vk import VkSandbox

GROUP = 777
COMMUNITY = "community-token"
USER = "user-token"
KEYBOARD = {
    "inline": True,
    "buttons": [[{"action": {"type": "callback", "label": "Ознакомлен", "payload": "{}"}}]],
}


class Asking:
    def __init__(self, platform: VkSandbox, session: ClientSession) -> None:
        self.platform = platform
        self.session = session

    async def raw(self, method: str, form: dict[str, Any]) -> Any:
        url = f"{self.platform.base_url}/method/{method}"
        async with self.session.post(url, data=form) as answer:
            assert answer.status == 200
            return await answer.json()

    async def __call__(self, method: str, *, token: str = COMMUNITY, **form: Any) -> Any:
        return await self.raw(method, {"access_token": token, "v": "5.199", **form})

    async def code(self, method: str, *, token: str = COMMUNITY, **form: Any) -> int:
        return int((await self(method, token=token, **form))["error"]["error_code"])

    async def send(self, peers: str, text: str = "Привет", **form: Any) -> Any:
        given = {"peer_ids": peers, "message": text, "random_id": 0, **form}
        return await self("messages.send", **given)

    async def upload(self, server: Any, field: str, name: str, content: bytes) -> Any:
        form = FormData(quote_fields=False)
        form.add_field(field, content, filename=name, content_type="image/jpeg")
        url = server["response"]["upload_url"]
        async with self.session.post(url, data=form) as answer:
            return await answer.json()

    async def photo(self, content: bytes = b"jpeg") -> str:
        server = await self("photos.getMessagesUploadServer", peer_id=1)
        told = await self.upload(server, "photo", "снег.jpg", content)
        [saved] = (await self("photos.saveMessagesPhoto", **told))["response"]
        return f"photo{saved['owner_id']}_{saved['id']}_{saved['access_key']}"

    async def document(self, name: str = "план.pdf") -> str:
        server = await self("docs.getWallUploadServer", group_id=GROUP)
        told = await self.upload(server, "file", name, b"%PDF")
        saved = (await self("docs.save", file=told["file"], title=name))["response"]["doc"]
        return f"doc{saved['owner_id']}_{saved['id']}_{saved['access_key']}"


@asynccontextmanager
async def asking(*faults: Fault, **settings: Any) -> AsyncIterator[Asking]:
    given = {"token": COMMUNITY, "user_token": USER, "group_id": GROUP, **settings}
    async with VkSandbox(**given) as platform, ClientSession() as session:
        platform.faults.add(*faults)
        yield Asking(platform, session)
