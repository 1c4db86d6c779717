"""The Bot API's HTTP server: tokens, methods, limits and the script of faults."""

from __future__ import annotations

import asyncio
import json
import re
import ssl
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Self

from aiohttp import web

from broadcaster.sandbox.faults import Fault, FaultKind, FaultScript
from broadcaster.sandbox.garbage import garbled
from broadcaster.sandbox.phone import Inbox
from broadcaster.sandbox.telegram.call import Call, read
from broadcaster.sandbox.telegram.changing import Changing
from broadcaster.sandbox.telegram.chats import NAME, Chats
from broadcaster.sandbox.telegram.refusal import Refusal
from broadcaster.sandbox.telegram.sending import Sending
from broadcaster.sandbox.telegram.tables import METHODS, UPLOAD_BYTES
from broadcaster.sandbox.telegram.trouble import Meter, kinds_for, refusal
from broadcaster.sandbox.telegram.vault import Vault

_TOKEN = re.compile(r"[1-9][0-9]{0,15}:[A-Za-z0-9_-]+")
_FREE_OF_CHARGE = frozenset({"getMe", "getChat", "getUpdates"})
"""Methods that the limit of calls does not count."""


class TelegramSandbox:
    """A bot's whole Telegram on 127.0.0.1: every chat exists, every reader has started the bot.

    `token` is the only one accepted. `rate` is how many calls a second are let through before a
    429, beyond which a message may be paid for; None is no limit. `latency` is in seconds, `tls`
    encrypts, `clock` tells the time of messages.
    """

    name = NAME

    def __init__(
        self,
        token: str = "100200300:SANDBOX-token-of-nobody",  # noqa: S107 a sandbox keeps no secret
        *,
        port: int = 0,
        rate: int | None = None,
        latency: float = 0.0,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.token = token
        self.faults = FaultScript()
        self.inbox = Inbox()
        self.calls: dict[str, int] = Counter()
        self.base_url = f"http://127.0.0.1:{port}"
        self._port = port
        self._tls = tls
        self._latency = latency
        self._meter = Meter(rate)
        self._chats = Chats(self.inbox, clock)
        self._handlers = self._methods()
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        """Listen."""
        app = web.Application(client_max_size=UPLOAD_BYTES + 1_000_000)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_route("*", "/{path:.*}", _not_found)
        # No access log: it would write down tokens.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        self._closing.clear()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, ssl_context=self._tls).start()
        scheme = "https" if self._tls else "http"
        self.base_url = f"{scheme}://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *failure: object) -> None:
        """Stop listening and end open connections."""
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _methods(self) -> Mapping[str, Callable[[Call], Any]]:
        sending, changing = Sending(self._chats, Vault()), Changing(self._chats)
        return {
            "getMe": self._me,
            "getChat": lambda call: _full(self._chats.find(call.address).wire),
            "getUpdates": lambda _: [],
            "sendMessage": sending.message,
            "sendPhoto": sending.file,
            "sendDocument": sending.file,
            "sendVideo": sending.file,
            "sendMediaGroup": sending.album,
            "editMessageText": changing.text,
            "editMessageCaption": changing.caption,
            "editMessageReplyMarkup": changing.markup,
            "deleteMessage": changing.delete,
            "deleteMessages": changing.delete_many,
        }

    def _me(self, _: Call) -> dict[str, Any]:
        number = int(self.token.partition(":")[0])
        return {"id": number, "is_bot": True, "first_name": "Sandbox", "username": "sandbox_bot"}

    @property
    def paid(self) -> int:
        """Messages that cost Stars so far."""
        return self._meter.paid

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(self._latency)
        try:
            result, fault = await self._result(request)
        except Refusal as refused:
            return _json(refused.body, refused.status, refused.headers)
        except web.HTTPRequestEntityTooLarge:
            return _json(Refusal(413).body, 413)
        body = {"ok": True, "result": result}
        if fault and fault.kind is FaultKind.GARBAGE:
            return await garbled(request, json.dumps(body), fault.detail)
        return _json(body)

    async def _result(self, request: web.Request) -> tuple[Any, Fault | None]:
        """What the method returns, and what the script has for the answer; raises Refusal."""
        self._check_token(request.match_info["token"])
        method = _method(request.match_info["method"])
        self.calls[method] += 1
        call = await read(request, method, METHODS[method])
        if method not in _FREE_OF_CHARGE:
            self._meter.count(may_pay=call.get("allow_paid_broadcast", False))
        fault = self.faults.take(method, call.address, kinds=kinds_for(call.address))
        if fault and (refused := refusal(fault, call.address)):
            raise refused
        if fault and fault.kind is FaultKind.CUT:
            await self._wait(fault.seconds)
            _hang_up(request)
            return None, None
        result = self._handlers[method](call)
        await self._dally(call, fault, request)
        return result, fault

    async def _dally(self, call: Call, fault: Fault | None, request: web.Request) -> None:
        """Keep the caller waiting where the method, or the fault, says so; drop the connection."""
        if fault and fault.kind is FaultKind.DROP:
            _hang_up(request)
        slow = fault.seconds if fault and fault.kind is FaultKind.SLOW else 0.0
        await self._wait(slow or float(call.get("timeout", 0)))

    async def _wait(self, seconds: float) -> None:
        """Let time pass, unless the platform closes."""
        if seconds:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), seconds)

    def _check_token(self, token: str) -> None:
        if not _TOKEN.fullmatch(token):
            raise Refusal(404)
        if token != self.token:
            raise Refusal(401)


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _method(named: str) -> str:
    for method in METHODS:
        if method.lower() == named.lower():
            return method
    raise Refusal(404, "method not found")


def _full(chat: dict[str, Any]) -> dict[str, Any]:
    """A ChatFullInfo: the Chat with what it must have besides."""
    return {
        **chat,
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }


async def _not_found(_: web.Request) -> web.Response:
    return _json(Refusal(404).body, 404)


def _json(
    body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    return web.json_response(body, status=status, headers=headers)
