"""What several commands take, in one place: arguments, options, and how their words are read."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from broadcaster.i18n import _

Word = TypeVar("Word", bound=StrEnum)

File = Annotated[
    Path,
    typer.Argument(
        metavar=_("ФАЙЛ"), show_default=False, help=_("Объявление: Markdown с заголовком YAML.")
    ),
]
Id = Annotated[
    str,
    typer.Argument(
        metavar=_("НОМЕР"), help=_("Номер объявления или его начало; см. broadcaster report.")
    ),
]
Channels = Annotated[
    list[str] | None,
    typer.Option("--channel", metavar=_("КАНАЛ"), help=_("Только этот канал; можно повторять.")),
]


def as_number(value: str) -> int:
    """What was typed as a number; BadParameter when it is none."""
    try:
        return int(value)
    except ValueError as error:
        raise typer.BadParameter(_("«{value}» — не число.").format(value=value)) from error


def one_of(words: type[Word]) -> Callable[[str], Word]:
    """A reader of what was typed as one of these words; it raises BadParameter for any other."""

    def read(value: str) -> Word:
        try:
            return words(value)
        except ValueError as error:
            told = _("«{value}» не подходит; можно: {expected}.")
            expected = ", ".join(words)
            raise typer.BadParameter(told.format(value=value, expected=expected)) from error

    return read
