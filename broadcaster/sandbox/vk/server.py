"""The socket, the tokens, the rate, and one request from form to answer."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections import Counter, deque
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, Self

from aiohttp import web

from broadcaster.sandbox.faults import FaultScript
from broadcaster.sandbox.garbage import garbled
from broadcaster.sandbox.phone import Inbox, Platform, ShownFile
from broadcaster.sandbox.vk import community, files, messages, wall
from broadcaster.sandbox.vk.checks import checked
from broadcaster.sandbox.vk.refusals import Refusal
from broadcaster.sandbox.vk.script import Call, calls_of
from broadcaster.sandbox.vk.tables import METHODS, USER_RATE, VERSION, Method, Token
from broadcaster.sandbox.vk.troubles import Cut, Ending, HttpFailure, Plan, plan
from broadcaster.sandbox.vk.world import Order, World

UNKNOWN_METHOD = 3
NO_AUTHORIZATION = 5
TOO_MANY = 6
BAD_REQUEST = 8
ACCESS_DENIED = 15
NOT_FOR_GROUPS = 27
LARGEST_REQUEST = 2**28
EVERYTHING = frozenset({"photos", "messages", "wall", "docs", "manage"})

RUNS: Mapping[str, Callable[[Order], Any]] = {
    "messages.send": messages.send,
    "messages.edit": messages.edit,
    "messages.delete": messages.delete,
    "messages.isMessagesFromGroupAllowed": messages.is_allowed,
    "photos.getMessagesUploadServer": files.photo_server,
    "photos.getWallUploadServer": files.photo_server,
    "photos.saveMessagesPhoto": files.save_photo,
    "photos.saveWallPhoto": files.save_photo,
    "docs.getMessagesUploadServer": files.document_server,
    "docs.getWallUploadServer": files.document_server,
    "docs.save": files.save_document,
    "wall.post": wall.post,
    "wall.edit": wall.edit,
    "wall.delete": wall.delete,
    "groups.getById": community.get_by_id,
    "groups.getTokenPermissions": community.permissions,
}


class VkSandbox(Platform):
    """A local VK with one community; `rate` is requests a second of its token, None is no limit.

    `rights` are what the community's token may do, `latency` is in seconds, `tls` encrypts.
    """

    name = "vk"

    def __init__(
        self,
        *,
        token: str,
        group_id: int,
        user_token: str = "",
        port: int = 0,
        rate: int | None = None,
        latency: float = 0.0,
        rights: frozenset[str] = EVERYTHING,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.base_url = f"http://127.0.0.1:{port}"
        self.faults = FaultScript()
        self.inbox = Inbox()
        self.calls: dict[str, int] = Counter()
        self.world = World(group_id, self.inbox)
        self._tokens = {token: Token.GROUP} | ({user_token: Token.USER} if user_token else {})
        self._port = port
        self._tls = tls
        self._rate = rate
        self._latency = latency
        self._rights = rights
        self._times: dict[Token, deque[float]] = {kind: deque() for kind in Token}

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=LARGEST_REQUEST)
        app.router.add_post("/method/{name}", self._method)
        app.router.add_post("/upload/{sort}", self._upload)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, ssl_context=self._tls).start()
        self._port = self._runner.addresses[0][1]
        self.base_url = f"{'https' if self._tls else 'http'}://127.0.0.1:{self._port}"
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self._runner.cleanup()

    async def _method(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        self.calls[name] += 1
        await asyncio.sleep(self._latency)
        form = {key: str(value) for key, value in (await request.post()).items()}
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        ending = Ending()
        try:
            body = self._answer(name, {"access_token": bearer} | form, ending)
        except Refusal as refusal:
            body = refusal.body(name, form, self.base_url)
        except HttpFailure as failure:
            return web.Response(status=failure.status)
        except Cut as cut:
            ending = Ending(cut.seconds, dropped=True)
            body = {}
        return await _end(request, body, ending)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        self.calls["upload"] += 1
        found = [
            ShownFile(field.filename, field.content_type, field.file.read())
            for field in (await request.post()).values()
            if isinstance(field, web.FileField)
        ]
        if not found:
            return web.json_response({"error": "no_file"})
        take = files.take_photo if request.match_info["sort"] == "photo" else files.take_document
        return web.json_response(take(self.world, found[0]))

    def _answer(self, name: str, form: Mapping[str, str], ending: Ending) -> dict[str, Any]:
        """The body of a successful answer; raises Refusal or HttpFailure."""
        token = self._identify(form)
        self._count(token)
        if name != "execute":
            planned = plan(self.faults, Call(name, form), ending)
            return {"response": self._run(planned, token)}
        method = _permitted(name, token, self._rights)
        calls = calls_of(checked(method, form)["code"])
        if refusal := plan(self.faults, Call(name, {}), ending).refusal:
            raise refusal
        return self._execute([plan(self.faults, call, ending) for call in calls], token)

    def _execute(self, plans: list[Plan], token: Token) -> dict[str, Any]:
        answers: list[Any] = []
        errors: list[dict[str, Any]] = []
        for planned in plans:
            try:
                answers.append(self._run(planned, token))
            except Refusal as refusal:
                answers.append(False)
                errors.append(refusal.of_call(planned.call.method))
        body: dict[str, Any] = {"response": answers}
        return body | {"execute_errors": errors} if errors else body

    def _run(self, planned: Plan, token: Token) -> Any:
        method = _permitted(planned.call.method, token, self._rights)
        values = checked(method, planned.call.form)
        if planned.refusal:
            raise planned.refusal
        order = Order(self.world, values, planned.refused, self._rights, self.base_url)
        return RUNS[planned.call.method](order)

    def _identify(self, form: Mapping[str, str]) -> Token:
        given = form.get("access_token", "")
        if not given:
            raise Refusal(NO_AUTHORIZATION, "no access_token passed.")
        if given not in self._tokens:
            raise Refusal(NO_AUTHORIZATION, "invalid access_token (4).")
        if form.get("v") != VERSION:
            raise Refusal(BAD_REQUEST, f"v (version) should be {VERSION}")
        return self._tokens[given]

    def _count(self, token: Token) -> None:
        if self._rate is None:
            return
        times, now = self._times[token], monotonic()
        while times and times[0] <= now - 1:
            times.popleft()
        if len(times) >= (min(self._rate, USER_RATE) if token is Token.USER else self._rate):
            raise Refusal(TOO_MANY)
        times.append(now)


def _permitted(name: str, token: Token, rights: frozenset[str]) -> Method:
    method = METHODS.get(name)
    if method is None:
        raise Refusal(UNKNOWN_METHOD)
    if token not in method.tokens:
        if token is Token.GROUP:
            raise Refusal(NOT_FOR_GROUPS, "method is unavailable with group auth.")
        raise Refusal(ACCESS_DENIED, "method is unavailable with user auth.")
    if token is Token.GROUP and method.right and method.right not in rights:
        raise Refusal(ACCESS_DENIED, "no access to call this method")
    return method


async def _end(request: web.Request, body: object, ending: Ending) -> web.StreamResponse:
    await asyncio.sleep(ending.delay)
    if ending.dropped and request.transport is not None:
        request.transport.abort()
    if ending.garbled is not None:
        return await garbled(request, json.dumps(body), ending.garbled)
    return web.json_response(body)
