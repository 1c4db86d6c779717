"""`serve`: the whole system as child processes on one machine."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated
from urllib.parse import urlsplit

import redis
import typer
from django.conf import settings

from broadcaster.bootstrap import office
from broadcaster.cli.output import AWAY, Json, emit, fail, say
from broadcaster.cli.ports import address, port_option, refuse_taken
from broadcaster.cli.processes import Terminated, children, start_web, start_worker
from broadcaster.cli.system import prepare
from broadcaster.i18n import _

LOOK_EVERY = 0.5
"""Seconds between looks at the children."""

Host = Annotated[
    str, typer.Option("--host", metavar=_("АДРЕС"), help=_("Адрес, на котором слушать."))
]
WebPort = Annotated[int, port_option(_("Порт веб-страниц."))]


def serve(host: Host = "127.0.0.1", port: WebPort = 8000, *, as_json: Json = False) -> None:
    """Run everything until Ctrl-C or SIGTERM, or until a part ends by itself."""
    office()
    refuse_taken(host, port)
    _refuse_silent_redis()
    prepare()
    place, logs = address(host, port), settings.HOME / "logs"
    environment = os.environ | {"BROADCASTER_HOSTS": _hosts(host)}
    with suppress(Terminated), children(logs, environment) as group:
        start_worker(group)
        start_web(group, place)
        if as_json:
            emit({"url": f"http://{place}/site/", "logs": logs})
        else:
            say(_("Работает: http://{place}/site/").format(place=place), "bold")
            say(_("Журналы: {folder}. Остановить: Ctrl-C.").format(folder=logs))
        _stay(group.check, as_json=as_json)


def _hosts(host: str) -> str:
    """The names under which the web may be asked for, unless somebody has listed them."""
    public = urlsplit(office().school.public_url).hostname
    known = dict.fromkeys(filter(None, ("127.0.0.1", "localhost", host, public)))
    return os.environ.get("BROADCASTER_HOSTS") or ",".join(known)


def _stay(check_children: Callable[[], None], *, as_json: bool) -> None:
    try:
        while True:
            check_children()
            time.sleep(LOOK_EVERY)
    except (KeyboardInterrupt, Terminated):
        if not as_json:
            say(_("Останавливаюсь: жду, пока уйдёт то, что отправляется…"))
        raise


def _refuse_silent_redis() -> None:
    if not settings.REDIS_URL:
        return
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        words = _(
            "Redis не отвечает: {why}. Запустите его или уберите REDIS_URL: очередь есть и своя."
        )
        fail("no_redis", [words.format(why=str(error).rstrip("."))], exit_code=AWAY)
