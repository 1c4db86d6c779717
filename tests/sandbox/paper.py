"""The smallest platform, and a browser that looks at what it has got."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Self

import aiohttp
from yarl import URL

from broadcaster.sandbox.faults import FaultScript
from broadcaster.sandbox.phone import Inbox, Shown, ShownFile

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PHOTO = ShownFile("пруд.jpg", "image/jpeg", b"a picture")
MEMO = ShownFile("памятка.pdf", "application/pdf", b"%PDF-")


class Paper:
    """The smallest platform: messages are put into its inbox by hand."""

    base_url = "paper:"

    def __init__(self, name: str = "paper", *, broken: str = "") -> None:
        self.name = name
        self.faults = FaultScript()
        self.inbox = Inbox()
        self.calls: dict[str, int] = {}
        self.running = False
        self._broken = broken

    async def __aenter__(self) -> Self:
        if self._broken == "start":
            raise OSError(self.name)
        self.running = True
        return self

    async def __aexit__(self, *failure: object) -> None:
        self.running = False
        if self._broken == "stop":
            raise OSError(self.name)

    def show(self, **fields: Any) -> None:
        given = {"platform": self.name, "address": "11", "at": NOON, "ids": {"message_id": 1}}
        self.inbox.add(Shown(**{**given, **fields}))


async def page(browser: aiohttp.ClientSession, path: str | URL) -> str:
    """A page that is there."""
    async with browser.get(path) as answer:
        assert answer.status == 200
        return await answer.text()


async def status(
    browser: aiohttp.ClientSession, path: str, *, headers: Mapping[str, str] | None = None
) -> int:
    """How a page is answered."""
    async with browser.get(path, headers=headers) as answer:
        return answer.status


async def post(
    browser: aiohttp.ClientSession, path: str, body: str = ""
) -> tuple[int, dict[str, Any]]:
    """How a script is answered, and with what."""
    async with browser.post(path, data=body.encode()) as answer:
        return answer.status, await answer.json()
