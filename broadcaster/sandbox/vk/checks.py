"""A form against the tables: what is unknown, missing, ill-typed or too long is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from broadcaster.sandbox.vk.refusals import Refusal
from broadcaster.sandbox.vk.tables import COMMON, Field, Method, Type

BAD_PARAMETER = 100
TOO_LONG = 914
INTEGER = re.compile(r"-?[0-9]+")
INT64 = 2**63


def checked(method: Method, form: Mapping[str, str]) -> dict[str, Any]:
    """The parameters as Python values; empty ones count as absent, as they do for VK."""
    given = {name: text for name, text in form.items() if name not in COMMON and text != ""}
    for name in given:
        if name not in method.fields:
            raise Refusal(BAD_PARAMETER, f"{name} is unknown")
    for name, field in method.fields.items():
        if field.required and name not in given:
            raise Refusal(BAD_PARAMETER, f"{name} is undefined")
    return {name: _value(name, method.fields[name], text) for name, text in given.items()}


def _value(name: str, field: Field, text: str) -> Any:
    if field.max_length and len(text) > field.max_length:
        raise Refusal(TOO_LONG if name == "message" else BAD_PARAMETER, f"{name} is too long")
    try:
        value = READERS[field.type](text)
    except ValueError:
        raise Refusal(BAD_PARAMETER, f"{name} is invalid") from None
    if field.max_items and len(value) > field.max_items:
        raise Refusal(BAD_PARAMETER, f"{name} has more than {field.max_items} items")
    if field.minimum is not None and value < field.minimum:
        raise Refusal(BAD_PARAMETER, f"{name} should be at least {field.minimum}")
    return value


def _integer(text: str) -> int:
    if not INTEGER.fullmatch(text) or not -INT64 <= (value := int(text)) < INT64:
        raise ValueError(text)
    return value


def _boolean(text: str) -> bool:
    if text not in {"0", "1"}:
        raise ValueError(text)
    return text == "1"


READERS: Mapping[Type, Callable[[str], Any]] = {
    Type.INTEGER: _integer,
    Type.STRING: str,
    Type.BOOLEAN: _boolean,
    Type.INTEGERS: lambda text: [_integer(item.strip()) for item in text.split(",")],
    Type.STRINGS: lambda text: [item.strip() for item in text.split(",")],
}
