"""The live pages: a list of phones, one phone, and the same as JSON for scripts."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from broadcaster.i18n import _
from broadcaster.sandbox.faultfile import FaultMistake, planned
from broadcaster.sandbox.gallery.drawing import TEMPLATES, environment
from broadcaster.sandbox.gallery.screens import Phone, by_address, screen_of
from broadcaster.sandbox.gallery.shelf import PHOTOS, Shelf
from broadcaster.sandbox.phone import Platform, Shown

LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
ASSETS = frozenset({"gallery.css", "gallery.js", "live.js"})
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Clearing(StrEnum):
    """What `POST /api/clear?what=` forgets."""

    SHOWN = "shown"
    FAULTS = "faults"
    ALL = "all"


@asynccontextmanager
async def serving(pages: LivePages, *, port: int) -> AsyncIterator[str]:
    """Serve the pages on 127.0.0.1 and give their address; `port` 0 takes a free one."""
    app = web.Application(middlewares=[local_only])
    app.add_routes(pages.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@web.middleware
async def local_only(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer only those who asked for this machine by name, and no pages of other sites.

    A site that points its own name at 127.0.0.1 would otherwise read what parents received.
    """
    origin = request.headers.get("Origin", f"http://{request.host}")
    if not is_local(request.host) or origin != f"http://{request.host}":
        raise web.HTTPForbidden(text=_("Песочница отвечает только этому компьютеру.\n"))
    response = await handler(request)
    response.headers.update(HEADERS)
    return response


def is_local(host: str) -> bool:
    """Whether a Host header names this machine, with or without a port."""
    try:
        return urlsplit(f"//{host}").hostname in LOCAL
    except ValueError:
        return False


class LivePages:
    """What is served; the platforms may run in any loop, their inboxes are safe between threads."""

    def __init__(self, platforms: Mapping[str, Platform]) -> None:
        self._platforms = platforms
        self._shelf = Shelf("/files/")

    def routes(self) -> list[web.RouteDef]:
        """Every address of the pages."""
        return [
            web.get("/", self.phones),
            web.get("/phone/{platform}/{address}", self.phone),
            web.get("/static/{name}", self.asset),
            web.get("/files/{name}", self.file),
            web.get("/api/shown", self.shown),
            web.post("/api/faults", self.faults),
            web.post("/api/clear", self.clear),
        ]

    async def phones(self, _request: web.Request) -> web.Response:
        """Every address that anything has come to, with how much."""
        phones = {
            name: by_address(platform.inbox.all()) for name, platform in self._platforms.items()
        }
        return _page("live.html.j2", platforms=self._platforms, phones=phones)

    async def phone(self, request: web.Request) -> web.Response:
        """One phone with one program; an address that got nothing yet has an empty one."""
        name, address = request.match_info["platform"], request.match_info["address"]
        if name not in self._platforms:
            raise web.HTTPNotFound(
                text=_("Такой платформы в песочнице нет: {name}\n").format(name=name)
            )
        arrived = self._platforms[name].inbox.of(address)
        screen = screen_of(name, address, arrived, self._shelf, title=_("Школа"))
        return _page("live-phone.html.j2", phone=Phone(address, (screen,)))

    async def asset(self, request: web.Request) -> web.FileResponse:
        """A style sheet or script."""
        if request.match_info["name"] not in ASSETS:
            raise web.HTTPNotFound
        return web.FileResponse(TEMPLATES / request.match_info["name"])

    async def file(self, request: web.Request) -> web.Response:
        """A picture, or a document to save."""
        file = self._shelf.get(request.match_info["name"])
        if file is None:
            raise web.HTTPNotFound
        if file.media_type in PHOTOS:
            return web.Response(body=file.content, content_type=file.media_type)
        saved = {"Content-Disposition": "attachment"}
        return web.Response(body=file.content, headers=saved)

    async def shown(self, request: web.Request) -> web.Response:
        """Everything that arrived, narrowed by `?platform=` and `?address=`."""
        wanted = {
            key: request.query[key] for key in ("platform", "address") if key in request.query
        }
        items = [item for each in self._platforms.values() for item in each.inbox.all()]
        return _json(
            [
                self._as_json(item)
                for item in sorted(items, key=lambda item: item.at)
                if all(getattr(item, key) == value for key, value in wanted.items())
            ]
        )

    async def faults(self, request: web.Request) -> web.Response:
        """Add faults, one or a list, in the words of `examples/sandbox.yaml`."""
        try:
            given = await request.json()
            listed = [given] if isinstance(given, dict) else given
            entries = planned(listed, source="/api/faults", platforms=self._platforms)
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            return _problem("faults.not_json", _("Это не JSON: {error}").format(error=error))
        except FaultMistake as error:
            return _problem("faults.mistake", str(error))
        for entry in entries:
            self._platforms[entry.platform].faults.add(entry.fault)
        return _json({"added": len(entries)}, status=201)

    async def clear(self, request: web.Request) -> web.Response:
        """Forget what arrived, the faults to come, or both."""
        try:
            what = Clearing(request.query.get("what", Clearing.SHOWN))
        except ValueError:
            allowed = ", ".join(Clearing)
            return _problem("clear.unknown", _("what: можно {allowed}").format(allowed=allowed))
        for platform in self._platforms.values():
            if what is not Clearing.FAULTS:
                platform.inbox.clear()
            if what is not Clearing.SHOWN:
                platform.faults.clear()
        self._shelf.clear()
        return _json({"cleared": what})

    def _as_json(self, item: Shown) -> dict[str, Any]:
        return {
            "platform": item.platform,
            "address": item.address,
            "at": item.at.isoformat(),
            "ids": dict(item.ids),
            "subject": item.subject,
            "text": item.text,
            "html": item.html,
            "buttons": item.buttons,
            "album": item.album,
            "headers": dict(item.headers),
            "files": [
                {
                    "name": file.name,
                    "media_type": file.media_type,
                    "size": len(file.content),
                    "url": self._shelf.link(file).href,
                }
                for file in item.files
            ],
        }


def _page(template: str, **values: Any) -> web.Response:
    text = environment().get_template(template).render(assets="/static/", **values)
    return web.Response(text=text, content_type="text/html")


def _json(value: Any, *, status: int = 200) -> web.Response:
    text = json.dumps(value, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type="application/json")


def _problem(code: str, message: str) -> web.Response:
    return _json({"code": code, "message": message}, status=400)
