"""Reading an announcement file: Markdown with YAML front matter. All problems are told at once."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import frontmatter
import yaml
from babel.numbers import format_decimal

from broadcaster.config_values import unknown
from broadcaster.contract import Attachment, DataClass
from broadcaster.domain.policy import Importance
from broadcaster.i18n import LANGUAGE, _
from broadcaster.rendering.holes import holes_in
from broadcaster.rendering.mistakes import BodyMistake
from broadcaster.services.outlets import Office

LARGEST_TEXT = 1_000_000
"""Bytes of an announcement file; nobody writes more by hand."""

KEYS = ("title", "importance", "to", "channels", "at", "expires", "data", "attachments", "author")


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
class Draft:
    """An announcement as its author wrote it, checked as far as possible without the roll.

    `lines_above` are the file's lines before the body.
    """

    title: str
    body: str
    importance: Importance
    groups: tuple[str, ...]
    channels: tuple[str, ...]
    data_class: DataClass
    attachments: tuple[Attachment, ...]
    at: datetime | None = None
    expires: datetime | None = None
    author: str = ""
    lines_above: int = 0


def read_draft(office: Office, file: Path) -> Draft:
    """Read an announcement file; raises DraftRefused with every problem found."""
    text = _decoded(file)
    try:
        metadata, body = frontmatter.parse(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = _("строка {line}").format(line=mark.line + 2) if mark else _("начало файла")
        problem = getattr(error, "problem", None) or _("разметку YAML не удалось прочитать")
        raise DraftRefused(file, (Problem(where, str(problem)),)) from error
    lines_above = text.count("\n", 0, max(text.find(body), 0))
    reader = _Reader(office, file, metadata, lines_above)
    draft = reader.draft(body)
    if reader.problems:
        raise DraftRefused(file, tuple(reader.problems))
    return draft


def _decoded(file: Path) -> str:
    try:
        raw = file.read_bytes()
    except OSError as error:
        problem = Problem(_("файл"), _("не удалось открыть: {why}").format(why=error.strerror))
        raise DraftRefused(file, (problem,)) from error
    if len(raw) > LARGEST_TEXT:
        raise DraftRefused(file, (Problem(_("файл"), _("больше мегабайта текста")),))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problem = Problem(
            _("строка {line}").format(line=line),
            _("файл не в кодировке UTF-8."),
            _("Сохраните его в редакторе как «UTF-8»."),
        )
        raise DraftRefused(file, (problem,)) from error


class _Reader:
    """Reads the keys one by one and gathers what is wrong with them."""

    def __init__(
        self, office: Office, file: Path, metadata: Mapping[str, Any], lines_above: int
    ) -> None:
        self._lines_above = lines_above
        self._office = office
        self._file = file
        self._metadata = metadata
        self.problems: list[Problem] = []

    def draft(self, body: str) -> Draft:
        for key in self._metadata:
            if key not in KEYS:
                self._refuse(str(key), unknown_key(str(key)))
        return Draft(
            title=self._title(),
            body=self._body(body),
            importance=self._one_of("importance", Importance, Importance.ROUTINE),
            groups=self._names("to"),
            channels=self._channels(),
            data_class=self._data_class(),
            attachments=self._attachments(),
            at=self._moment("at"),
            expires=self._moment("expires"),
            author=str(self._metadata.get("author") or ""),
            lines_above=self._lines_above,
        )

    def _refuse(self, where: str, text: str, hint: str = "") -> None:
        self.problems.append(Problem(where, text, hint))

    def _title(self) -> str:
        title = str(self._metadata.get("title") or "").strip()
        if not title:
            self._refuse("title", _("нет заголовка."), _("Добавьте строку «title: …»."))
        elif len(title) > 200 or "\n" in title:  # noqa: PLR2004 - the column's width
            self._refuse("title", _("заголовок должен быть одной строкой до 200 знаков."))
        return title

    def _body(self, body: str) -> str:
        if not body.strip():
            self._refuse(
                _("текст"), _("пусто."), _("Напишите объявление после второй строки «---».")
            )
            return ""
        try:
            holes_in(body)
        except BodyMistake as mistake:
            line = self._lines_above + mistake.line
            self._refuse(_("строка {line}").format(line=line), mistake.message)
        return body

    def _one_of(self, key: str, kind: type[Importance], default: Importance) -> Importance:
        value = self._metadata.get(key, default)
        if value in list(kind):
            return kind(value)
        expected = ", ".join(kind)
        self._refuse(
            key,
            _("«{value}» не подходит; можно: {expected}.").format(value=value, expected=expected),
        )
        return default

    def _data_class(self) -> DataClass:
        names = {member.name.lower(): member for member in DataClass}
        value = self._metadata.get("data", "public")
        if value in names:
            return names[value]
        self._refuse(
            "data",
            _("«{value}» не подходит; можно: {expected}.").format(
                value=value, expected=", ".join(names)
            ),
        )
        return DataClass.PERSONAL

    def _names(self, key: str) -> tuple[str, ...]:
        value = self._metadata.get(key) or []
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list):
            self._refuse(key, _("ожидается список."))
            return ()
        return tuple(dict.fromkeys(str(name).strip() for name in names))

    def _channels(self) -> tuple[str, ...]:
        channels = self._names("channels")
        for name in channels:
            if name not in self._office.outlets:
                self._refuse("channels", no_such_channel(name, self._office))
        return channels

    def _moment(self, key: str) -> datetime | None:
        value = self._metadata.get(key)
        if value is None:
            return None
        try:
            return moment_of(str(value), self._office.school.time_zone)
        except ValueError:
            self._refuse(key, when_expected(value))
            return None

    def _attachments(self) -> tuple[Attachment, ...]:
        names = self._names("attachments")
        if len(names) > self._office.most_files:
            self._refuse(
                "attachments", _("вложений больше {most}.").format(most=self._office.most_files)
            )
        return tuple(filter(None, map(self._attachment, names)))

    def _attachment(self, name: str) -> Attachment | None:
        path = (self._file.parent / name).resolve()
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        try:
            attachment = Attachment.of(path, kind)
        except OSError as error:
            hint = _("Положите его рядом с объявлением.")
            self._refuse(
                "attachments", _("«{name}»: {why}.").format(name=name, why=error.strerror), hint
            )
            return None
        if not attachment.size:
            self._refuse("attachments", _("«{name}» пуст.").format(name=name))
        self._refuse_large(attachment)
        return attachment

    def _refuse_large(self, file: Attachment) -> None:
        limits = {_("настройка files.largest"): self._office.largest_file} | {
            outlet.name: outlet.traits.max_attachment
            for outlet in self._office.outlets.values()
            if outlet.traits.max_attachment
        }
        for name, limit in limits.items():
            if file.size > limit:
                self._refuse(
                    "attachments",
                    _("«{name}» занимает {size}, а предел ({who}) — {limit}.").format(
                        name=file.name,
                        size=_megabytes(file.size),
                        who=name,
                        limit=_megabytes(limit),
                    ),
                    _("Уменьшите файл или дайте на него ссылку."),
                )


def moment_of(value: str, zone: ZoneInfo) -> datetime:
    """A local date and time as the author wrote it, aware; raises ValueError."""
    read = datetime.fromisoformat(value.strip())
    return read if read.tzinfo else read.replace(tzinfo=zone)


def when_expected(value: object) -> str:
    """Say how a date and time is written."""
    return _("«{value}» — не дата и время; пишите так: 2026-12-01 18:30.").format(value=value)


def unknown_key(name: str) -> str:
    """Say that a key of the front matter is not known."""
    return unknown(name, dict.fromkeys(KEYS))


def no_such_channel(name: str, office: Office) -> str:
    """Say that a channel is not there or not switched on."""
    known = ", ".join(office.outlets) or _("ни один")
    return _("канал «{name}» не включён; включены: {known}.").format(name=name, known=known)


def _megabytes(size: int) -> str:
    megabytes = format_decimal(size / 1_000_000, format="0.0", locale=LANGUAGE)
    return _("{size}\N{NO-BREAK SPACE}МБ").format(size=megabytes)
