"""`start-link`: the way in for the first administrator."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from django.urls import reverse

from broadcaster.cli.doors import database_open, pages_url
from broadcaster.cli.output import BAD_INPUT, Json, emit, fail, say
from broadcaster.i18n import _
from broadcaster.services.first_start import AlreadyStarted, make_code

Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        metavar=_("АДРЕС"),
        show_default=False,
        help=_("Адрес, по которому открываются страницы; без него — школы, public_url."),
    ),
]


def start_link(url: Url = None, *, as_json: Json = False) -> None:
    """Print a new link for the first start; the links before it open nothing any more."""
    database_open()
    url = url or pages_url()
    link = first_link(url)
    if link is None:
        words = _("Администратор уже есть: первый запуск закончен. Войдите: {url}")
        fail("already_started", [words.format(url=url)], exit_code=BAD_INPUT)
    if as_json:
        emit({"start": link})
        return
    say(_("Откройте в браузере: {link}").format(link=link), "bold")
    say(_("Ссылка одноразовая и действует семь дней; прежние больше не открываются."))


def first_link(url: str) -> str | None:
    """A new link to the set-up under this address; None when there is somebody who can sign in."""
    try:
        code = make_code(now=datetime.now(UTC))
    except AlreadyStarted:
        return None
    return url.rstrip("/") + reverse("start", args=[code])
