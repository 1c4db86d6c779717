"""How commands speak: Russian tables and bars for people, one JSON object for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Annotated, Any, NoReturn
from uuid import UUID

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from broadcaster.domain.naming import folded
from broadcaster.i18n import _

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

Json = Annotated[bool, typer.Option("--json", help=_("Вывести один объект JSON для программ."))]

NEEDS_PERSON = 1
BAD_COMMAND = 2
BAD_INPUT = 3
AWAY = 4
FAULT = 70
INTERRUPTED = 130

SHORT = 8
"""So many digits of an id are shown to people; commands take any beginning that fits only one."""

WIDEST = 1000
"""Columns of a screen on which every table fits."""

YES = frozenset({"y", "yes", "д", "да"})


class Failed(Exception):
    """The command ends here: what happened, to what, and what to do; `code` is for machines."""

    def __init__(self, code: str, problems: Sequence[str], *, exit_code: int) -> None:
        super().__init__("\n".join(problems))
        self.code = code
        self.problems = tuple(problems)
        self.exit_code = exit_code


def fail(code: str, problems: Sequence[str], *, exit_code: int) -> NoReturn:
    """End the command by raising Failed."""
    raise Failed(code, problems, exit_code=exit_code)


def end(failed: Failed, *, as_json: bool) -> int:
    """Tell how the command failed and return its exit code."""
    if as_json:
        emit({"error": failed.code, "problems": failed.problems})
    else:
        for problem in failed.problems:
            warn(problem, "red")
    return failed.exit_code


def emit(value: Mapping[str, Any]) -> None:
    """Print one JSON object on standard output, now."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n")
    sys.stdout.flush()


def _plain(value: object) -> str:
    """What JSON has no kind for; days and moments as the API writes them."""
    return value.isoformat() if isinstance(value, date) else str(value)


def say(text: str, style: str = "") -> None:
    """Print one line for people; the text is never read as markup."""
    out.print(Text(text, style=style), soft_wrap=True)


def warn(text: str, style: str = "yellow") -> None:
    """Print one line for people beside the output, on standard error."""
    err.print(Text(text, style=style), soft_wrap=True)


def working(text: str) -> AbstractContextManager[object]:
    """Show on a terminal that something takes its time, while the block lasts."""
    return err.status(Text(text))


def short(announcement: UUID) -> str:
    """The beginning of an id, as people are shown it."""
    return announcement.hex[:SHORT]


def can_ask() -> bool:
    """Whether a person sits at a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def be_sure(expected: str, given: str | None, *, question: str, missing: str, other: str) -> None:
    """Return when what is at stake was named twice; a person at a terminal is asked for it.

    Ends the command otherwise: with `missing` where nobody can be asked, with `other` where
    something else was named.
    """
    if given is None and can_ask():
        sys.stdout.write(question)
        sys.stdout.flush()
        given = sys.stdin.readline()
    if given is None:
        fail("not_confirmed", [missing], exit_code=BAD_INPUT)
    if folded(given) != folded(expected):
        fail("declined", [other], exit_code=INTERRUPTED)


def ask(question: str) -> bool:
    """Ask a person; anything but a yes is a no."""
    out.print(Text(f"{question} [д/Н] ", style="bold"), end="", soft_wrap=True)
    return sys.stdin.readline().strip().lower() in YES


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """Print a table, numbers on the right; on a screen too narrow for it, a line for each row."""
    shown = [list(row) for row in rows]
    drawn = _drawn(columns, shown, title)
    least = Measurement.get(out, out.options.update(max_width=WIDEST), drawn).minimum
    if least <= out.width:
        out.print(drawn)
        return
    say(title or " · ".join(filter(None, columns)), "bold")
    for row in shown:
        say(" · ".join(str(value) for value in row if value != ""))


def _drawn(columns: Sequence[str], shown: Sequence[Sequence[object]], title: str) -> Table:
    drawn = Table(title=title or None, title_justify="left", header_style="bold")
    for place, column in enumerate(columns):
        numbers = bool(shown) and all(isinstance(row[place], int) for row in shown)
        drawn.add_column(column, justify="right" if numbers else "left", overflow="fold")
    for row in shown:
        drawn.add_row(*(Text(str(value)) for value in row))
    return drawn
