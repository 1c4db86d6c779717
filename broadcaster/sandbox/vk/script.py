"""`execute` for the one shape we need: `return [API.messages.send({…}), …];`, at most 25 calls."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from broadcaster.sandbox.vk.refusals import Refusal
from broadcaster.sandbox.vk.tables import SCRIPT_CALLS

RUNTIME_ERROR = 13
START = re.compile(r"\s*return\s*\[\s*")
CALL = re.compile(r"API\.([a-z]+\.[A-Za-z]+)\(\s*")
AFTER = re.compile(r"\s*\)\s*(,\s*|\]\s*;?\s*\Z)")
LINE_ENDS = re.compile("[\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a method with the parameters as a form would bring them."""

    method: str
    form: Mapping[str, str]


def calls_of(code: str) -> list[Call]:
    """The calls of a script; raises Refusal for any other script, and for too many calls."""
    position = _after(START, code, 0).end()
    calls = []
    while True:
        name = _after(CALL, code, position)
        values, position = _literal(code, name.end())
        calls.append(Call(name[1], _form(values)))
        end = _after(AFTER, code, position)
        position = end.end()
        if not end[1].startswith(","):
            break
    if len(calls) > SCRIPT_CALLS:
        raise Refusal(RUNTIME_ERROR, "too many api calls")
    return calls


def _after(pattern: re.Pattern[str], code: str, position: int) -> re.Match[str]:
    found = pattern.match(code, position)
    if not found:
        raise Refusal(RUNTIME_ERROR, f"unexpected symbol at {position}")
    return found


def _literal(code: str, position: int) -> tuple[dict[str, Any], int]:
    """An object in JSON's own strict spelling, without bare line ends inside its strings."""
    try:
        value, end = json.JSONDecoder().raw_decode(code, position)
    except ValueError:
        raise Refusal(RUNTIME_ERROR, f"unexpected symbol at {position}") from None
    if not isinstance(value, dict) or LINE_ENDS.search(code, position, end):
        raise Refusal(RUNTIME_ERROR, f"unexpected symbol at {position}")
    return value, end


def _form(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: _text(value) for name, value in values.items()}


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value)
