"""How commands speak: Russian tables and bars for people, one JSON object for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from broadcaster.i18n import _

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

Json = Annotated[bool, typer.Option("--json", help=_("Вывести один объект JSON для программ."))]

NEEDS_PERSON = 1
BAD_INPUT = 3
AWAY = 4


def emit(value: Any) -> None:
    """Print one JSON object on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def say(text: str, style: str = "") -> None:
    """Print one line for people; the text is never read as markup."""
    out.print(Text(text, style=style), soft_wrap=True)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """Print a table; numbers stand on the right."""
    shown = [list(row) for row in rows]
    drawn = Table(title=title or None, title_justify="left", header_style="bold")
    for place, column in enumerate(columns):
        numbers = bool(shown) and all(isinstance(row[place], int) for row in shown)
        drawn.add_column(column, justify="right" if numbers else "left")
    for row in shown:
        drawn.add_row(*(Text(str(value)) for value in row))
    out.print(drawn)


def fail(code: str, problems: Sequence[str], *, exit_code: int, as_json: bool = False) -> NoReturn:
    """End the command: what happened, to what, and what to do; `code` is stable for machines."""
    if as_json:
        emit({"error": code, "problems": list(problems)})
    else:
        for problem in problems:
            err.print(Text(problem, style="red"), soft_wrap=True)
    raise typer.Exit(exit_code)
