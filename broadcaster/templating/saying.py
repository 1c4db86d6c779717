"""What is wrong with a template, in words for whoever wrote it.

One line says what is wrong; a second one, where there is one, what is expected.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from typing import Final

from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError

from broadcaster.i18n import _
from broadcaster.templating.sandbox import ENDING

_TAGS = "if, for, set, block, extends, include, import, from, macro, call, with, filter, raw"

_KNOWN: Final = (
    (re.compile(r"unknown tag '(end\w+)'"), _("«{0}» ничего не закрывает."), ""),
    (re.compile(r"unknown tag '(.*?)'"), _("команды «{0}» нет."), _TAGS),
    (re.compile(r"nexpected end of template"), _("шаблон оборвался: не всё закрыто."), ""),
    (
        re.compile(r"Missing end of (\w+)"),
        _("не закрыто: {0}."),
        "{# … #}, {% raw %} … {% endraw %}",
    ),
    (
        re.compile(r"unexpected char ['\"](?:\\(?=\\))?(.*?)['\"] at"),
        _("знак «{0}» здесь не к месту."),
        "",
    ),
    (re.compile(r"unexpected '(.*?)'"), _("«{0}» здесь не к месту."), ""),
    (re.compile(r"Expected an expression"), _("здесь ждали имя или значение."), ""),
    (re.compile(r"expected name or number"), _("после точки ждали имя поля."), ""),
    (
        re.compile(r"invalid syntax for function call"),
        _("в скобках сначала значения, потом имена с «=»."),
        "",
    ),
    (re.compile(r"expected token 'end of [\w ]+', got '(.*?)'"), _("«{0}» здесь лишнее."), ""),
    (re.compile(r"expected token '(.*?)', got '(.*?)'"), _("вместо «{1}» ждали «{0}»."), ""),
    (re.compile(r"tag name expected"), _("после «{{%» ждали имя команды."), ""),
    (re.compile(r"can't assign to"), _("здесь ждали имя, а не значение."), ""),
    (
        re.compile(r"cannot chain multiple tests"),
        _("две проверки подряд соединяют словом and."),
        "",
    ),
    (re.compile(r"block '(.*)' defined twice"), _("блок «{0}» есть дважды."), ""),
    (re.compile(r"no parent block called '(.*)'"), _("у блока «{0}» нет родителя."), ""),
    (re.compile(r"starting with an underline"), _("имена с «_» в начале закрыты."), ""),
)
"""What Jinja says in English, and what we say instead; its own words follow what is not here."""

_TOKENS: Mapping[str, str] = {
    "begin of print statement": "{{",
    "begin of statement block": "{%",
    "end of print statement": "}}",
    "end of statement block": "%}",
    "end of template": _("конец шаблона"),
    "float": _("число"),
    "integer": _("число"),
    "name": _("имя"),
    "string": _("текст"),
    "template data / text": _("текст"),
}
"""What Jinja calls parts of a template."""

_BY_KIND: Mapping[type[Exception], str] = {
    RecursionError: _("шаблон вызывает сам себя без конца."),
    ZeroDivisionError: _("делить на ноль нельзя."),
}

_PLACE = re.compile(r" at 0x[0-9a-fA-F]+")


def said(error: Exception) -> str:
    """The words for any error that a template raised."""
    match error:
        case TemplateNotFound():
            return _("шаблона «{name}» нет.").format(name=error.name)
        case TemplateError():
            return _translated(error.message or "")
        case UnicodeDecodeError():
            return _("файл записан не в кодировке UTF-8.")
        case TypeError() | ValueError() | AttributeError() | LookupError() | AssertionError():
            told = _PLACE.sub("", str(error))
            return _("с этими значениями так нельзя ({told}).").format(told=told)
        case _:
            general = _("шаблон не выполнить ({kind}).").format(kind=type(error).__name__)
            return _BY_KIND.get(type(error), general)


def place(error: Exception, file: str) -> tuple[str, int]:
    """Where in a template it happened; `file` and 0 when that is not known.

    Jinja writes the lines of templates into tracebacks; the innermost one counts.
    """
    if isinstance(error, TemplateSyntaxError):
        return error.filename or file, error.lineno
    places = [
        (frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename.endswith(ENDING)
    ]
    return places[-1] if places else (file, 0)


def told(error: Exception, file: str) -> str:
    """Place and words in one line."""
    found, line = place(error, file)
    complaint, _newline, expected = said(error).partition("\n")
    where = f"{found}:{line}" if line else found
    if not expected:
        return f"{where}: {complaint}"
    return _("{place}: {message} Ожидается: {expected}.").format(
        place=where, message=complaint, expected=expected
    )


def _translated(message: str) -> str:
    for pattern, words, expected in _KNOWN:
        found = pattern.search(message)
        if found:
            complaint = words.format(*(_TOKENS.get(part, part) for part in found.groups()))
            return f"{complaint}\n{expected}" if expected else complaint
    return _PLACE.sub("", message)
