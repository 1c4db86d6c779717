"""How single values of the configuration are read from YAML: strictly, and told in words."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from difflib import get_close_matches
from enum import StrEnum
from math import isfinite
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cattrs import Converter
from limits import parse_many

from broadcaster.contract import DataClass, Secret
from broadcaster.foreign_words import file_words
from broadcaster.i18n import _
from broadcaster.yaml_reading import shown

ROOT = Path(__file__).resolve().parent.parent

KINDS: Mapping[type, str] = {
    bool: _("true или false"),
    int: _("целое число"),
    float: _("число"),
    str: _("текст"),
}


LONGEST_ADDRESS = 120
"""Characters of a web address; pages under it must fit into a message as well."""


MOST_REQUESTS = 1_000_000_000
LONGEST_LIMIT = 366 * 24 * 3600
"""Seconds over which requests are counted."""


class WebAddress(str):
    """An absolute http(s) address, or nothing."""

    __slots__ = ()


class Limit(str):
    """So many requests in a time, as the library `limits` writes it: 30/second."""

    __slots__ = ()


class Colour(str):
    """A colour as `#rrggbb`."""

    __slots__ = ()


def read_value(kind: Any, value: Any) -> Any:
    """The value as `kind`; raises ValueError with what was expected, in Russian."""
    if get_origin(kind) is Annotated:
        return _read_between(kind, value)
    if get_origin(kind) in {Union, UnionType}:
        if value is None and NoneType in get_args(kind):
            return None
        (kind,) = (arg for arg in get_args(kind) if arg is not NoneType)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        _refuse_unless(isinstance(value, str) and value in set(kind), value, ", ".join(kind))
        return kind(value)
    if get_origin(kind) is tuple:
        _refuse_unless(isinstance(value, list), value, _("список"))
    return converter.structure(value, kind)


def _read_between(kind: Any, value: Any) -> Any:
    read = read_value(kind.__origin__, value)
    for bounds in kind.__metadata__:
        expected = _("число от {least} до {most}").format(least=bounds.least, most=bounds.most)
        _refuse_unless(bounds.holds(read), value, expected)
    return read


def unknown(name: str, known: Mapping[str, Any]) -> str:
    """Say that `name` is not known and which name was probably meant."""
    if near := get_close_matches(name, known, n=1):
        return _("такого имени нет; может быть, «{near}»?").format(near=near[0])
    return _("такого имени нет; есть: {known}").format(known=", ".join(sorted(known)))


def _refuse_unless(fits: object, value: Any, expected: str) -> None:
    if not fits:
        words = _("ожидается {expected}, а не «{value}»")
        raise ValueError(words.format(expected=expected, value=shown(value)))


def _strict(kind: type, *also: type) -> Callable[[Any, Any], Any]:
    def check(value: Any, _kind: Any) -> Any:
        fits = isinstance(value, (kind, *also)) and (kind is bool or not isinstance(value, bool))
        _refuse_unless(fits and _is_finite(value), value, KINDS[kind])
        return kind(value)

    return check


def _is_finite(value: Any) -> bool:
    """Not one of YAML's `.nan` and `.inf`."""
    return not isinstance(value, float) or isfinite(value)


def _zone(value: Any, _kind: Any) -> ZoneInfo:
    if isinstance(value, ZoneInfo):
        return value
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as error:
        words = _("часового пояса «{value}» нет; например, Europe/Moscow").format(value=value)
        raise ValueError(words) from error


def _time(value: Any, _kind: Any) -> time:
    try:
        return time.fromisoformat(value).replace(tzinfo=None)
    except (ValueError, TypeError) as error:
        words = _('ожидается время в кавычках, например "21:00", а не «{value}»')
        raise ValueError(words.format(value=value)) from error


def _date(value: Any, _kind: Any) -> date:
    fits = isinstance(value, date) and not isinstance(value, datetime)
    _refuse_unless(fits, value, _("дата, например 2026-11-05,"))
    return cast("date", value)


def _secret(value: Any, _kind: Any) -> Secret:
    """Secrets are named, never written down: `env:NAME` or `file:PATH`."""
    if isinstance(value, Secret):
        return value
    where, _colon, name = str(value or "").partition(":")
    match where:
        case "":
            return Secret("")
        case "env":
            return Secret(os.environ.get(name, "").strip(), variable=name)
        case "file":
            return Secret(_text_of(ROOT / name))
        case _:
            raise ValueError(_("ожидается env:ИМЯ или file:ПУТЬ; сам ключ сюда не пишут"))


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        words = _("файл {file} не читается: {why}").format(file=file, why=file_words(error))
        raise ValueError(words) from error


def _data_class(value: Any, _kind: Any) -> DataClass:
    names = {member.name.lower(): member for member in DataClass}
    _refuse_unless(isinstance(value, str) and value in names, value, ", ".join(names))
    return names[value]


def _path(value: Any, _kind: Any) -> Path:
    if isinstance(value, Path):
        return value
    _refuse_unless(isinstance(value, str) and value, value, _("путь"))
    return ROOT / str(value)


def is_folder(path: Path) -> bool:
    """Whether there is a folder that we may look into; `is_dir` raises where we may not ask."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _web_address(value: Any, _kind: Any) -> WebAddress:
    text: str = _strict(str)(value, str)
    try:
        parts = urlsplit(text)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    fits = fits and not any(mark.isspace() for mark in text) and len(text) <= LONGEST_ADDRESS
    expected = _("адрес, который начинается с https://, до {longest} знаков")
    _refuse_unless(fits or not text, value, expected.format(longest=LONGEST_ADDRESS))
    return WebAddress(text)


def _limit(value: Any, _kind: Any) -> Limit:
    text: str = _strict(str)(value, str)
    try:
        (limit,) = parse_many(text)
        fits = 0 < limit.amount <= MOST_REQUESTS and limit.get_expiry() <= LONGEST_LIMIT
    except ValueError:
        fits = False
    _refuse_unless(fits, value, _("предел, например 30/second,"))
    return Limit(text)


def _colour(value: Any, _kind: Any) -> Colour:
    text: str = _strict(str)(value, str)
    _refuse_unless(
        re.fullmatch("#[0-9a-fA-F]{6}", text), value, _('цвет в кавычках, например "#1f5fa8",')
    )
    return Colour(text.lower())


converter = Converter(detailed_validation=False)
converter.register_structure_hook(bool, _strict(bool))
converter.register_structure_hook(int, _strict(int))
converter.register_structure_hook(float, _strict(float, int))
converter.register_structure_hook(str, _strict(str))
converter.register_structure_hook(ZoneInfo, _zone)
converter.register_structure_hook(time, _time)
converter.register_structure_hook(date, _date)
converter.register_structure_hook(Secret, _secret)
converter.register_structure_hook(DataClass, _data_class)
converter.register_structure_hook(Path, _path)
converter.register_structure_hook(WebAddress, _web_address)
converter.register_structure_hook(Limit, _limit)
converter.register_structure_hook(Colour, _colour)
