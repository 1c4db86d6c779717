"""What the system and libraries say in English, said again in the school's language.

What is not in a table gets a sentence that holds for the rest of its kind.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping
from typing import Any

from broadcaster.i18n import _

SYSTEM: Mapping[int, str] = {
    errno.EACCES: _("нет прав"),
    errno.EPERM: _("нет прав"),
    errno.EROFS: _("диск открыт только для чтения"),
    errno.ENOSPC: _("на диске нет места"),
    errno.EDQUOT: _("на диске нет места"),
    errno.ENOENT: _("нет такого файла или папки"),
    errno.EISDIR: _("это папка, а не файл"),
    errno.ENOTDIR: _("часть пути — не папка"),
    errno.EEXIST: _("такой файл уже есть"),
    errno.ENAMETOOLONG: _("имя слишком длинное"),
    errno.ELOOP: _("ссылки ведут по кругу"),
    errno.EIO: _("диск не отвечает"),
    errno.EMFILE: _("открыто слишком много файлов"),
    errno.EADDRINUSE: _("порт уже занят"),
    errno.EADDRNOTAVAIL: _("у этого компьютера нет такого адреса"),
    errno.ECONNREFUSED: _("соединение не принято"),
}

FIELDS: Mapping[str, str] = {
    "missing": _("Этого не хватает."),
    "extra_forbidden": _("Такого поля нет."),
    "string_type": _("Нужен текст."),
    "string_too_long": _("Длиннее {max_length} знаков."),
    "string_too_short": _("Пусто или слишком коротко."),
    "string_pattern_mismatch": _("Здесь есть знаки, которых быть не должно."),
    "string_unicode": _("Это не текст в UTF-8."),
    "int_type": _("Нужно целое число."),
    "int_parsing": _("Нужно целое число."),
    "int_parsing_size": _("Нужно целое число."),
    "int_from_float": _("Нужно целое число."),
    "bool_type": _("Нужно true или false."),
    "bool_parsing": _("Нужно true или false."),
    "list_type": _("Нужен список."),
    "dict_type": _("Нужен объект."),
    "model_type": _("Нужен объект."),
    "model_attributes_type": _("Нужен объект."),
    "too_long": _("Больше {max_length}."),
    "too_short": _("Меньше {min_length}."),
    "greater_than_equal": _("Не меньше {ge}."),
    "less_than_equal": _("Не больше {le}."),
    "literal_error": _("Можно: {expected}."),
    "uuid_parsing": _("Это не номер объявления."),
    "moment": _("Нужны дата и время с поясом, например 2026-12-01T18:30:00+03:00."),
}

YAML = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"mapping values are not allowed", _("лишнее двоеточие или неверный отступ")),
        (r"could not find expected ':'", _("после имени не хватает двоеточия")),
        (r"found character (?P<found>'\\t')", _("отступ сделан табуляцией: нужны пробелы")),
        (
            r"found character (?P<found>\S+) that cannot start",
            _("со знака {found} значение не начинают; возьмите его в кавычки"),
        ),
        (
            r"expected (?P<wanted>['<].+), but (?:found|got) (?P<found>.+)",
            _("ожидается {wanted}, а стоит {found}"),
        ),
        (r"but (?:found|got) (?P<found>.+)", _("здесь не может стоять {found}")),
        (r"undefined alias", _("такого псевдонима нет; значение со знака * берут в кавычки")),
        (r"determine a constructor", _("такой метки нет; значение со знака ! берут в кавычки")),
        (r"unexpected end of stream", _("кавычка не закрыта")),
        (r"unacceptable character|not allowed", _("здесь есть знак, который не печатается")),
    )
)


def system_words(error: OSError) -> str:
    """Why the system refused, in one phrase."""
    rest = _("ошибка системы {name}")
    name = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return SYSTEM.get(error.errno or 0, rest.format(name=name))


def file_words(error: OSError | UnicodeDecodeError) -> str:
    """Why a file of text cannot be read, in one phrase."""
    if isinstance(error, UnicodeDecodeError):
        return _("это не текст в UTF-8")
    return system_words(error)


def field_words(error: Mapping[str, Any]) -> str:
    """What one of pydantic's errors says, in one sentence."""
    words = FIELDS.get(error["type"], _("Значение не подходит."))
    return words.format_map(error.get("ctx") or {})


def yaml_words(problem: str) -> str:
    """What is wrong with a line of YAML, in one phrase; signs of YAML are repeated."""
    for pattern, words in YAML:
        if found := pattern.search(problem):
            signs = found.groupdict().items()
            return words.format(**{name: sign.replace(" or ", _(" или ")) for name, sign in signs})
    return _("запись YAML не разобрать")
