"""From an announcement file to a draft: every key is checked, all problems are told at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from broadcaster.calendar_words import refusal_words
from broadcaster.config_values import unknown
from broadcaster.contract import Attachment, DataClass
from broadcaster.domain.days_off import Shift
from broadcaster.domain.policy import Importance
from broadcaster.domain.recurrence import RuleRefused
from broadcaster.domain.repeating import Repetition
from broadcaster.i18n import _
from broadcaster.rendering.characters import clean
from broadcaster.rendering.holes import holes_in
from broadcaster.rendering.mistakes import BodyMistake
from broadcaster.rendering.more import parse_more
from broadcaster.services.attaching import attachment_of
from broadcaster.services.file_kinds import NotAttached
from broadcaster.services.front_matter import (
    DraftRefused,
    FrontMatter,
    Problem,
    read_front_matter,
)
from broadcaster.services.outlets import Office

LONGEST_TITLE, LONGEST_AUTHOR = 200, 120
"""Characters; the widths of the columns."""

T = TypeVar("T")

KEYS = (
    "title",
    "importance",
    "to",
    "channels",
    "at",
    "repeat",
    "expires",
    "data",
    "attachments",
    "author",
)


@dataclass(frozen=True, slots=True)
class Draft:
    """An announcement as its author wrote it, checked as far as possible without the roll.

    `more` is what only the site shows, written below the line `<!-- site -->`. What `repeats` has
    no single `at`. `lines_above` are the file's lines before the body.
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
    more: str = ""
    repeats: Repetition | None = None


def read_draft(office: Office, file: Path) -> Draft:
    """Read an announcement file; raises DraftRefused with every problem found."""
    reader = _Reader(office, file.parent, read_front_matter(file))
    draft = reader.draft()
    if reader.problems:
        raise DraftRefused(file, tuple(reader.problems))
    return draft


class _Reader:
    """Reads the keys one by one and gathers what is wrong with them."""

    def __init__(self, office: Office, folder: Path, read: FrontMatter) -> None:
        self._office = office
        self._folder = folder
        self._keys = read.keys
        self._read = read
        self.problems: list[Problem] = []

    def draft(self) -> Draft:
        """What the file says, as far as it is right; the rest is in `problems`."""
        for key in self._keys:
            if key not in KEYS:
                self._refuse(str(key), unknown_key(str(key)))
        body, more = self._read.parts
        draft = Draft(
            title=self._title(),
            body=self._body(body),
            more=self._more(more),
            importance=self._one_of("importance", {one.value: one for one in Importance}),
            groups=self._names("to"),
            channels=self._channels(),
            data_class=self._one_of("data", {one.name.lower(): one for one in DataClass}),
            attachments=self._attachments(),
            at=self._moment("at"),
            expires=self._moment("expires"),
            author=self._line("author", LONGEST_AUTHOR),
            lines_above=self._read.lines_above,
        )
        repeats = self._repeats(draft.at)
        return replace(draft, at=None, repeats=repeats) if repeats else draft

    def _refuse(self, where: str, text: str, hint: str = "") -> None:
        self.problems.append(Problem(where, text, hint))

    def _line(self, key: str, longest: int) -> str:
        """One line of text; empty when the key is not there or wrong."""
        if not self._has(key):
            return ""
        line = _plain(self._keys[key])
        if line is not None and len(line) <= longest and "\n" not in line:
            return line
        self._refuse(key, _("должна быть одна строка до {longest} знаков.").format(longest=longest))
        return ""

    def _has(self, key: str) -> bool:
        return _plain(self._keys.get(key, "")) != ""

    def _title(self) -> str:
        if not self._has("title"):
            self._refuse("title", _("нет заголовка."), _("Добавьте строку «title: …»."))
            return ""
        title = self._line("title", LONGEST_TITLE)
        if "{{" in title:
            self._refuse("title", _("в заголовке подстановки невозможны."))
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
            line = self._read.lines_above + mistake.line
            self._refuse(_("строка {line}").format(line=line), mistake.message)
        return body

    def _more(self, more: str) -> str:
        try:
            parse_more(more)
        except BodyMistake as mistake:
            line = self._read.line_of_more + mistake.line
            self._refuse(_("строка {line}").format(line=line), mistake.message)
        return more

    def _one_of(self, key: str, values: Mapping[str, T]) -> T:
        """The value of this name; the first one when the key is not there or wrong."""
        default = next(iter(values.values()))
        if not self._has(key):
            return default
        name = _plain(self._keys[key])
        if name is not None and name in values:
            return values[name]
        self._refuse(
            key,
            _("«{value}» не подходит; можно: {expected}.").format(
                value="…" if name is None else name, expected=", ".join(values)
            ),
        )
        return default

    def _names(self, key: str) -> tuple[str, ...]:
        if not self._has(key):
            return ()
        value = self._keys[key]
        names = [_plain(name) for name in (value if isinstance(value, list) else [value])]
        if not all(names):
            self._refuse(key, _("ожидается список."))
        return tuple(dict.fromkeys(filter(None, names)))

    def _channels(self) -> tuple[str, ...]:
        channels = self._names("channels")
        for name in channels:
            if name not in self._office.outlets:
                self._refuse("channels", no_such_channel(name, self._office))
        return channels

    def _moment(self, key: str) -> datetime | None:
        if not self._has(key):
            return None
        written = _plain(self._keys[key])
        try:
            return MEANT[key](written or "", self._zone)
        except ValueError:
            self._refuse(key, when_expected("…" if written is None else written))
            return None

    def _repeats(self, first: datetime | None) -> Repetition | None:
        """How it repeats itself from its `first` time on; None when it does not, or is wrong."""
        if not self._has("repeat"):
            return None
        if self._has("expires"):
            self._refuse("expires", _("повторяющееся объявление не устаревает."))
        if first is None:
            if not self._has("at"):
                words = _("не сказано, во сколько и с какого дня.")
                self._refuse("repeat", words, _("Добавьте строку at: 2026-11-27 16:00."))
            return None
        return self._rule(repeating(_plain(self._keys["repeat"]) or "", first, self._zone))

    def _rule(self, repeats: Repetition) -> Repetition | None:
        try:
            repeats.recurrence()
        except RuleRefused as refused:
            hint = _("Пример: FREQ=WEEKLY;BYDAY=FR;UNTIL=20270531.")
            self._refuse("repeat", f"{refusal_words(refused)}.", hint)
            return None
        return repeats

    @property
    def _zone(self) -> ZoneInfo:
        return self._office.school.time_zone

    def _attachments(self) -> tuple[Attachment, ...]:
        names = self._names("attachments")
        if len(names) > self._office.most_files:
            self._refuse(
                "attachments", _("вложений больше {most}.").format(most=self._office.most_files)
            )
        return tuple(filter(None, map(self._attachment, names)))

    def _attachment(self, name: str) -> Attachment | None:
        try:
            return attachment_of(self._office, self._folder, name)
        except NotAttached as refusal:
            self._refuse("attachments", refusal.words, refusal.hint)
            return None


def _plain(value: Any) -> str | None:
    """A single value; None for lists and mappings, which may be huge.

    YAML can spell characters that no database keeps and no screen shows: they are left out.
    """
    return clean(value).strip() if isinstance(value, str) else None


def moment_of(value: str, zone: ZoneInfo) -> datetime:
    """A local date and time as the author wrote it, aware; raises ValueError."""
    read = datetime.fromisoformat(value.strip())
    return read if read.tzinfo else read.replace(tzinfo=zone)


def sending_time(value: str, zone: ZoneInfo) -> datetime:
    """The same for when something is to leave; a day alone would mean midnight: ValueError."""
    if _day(value) is not None:
        raise ValueError("a day without a time")
    return moment_of(value, zone)


def end_of_use(value: str, zone: ZoneInfo) -> datetime:
    """The same for when something is out of date; a day alone lasts until its end."""
    day = _day(value)
    return moment_of(value, zone) if day is None else datetime.combine(day, time.max, zone)


def _day(value: str) -> date | None:
    """The day, when it is all that somebody wrote."""
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        return None


MEANT = {"at": sending_time, "expires": end_of_use}
"""What a time means that somebody wrote for each of these keys."""


def repeating(rule: str, first: datetime, zone: ZoneInfo) -> Repetition:
    """A rule, right or wrong, that begins on the day of this moment and keeps its hour.

    Whoever writes a rule means its days: days off move none of them.
    """
    local = first.astimezone(zone)
    at = local.time().replace(second=0, microsecond=0)
    return Repetition(rule, at, Shift.STAY, begins=local.date())


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
