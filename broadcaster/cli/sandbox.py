"""`sandbox`: local platforms to try things out on."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from broadcaster.cli.clock import school_time
from broadcaster.cli.home import PLAYGROUND_TOKENS
from broadcaster.cli.output import Json, emit, say
from broadcaster.cli.playground import playground, stay
from broadcaster.cli.ports import port_option, refuse_taken
from broadcaster.cli.processes import Terminated
from broadcaster.config import load
from broadcaster.i18n import _

Faults = Annotated[
    Path | None,
    typer.Option(
        "--faults",
        metavar=_("ФАЙЛ"),
        help=_("Что пойдёт не так, например examples/sandbox.yaml."),
    ),
]
PagePort = Annotated[int, port_option(_("Порт страницы с телефонами родителей."))]


def sandbox(faults: Faults = None, port: PagePort = 8090, *, as_json: Json = False) -> None:
    """Run the sandbox platforms until Ctrl-C or SIGTERM."""
    refuse_taken("127.0.0.1", port)
    school_time(load().school.time_zone)
    with suppress(Terminated), playground(page_port=port, faults=faults) as place:
        if as_json:
            emit({
                "addresses": place.addresses,
                "environment": PLAYGROUND_TOKENS,
                "config": place.channels,
            })  # fmt: skip
        else:
            say(_("Телефоны родителей: {url}").format(url=place.addresses["phones"]), "bold")
            say(_("Впишите в config/school.yaml:"))
            say(place.channels)
            say(_("и задайте переменные окружения:"))
            for name, value in PLAYGROUND_TOKENS.items():
                say(f"  export {name}={value}")
            say(_("Остановить: Ctrl-C."))
        stay()
