"""`sandbox`: local platforms to try things out on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings

from broadcaster.cli.clock import school_time
from broadcaster.cli.output import Json, emit, say
from broadcaster.cli.playground import playground, stay
from broadcaster.cli.ports import port_option, refuse_taken
from broadcaster.config import load
from broadcaster.i18n import _
from broadcaster.playground import TOKENS, tell_addresses

Faults = Annotated[
    Path | None,
    typer.Option(
        "--faults",
        metavar=_("ФАЙЛ"),
        help=_("Что пойдёт не так, например examples/sandbox.yaml."),
    ),
]
PagePort = Annotated[int, port_option(_("Порт страницы с телефонами родителей."))]


Shared = Annotated[
    bool,
    typer.Option(
        "--shared",
        help=_("Занять свободные порты и стать песочницей этой установки (sandbox: true)."),
    ),
]


def sandbox(
    faults: Faults = None, port: PagePort = 8090, *, shared: Shared = False, as_json: Json = False
) -> None:
    """Run the sandbox platforms until Ctrl-C or SIGTERM."""
    if not shared:
        refuse_taken("127.0.0.1", port)
    school_time(load().school.time_zone)
    page = 0 if shared else port
    with playground(page_port=page, faults=faults) as place:
        if shared:
            tell_addresses(settings.HOME, place.addresses)
        if as_json:
            emit({
                "addresses": place.addresses,
                "environment": TOKENS,
                "config": place.channels,
            })  # fmt: skip
        else:
            say(_("Телефоны родителей: {url}").format(url=place.addresses["phones"]), "bold")
            say(_("Впишите в config/school.yaml:"))
            say(place.channels)
            say(_("и задайте переменные окружения:"))
            for name, value in TOKENS.items():
                say(f"  export {name}={value}")
            say(_("Остановить: Ctrl-C."))
        stay()
