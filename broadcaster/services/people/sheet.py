"""From the bytes of a table to its records, whatever program saved it: CSV or a workbook.

Every line of a CSV is parsed by itself: a forgotten quotation mark spoils its own line, not the
rest.
"""

from __future__ import annotations

import csv
import re
from typing import Protocol

from broadcaster.i18n import _
from broadcaster.services.people.plan import Problem, Unreadable
from broadcaster.services.people.tables import MOST_ROWS, Record, Sheet

__all__ = ["DELIMITERS", "MOST_BYTES", "MOST_ROWS", "Readable", "Record", "Sheet", "read_sheet"]

MOST_BYTES = 5_000_000
DELIMITERS = (";", ",", "\t")

_LINE_END = re.compile(r"\r\n|\r|\n")
_ANYTHING = re.compile(r"""[^\s;,"]""")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_WORKBOOK = b"PK\x03\x04"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_HEAD = 400
_EXPECTED = re.compile(r"[А-Яа-яЁёІіЇїЄєҐґЎў«»„“”‘’–—…№°•·§©\s]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_ENOUGH = 0.98
_PROPER = re.compile(r"\b[А-ЯЁ][а-яё]{2,}")
_SWAPPED = re.compile(r"\b[а-яё][А-ЯЁ]{2,}")


class Readable(Protocol):
    """An open binary file, an uploaded file: anything that gives bytes."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes."""


def read_sheet(file: Readable) -> Sheet:
    """Read a whole table; raises Unreadable."""
    raw = _bytes_of(file)
    if raw.startswith(_WORKBOOK):
        from broadcaster.services.people.workbook import (  # noqa: PLC0415 - large, rarely wanted
            read_workbook,
        )

        records, problems = read_workbook(raw)
        if not records:
            raise _empty()
        return _checked(records[0].line, records, problems)
    return _read_csv(raw)


def _read_csv(raw: bytes) -> Sheet:
    lines = _LINE_END.split(_decoded(raw))
    top = next((number for number, line in enumerate(lines) if _ANYTHING.search(line)), None)
    if top is None:
        raise _empty()
    delimiter = max(DELIMITERS, key=lines[top].count)
    records: list[Record] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines[top:], start=top + 1):
        try:
            record = Record(number, _cells(line, delimiter))
        except csv.Error:
            problems.append(_badly_quoted(number))
            continue
        if any(cell.strip() for cell in record.cells):
            records.append(record)
    return _checked(top + 1, records, problems)


def _checked(top: int, records: list[Record], problems: list[Problem]) -> Sheet:
    if not records or records[0].line != top:
        raise Unreadable(_badly_quoted(top))
    header, *below = records
    if not below and not problems:
        raise _unreadable(
            _("Под заголовком нет ни одной строки."), _("Добавьте строки и сохраните файл ещё раз.")
        )
    if len(below) > MOST_ROWS:
        raise _unreadable(
            _("Строк больше {most}.").format(most=MOST_ROWS), _("Разделите файл на несколько.")
        )
    return Sheet(header, tuple(below), tuple(problems))


def _bytes_of(file: Readable) -> bytes:
    raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise _unreadable(
            _("Файл больше {most}\N{NO-BREAK SPACE}МБ.").format(most=MOST_BYTES // 1_000_000),
            _("Проверьте, тот ли это файл; большой список разделите на несколько."),
        )
    if raw.startswith(_OLD_WORKBOOK):
        raise _unreadable(
            _("Это книга Excel старого вида (.xls) или с паролем."),
            _("Откройте её в Excel и сохраните без пароля как «Книга Excel (*.xlsx)»."),
        )
    return raw


def _decoded(raw: bytes) -> str:
    if raw.startswith(_UTF16) or b"\0" in raw[:_HEAD].partition(b"\n")[0]:
        raise _wrong_encoding()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = raw.decode("cp1251", errors="replace")
        if not _is_plausible(text):
            raise _wrong_encoding(raw.count(b"\n", 0, error.start) + 1) from None
        return text


def _is_plausible(text: str) -> bool:
    """Whether cp1251 gave a Russian text; cp866 and broken UTF-8 give odd signs, KOI8-R иВАН."""
    beyond = _BEYOND_ASCII.findall(text)
    expected = sum(1 for sign in beyond if _EXPECTED.fullmatch(sign))
    if expected < _ENOUGH * len(beyond):
        return False
    return len(_SWAPPED.findall(text)) <= len(_PROPER.findall(text))


def _cells(line: str, delimiter: str) -> tuple[str, ...]:
    (cells,) = csv.reader([line], delimiter=delimiter, strict=True)
    return tuple(cells)


def _badly_quoted(line: int) -> Problem:
    return Problem(
        line,
        "",
        _("Строку не удаётся разобрать: кавычки расставлены неверно."),
        _("Кавычки внутри ячейки удвойте, а перенос строки внутри ячейки замените пробелом."),
    )


def _empty() -> Unreadable:
    return _unreadable(_("Файл пуст."), _("Первой строкой должен быть заголовок."))


def _wrong_encoding(line: int = 0) -> Unreadable:
    return _unreadable(
        _("Текст не в кодировке UTF-8 и не в windows-1251."),
        _("Сохраните файл в Excel как «CSV UTF-8» или в Блокноте с кодировкой UTF-8."),
        line=line,
    )


def _unreadable(text: str, hint: str, *, line: int = 0) -> Unreadable:
    return Unreadable(Problem(line, "", text, hint))
