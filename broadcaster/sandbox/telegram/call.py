"""One call as it arrives: form, multipart, JSON or query, checked against the method's table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from aiohttp import web
from aiohttp.web_request import FileField

from broadcaster.sandbox.phone import ShownFile
from broadcaster.sandbox.telegram.refusal import bad
from broadcaster.sandbox.telegram.tables import MISSING, Fields, Type

_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Call:
    """A method with its parameters in Python's types, and the files sent along by field name."""

    method: str
    values: Mapping[str, Any]
    files: Mapping[str, ShownFile]

    @property
    def address(self) -> str:
        """The chat as the caller named it; empty where the method has none."""
        return str(self.values.get("chat_id", ""))

    def get(self, name: str, default: Any = None) -> Any:
        """A parameter's value."""
        return self.values.get(name, default)


async def read(request: web.Request, method: str, fields: Fields) -> Call:
    """The call; raises Refusal for a parameter that is unknown, missing or of another type."""
    raw, files = await _parameters(request)
    values = {name: _typed(name, value, fields) for name, value in raw.items() if value != ""}
    for name, field in fields.items():
        if field.required and name not in values and name not in files:
            raise bad(MISSING.get(name, f'parameter "{name}" is required'))
    return Call(method, values, files)


async def _parameters(request: web.Request) -> tuple[dict[str, Any], dict[str, ShownFile]]:
    raw: dict[str, Any] = dict(request.query)
    files: dict[str, ShownFile] = {}
    if request.content_type == "application/json":
        try:
            sent = json.loads(await request.text() or "{}")
        except ValueError:
            raise bad("can't parse JSON object") from None
        if not isinstance(sent, dict):
            raise bad("can't parse JSON object")
        return raw | {name: value for name, value in sent.items() if value is not None}, files
    for name, value in (await request.post()).items():
        if isinstance(value, FileField):
            files[name] = _file(value)
        else:
            raw[name] = value
    return raw, files


def _file(field: FileField) -> ShownFile:
    with field.file as file:
        return ShownFile(field.filename, field.content_type, file.read())


def _typed(name: str, value: Any, fields: Fields) -> Any:
    if name not in fields:
        # The platform itself is silent about these; a sandbox that is not finds the slip.
        raise bad(f'unknown parameter "{name}"')
    return typed(name, value, fields[name].type)


def typed(name: str, value: Any, wanted: Type) -> Any:  # noqa: PLR0911 one line a type
    """A value that came as text or JSON, in the type the table wants; raises Refusal."""
    match wanted:
        case Type.STRING | Type.FILE | Type.PLACE:
            return _text(name, value, wanted)
        case Type.INTEGER:
            return _integer(name, value)
        case Type.BOOLEAN:
            return _boolean(name, value)
        case Type.OBJECT:
            return _json(name, value, dict, "Object")
        case Type.OBJECTS:
            return [_json(name, one, dict, "Object") for one in _json(name, value, list, "Array")]
        case Type.INTEGERS:
            return [_integer(name, one) for one in _json(name, value, list, "Array")]
        case Type.STRINGS:
            return [_text(name, one, Type.STRING) for one in _json(name, value, list, "Array")]
        case _:
            assert_never(wanted)


def _text(name: str, value: Any, wanted: Type) -> str:
    if isinstance(value, str):
        return value
    if wanted is Type.PLACE and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise bad(f'field "{name}" must be of type String')


def _integer(name: str, value: Any) -> int:
    try:
        if not isinstance(value, bool | float):
            return int(value)
    except (TypeError, ValueError):
        pass
    raise bad(f'field "{name}" must be of type Number')


def _boolean(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _BOOLEANS:
        return _BOOLEANS[value.lower()]
    raise bad(f'field "{name}" must be of type Boolean')


def _json(name: str, value: Any, wanted: type, called: str) -> Any:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise bad(f"can't parse {name} JSON object") from None
    if not isinstance(value, wanted):
        raise bad(f'field "{name}" must be of type {called}')
    return value
