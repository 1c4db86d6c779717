"""Platforms whose certificate nobody should trust; whatever they receive is a broken promise."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from broadcaster.playground import COMMUNITY, TOKENS
from broadcaster.sandbox.mail import MailSandbox
from broadcaster.sandbox.phone import Platform
from broadcaster.sandbox.telegram import TelegramSandbox
from broadcaster.sandbox.vk import VkSandbox
from tests.faults.parts import ROOT

KEY = ROOT / "tests" / "channels" / "keys" / "server.key"
SIGNED_BY_ITSELF = ROOT / "tests" / "channels" / "keys" / "server.pem"
KEYS = Path(__file__).with_name("keys")
EXPIRED, ELSEWHERE = KEYS / "expired.pem", KEYS / "elsewhere.pem"


class Strangers:
    """The three platforms with one certificate, in a loop of their own."""

    def __init__(self, certificate: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, KEY)
        telegram = TelegramSandbox(TOKENS["TELEGRAM_TOKEN"], tls=context)
        vk = VkSandbox(token=TOKENS["VK_TOKEN"], group_id=COMMUNITY, tls=context)
        mail = cast("Platform", MailSandbox(starttls=context))
        self._platforms: Mapping[str, Platform] = {"telegram": telegram, "vk": vk, "email": mail}

    def addresses(self) -> dict[str, str]:
        """Where each listens."""
        return {name: each.base_url for name, each in self._platforms.items()}

    def received(self) -> int:
        """How many messages they have taken."""
        return sum(len(each.inbox.all()) for each in self._platforms.values())

    async def open(self) -> None:
        """Listen."""
        for each in self._platforms.values():
            await each.__aenter__()

    async def close(self) -> None:
        """Listen no more."""
        for each in self._platforms.values():
            await each.__aexit__(None, None, None)


@contextmanager
def strangers(certificate: Path) -> Iterator[Strangers]:
    """Platforms with this certificate for the length of the block."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def run(work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, loop).result(30)

    made = Strangers(certificate)
    run(made.open())
    try:
        yield made
    finally:
        run(made.close())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
