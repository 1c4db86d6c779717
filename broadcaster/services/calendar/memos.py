"""The library of memos: the shipped files, the school's own over them, each checked by itself.

A file that is wrong is told with its name and its key and stays out; the others go on. A school's
own file takes the place of the shipped one even when it is wrong: nobody may send by mistake what
the school has replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from broadcaster.config import load, own_file
from broadcaster.config_values import ROOT, unknown
from broadcaster.domain.memos import (
    LONGEST_NAME,
    LONGEST_SHORT,
    LONGEST_TITLE,
    Age,
    Memo,
    Season,
    Topic,
    is_name,
    width,
)
from broadcaster.i18n import _
from broadcaster.rendering.characters import clean, visible
from broadcaster.rendering.markdown import parse
from broadcaster.rendering.mistakes import BodyMistake
from broadcaster.rendering.more import parse_more
from broadcaster.rendering.plain import plain
from broadcaster.services.front_matter import DraftRefused, FrontMatter, read_front_matter

SHIPPED = ROOT / "templates" / "memos"
KEYS = ("title", "season", "ages", "topic", "basis", "reviewed", "review_by")
MISSING: Mapping[str, tuple[str, str]] = {
    "title": (_("нет заголовка."), _("Добавьте строку «title: …».")),
    "season": (_("не указано время года."), ", ".join(Season)),
    "ages": (_("не указано, для каких возрастов."), ", ".join(Age)),
    "topic": (_("не указано, о чём памятка."), ", ".join(Topic)),
    "basis": (_("нет основания."), _("Назовите закон, правила или рекомендацию, хотя бы одну.")),
    "reviewed": (_("не указано, когда проверена."), _("Например, 2026-09-01.")),
    "review_by": (_("не указано, когда проверить снова."), _("Например, 2027-09-01.")),
}
"""What is said of a key that is not there, and what to do."""

Kind = TypeVar("Kind", bound=StrEnum)
Stamp = tuple[Path, int, int]
"""A file, when it was changed last, and its size."""


@dataclass(frozen=True, slots=True)
class MemoProblem:
    """What is wrong in a memo's file; `where` is a key, a line or a part of it."""

    file: Path
    where: str
    text: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.file}: {self.where}: {self.text}" + (f" {self.hint}" if self.hint else "")


@dataclass(frozen=True, slots=True)
class Library:
    """The memos that can be sent, by name, and what is wrong with others."""

    memos: Mapping[str, Memo]
    problems: tuple[MemoProblem, ...]
    __hash__ = object.__hash__  # one state of the files is one object


def memos(folder: Path | None = None) -> Library:
    """The library as the files have it now; they are read again only when one has changed.

    `folder` is the school's own, by default `memos` in the one that its settings name for
    templates; it need not exist. Raises ConfigMistake when the settings cannot be read.
    """
    own = folder or _configured(own_file(), _stamp(own_file()))
    return _library(_stamps(SHIPPED), _stamps(own) if own else ())


@lru_cache(maxsize=4)
def _configured(file: Path, _stamp: Stamp | None) -> Path | None:
    templates = load(file).templates
    return templates / "memos" if templates else None


def _stamps(folder: Path) -> tuple[Stamp, ...]:
    """The files of a folder that are meant to be memos, in their order."""
    files = sorted(file for file in folder.glob("*.md") if not file.name.startswith("."))
    return tuple(filter(None, map(_stamp, files)))


def _stamp(file: Path) -> Stamp | None:
    try:
        seen = file.stat()
    except OSError:  # gone meanwhile, or a link to nowhere
        return None
    return file, seen.st_mtime_ns, seen.st_size


@lru_cache(maxsize=4)
def _library(shipped: tuple[Stamp, ...], own: tuple[Stamp, ...]) -> Library:
    files = {file.stem: file for file, *_seen in (*shipped, *own)}
    found: dict[str, Memo] = {}
    problems: list[MemoProblem] = []
    for name, file in sorted(files.items()):
        memo, wrong = read_memo(file)
        problems += wrong
        if memo is not None:
            found[name] = memo
    return Library(found, tuple(problems))


def read_memo(file: Path) -> tuple[Memo | None, tuple[MemoProblem, ...]]:
    """A memo, or None and everything that is wrong with its file."""
    try:
        reader = _Reader(file, read_front_matter(file))
    except DraftRefused as refused:
        return None, tuple(
            MemoProblem(file, one.where, one.text, one.hint) for one in refused.problems
        )
    memo = reader.memo()
    return (None if reader.problems else memo), tuple(reader.problems)


class _Reader:
    """Reads the keys of one file one by one and gathers what is wrong with them."""

    def __init__(self, file: Path, read: FrontMatter) -> None:
        self._file = file
        self._keys = read.keys
        self._read = read
        self.problems: list[MemoProblem] = []

    def memo(self) -> Memo:
        """What the file says, as far as it is right; the rest is in `problems`."""
        self._check_names()
        body, more = map(clean, self._read.parts)
        self._check_body(body)
        self._check_more(more)
        reviewed, review_by = self._date("reviewed"), self._date("review_by")
        if review_by < reviewed:
            self._refuse("review_by", _("раньше, чем «reviewed»."), _("Проверьте обе даты."))
        return Memo(
            name=self._file.stem,
            title=self._title(),
            body=body,
            more=more,
            season=self._one_of("season", Season),
            ages=self._some_of("ages", Age),
            topic=self._one_of("topic", Topic),
            basis=self._lines("basis"),
            reviewed=reviewed,
            review_by=review_by,
        )

    def _refuse(self, where: str, text: str, hint: str = "") -> None:
        self.problems.append(MemoProblem(self._file, where, text, hint))

    def _check_names(self) -> None:
        if not is_name(self._file.stem):
            words = _("имя файла — строчные латинские буквы, цифры и дефисы, до {most} знаков.")
            self._refuse(_("имя"), words.format(most=LONGEST_NAME), _("Переименуйте файл."))
        for key in self._keys:
            if key not in KEYS:
                self._refuse(str(key), unknown(str(key), dict.fromkeys(KEYS)))

    def _check_body(self, body: str) -> None:
        """Refuse a text that is not the same for everybody or not one message."""
        before, hole, _after = body.partition("{{")
        if hole:
            words = _("в памятке подстановки невозможны: она у всех одна")
            self._refuse_line(BodyMistake(words, before.count("\n") + 1), self._read.lines_above)
            return
        try:
            long = width(plain(parse(body)))
        except BodyMistake as mistake:
            self._refuse_line(mistake, self._read.lines_above)
            return
        if long > LONGEST_SHORT:
            words = _("{long} знаков, а в одно сообщение помещается {most}.")
            hint = _("Перенесите лишнее ниже строки «<!-- site -->».")
            self._refuse(_("текст"), words.format(long=long, most=LONGEST_SHORT), hint)

    def _check_more(self, more: str) -> None:
        try:
            parse_more(more)
        except BodyMistake as mistake:
            self._refuse_line(mistake, self._read.line_of_more)

    def _refuse_line(self, mistake: BodyMistake, lines_above: int) -> None:
        line = lines_above + mistake.line
        where = _("строка {line}").format(line=line) if mistake.line else _("текст")
        self._refuse(where, f"{mistake.message}.")

    def _title(self) -> str:
        title = self._text("title")
        if len(title) > LONGEST_TITLE or "\n" in title:
            words = _("должна быть одна строка до {longest} знаков.")
            self._refuse("title", words.format(longest=LONGEST_TITLE))
        if "{{" in title:
            self._refuse("title", _("в заголовке подстановки невозможны."))
        return title

    def _text(self, key: str) -> str:
        """A single value; refused when there is none to see."""
        value = self._keys.get(key, "")
        if isinstance(value, str) and visible(clean(value)):
            return clean(value).strip()
        self._refuse(key, *MISSING[key])
        return ""

    def _lines(self, key: str) -> tuple[str, ...]:
        """A list of values, or one alone; refused when one of them is empty."""
        value = self._keys.get(key, "")
        lines = value if isinstance(value, list) else [value]
        if lines and all(isinstance(line, str) and visible(clean(line)) for line in lines):
            return tuple(dict.fromkeys(clean(line).strip() for line in lines))
        self._refuse(key, *MISSING[key])
        return ()

    def _date(self, key: str) -> date:
        written = self._text(key)
        try:
            return date.fromisoformat(written)
        except ValueError:
            if written:
                words = _("«{value}» — не дата; пишите так: 2026-09-01.")
                self._refuse(key, words.format(value=written))
            return date.max if key == "review_by" else date.min

    def _one_of(self, key: str, kind: type[Kind]) -> Kind:
        (value,) = self._values(key, (self._text(key),), kind) or (next(iter(kind)),)
        return value

    def _some_of(self, key: str, kind: type[Kind]) -> tuple[Kind, ...]:
        return self._values(key, self._lines(key), kind)

    def _values(self, key: str, written: Iterable[str], kind: type[Kind]) -> tuple[Kind, ...]:
        """The members of these names; those of other names are refused."""
        known = {one.value: one for one in kind}
        for name in filter(None, written):
            if name not in known:
                self._refuse(key, f"«{name}»: " + unknown(name, known))
        return tuple(known[name] for name in written if name in known)
