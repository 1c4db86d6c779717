"""An announcement file in its two parts: YAML between dashes, Markdown below."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler

from broadcaster.foreign_words import system_words
from broadcaster.i18n import _
from broadcaster.yaml_reading import TextLoader, words_of

LARGEST_TEXT = 1_000_000
"""Bytes of an announcement file; nobody writes more by hand."""

_FOR_SITE = re.compile(r"^[ \t]*<!--[ \t]*site[ \t]*-->[ \t]*$\n?", re.IGNORECASE | re.MULTILINE)
"""The line below which only the site shows what is written."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a file: where, what, and what to do about it."""

    where: str
    text: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.text}" + (f" {self.hint}" if self.hint else "")


class DraftRefused(Exception):
    """The file is no announcement yet; `problems` says everything that is missing."""

    def __init__(self, file: Path, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(f"{file}: {problem}" for problem in problems))
        self.file = file
        self.problems = problems


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a file says: keys with their values as written, and the body.

    Values are text, lists or mappings. `lines_above` are the file's lines before the body.
    """

    keys: Mapping[str, Any]
    body: str
    lines_above: int

    @property
    def parts(self) -> tuple[str, str]:
        """The body for everybody, and what only the site shows below it, "" without the line
        `<!-- site -->`.
        """
        short, *more = _FOR_SITE.split(self.body, maxsplit=1)
        return (short.rstrip(), more[0].strip("\n")) if more else (self.body, "")

    @property
    def line_of_more(self) -> int:
        """The file's lines before what only the site shows."""
        found = _FOR_SITE.search(self.body)
        if found is None:
            return self.lines_above
        rest = self.body[found.end() :]
        skipped = found.end() + len(rest) - len(rest.lstrip("\n"))
        return self.lines_above + self.body.count("\n", 0, skipped)


def read_front_matter(file: Path) -> FrontMatter:
    """Read a file; raises DraftRefused when it is no text or its YAML is broken."""
    text = _decoded(file)
    try:
        keys, body = frontmatter.parse(text, handler=_AsWritten())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = _("строка {line}").format(line=mark.line + 2) if mark else _("начало файла")
        raise DraftRefused(file, (Problem(where, words_of(error)),)) from error
    return FrontMatter(keys, body, text.count("\n", 0, text.rfind(body)))


class _AsWritten(YAMLHandler):
    """Front matter whose values stay text: «010» is a group's name and «2026-02-30» a slip."""

    def load(self, fm: str, **options: Any) -> Any:
        return super().load(fm, **options, Loader=TextLoader)


def _decoded(file: Path) -> str:
    try:
        raw = file.read_bytes()
    except OSError as error:
        problem = Problem(_("файл"), _("не удалось открыть: {why}").format(why=system_words(error)))
        raise DraftRefused(file, (problem,)) from error
    if len(raw) > LARGEST_TEXT:
        raise DraftRefused(file, (Problem(_("файл"), _("больше мегабайта текста")),))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _in_another_encoding(file, raw[: error.start]) from error
    if "\0" in text:  # as in UTF-16 without a mark
        raise _in_another_encoding(file, raw[: raw.index(b"\0")])
    return text.replace("\r\n", "\n")


def _in_another_encoding(file: Path, before: bytes) -> DraftRefused:
    problem = Problem(
        _("строка {line}").format(line=before.count(b"\n") + 1),
        _("файл не в кодировке UTF-8."),
        _("Сохраните его в редакторе как «UTF-8»."),
    )
    return DraftRefused(file, (problem,))
