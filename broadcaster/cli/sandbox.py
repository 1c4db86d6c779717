"""`sandbox`: local platforms to try things out on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from broadcaster.cli.home import PLAYGROUND_TOKENS
from broadcaster.cli.output import Json, emit, say
from broadcaster.cli.playground import playground, stay
from broadcaster.i18n import _


def sandbox(
    faults: Annotated[
        Path | None, typer.Option(help=_("Что пойдёт не так, например examples/sandbox.yaml."))
    ] = None,
    port: Annotated[int, typer.Option(help=_("Порт страницы с телефонами родителей."))] = 8090,
    *,
    as_json: Json = False,
) -> None:
    """Запустить песочницу: Telegram, ВКонтакте и почту на этом компьютере. Ctrl-C останавливает.

    Пример: broadcaster sandbox --faults examples/sandbox.yaml
    """
    with playground(page_port=port, faults=faults) as place:
        if as_json:
            emit({"addresses": place.addresses, "environment": PLAYGROUND_TOKENS})
        else:
            say(_("Телефоны родителей: {url}").format(url=place.addresses["phones"]), "bold")
            say(_("Впишите в config/school.yaml:"))
            say(place.channels)
            say(_("и задайте переменные окружения:"))
            for name, value in PLAYGROUND_TOKENS.items():
                say(f"  export {name}={value}")
        stay()
