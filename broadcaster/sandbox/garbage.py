"""Answers over HTTP that no good platform gives: what a broken proxy or server sends instead."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from aiohttp import web

PAGE = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
PIECE = b" " * 65_536
BODIES: Mapping[str, str] = {
    "": "Service is OK",
    "empty": "",
    "page": PAGE,
    "list": "[1, 2, 3]",
    "null": "null",
}
"""What stands in place of the answer; `truncated` and `plain` are made of the answer itself,
`endless` is a body that begins well.
"""


async def garbled(request: web.Request, answer: str, sort: str) -> web.StreamResponse:
    """A success whose body is not the `answer`; raises KeyError for a sort that is unknown."""
    match sort:
        case "truncated":
            return web.Response(text=answer[: len(answer) // 2], content_type="application/json")
        case "plain":
            return web.Response(text=answer, content_type="text/plain")
        case "endless":
            return await _endless(request)
        case _:
            html = "text/html" if sort == "page" else "application/json"
            return web.Response(text=BODIES[sort], content_type=html)


async def _endless(request: web.Request) -> web.StreamResponse:
    """Write until the caller has had enough."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"ok": true, "result": "')
    with suppress(ConnectionError):
        while request.transport is not None:
            await response.write(PIECE)
            await asyncio.sleep(0.001)
    return response
