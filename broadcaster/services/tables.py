"""Tables, and CSV of them that Russian Excel opens by itself; `workbooks` writes XLSX.

A value that a spreadsheet would take for a formula stays text: families name themselves.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import StringIO
from itertools import chain, islice
from typing import TypeVar

Value = str | int | datetime | None
"""What stands in a cell; times are local and without a zone."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a text begins with that a spreadsheet would calculate."""

LINES = 500
"""Lines of CSV that are made at once."""

KEPT = 10_000
"""Values of one file whose spelling is kept: most of them come again and again."""

T = TypeVar("T")

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column's title and its width in characters."""

    title: str
    width: int = 16


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its name, its columns, and its rows, made as they are asked for."""

    name: str
    columns: Sequence[Column]
    rows: Callable[[], Iterable[Sequence[Value]]]


def csv_lines(sheet: Sheet) -> Iterator[str]:
    """The sheet as CSV, some hundred lines at once, with the mark by which Excel knows UTF-8."""
    written = lru_cache(KEPT)(_written)
    rows = ([written(value) for value in row] for row in sheet.rows())
    header: list[str | int] = [column.title for column in sheet.columns]
    mark = BOM
    for some in _together(chain([header], rows)):
        page = StringIO(newline="")
        csv.writer(page, delimiter=";", lineterminator="\r\n").writerows(some)
        yield mark + page.getvalue()
        mark = ""


def _together(rows: Iterator[T]) -> Iterator[list[T]]:
    """The rows in lists of LINES; the first comes alone, so that a browser sees something."""
    some = list(islice(rows, 1))
    while some:
        yield some
        some = list(islice(rows, LINES))


def _written(value: Value) -> str | int:
    match value:
        case None:
            return ""
        case int():
            return value
        case datetime():
            return f"{value:%d.%m.%Y %H:%M}"
        case str():
            return f"'{value}" if is_formula(value) else value


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could take a text for a formula."""
    return text.startswith(FORMULA) or text.lstrip().startswith(FORMULA)
