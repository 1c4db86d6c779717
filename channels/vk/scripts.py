"""VKScript for `execute`: many calls with texts of their own in one request."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from channels.vk.api import Values
from channels.vk.bundles import CALLS
from channels.vk.errors import Lost, Refused

METHOD = "messages.send"

LENGTH = 60_000
"""Characters of one script: VK names no limit; if there is none, we send a few requests more."""

ESCAPED = str.maketrans({"\u2028": "\\u2028", "\u2029": "\\u2029"})
"""JSON may hold these bare; a script would take them for the ends of lines."""


def call_of(values: Values) -> str:
    """One call. All that comes from people is inside JSON's quotes and cannot get out of them."""
    return f"API.{METHOD}({json.dumps(values, ensure_ascii=False).translate(ESCAPED)})"


def script_of(calls: Sequence[str]) -> str:
    """A script that answers with a list, one item a call."""
    return f"return [{','.join(calls)}];"


def packs(calls: Sequence[str]) -> Iterator[slice]:
    """The stretches of `calls` that go into one script each."""
    start, length = 0, 0
    for at, call in enumerate(calls):
        if at > start and (at - start == CALLS or length + len(call) > LENGTH):
            yield slice(start, at)
            start, length = at, 0
        length += len(call)
    if calls:
        yield slice(start, len(calls))


def answers_of(answer: Mapping[str, Any], count: int) -> list[Any]:
    """One answer a call: what it returned, or Refused or Lost as a value.

    A refused call is `false` in the list; the errors stand beside it in the order of the calls.
    """
    response = answer["response"]
    if not isinstance(response, list) or len(response) != count:
        return [Lost("the script answered something else")] * count
    errors = answer.get("execute_errors")
    named = [e for e in errors if isinstance(e, dict)] if isinstance(errors, list) else []
    told = (e for e in named if e.get("method") == METHOD)
    return [
        refusal(next(told, None), "error_code", "error_msg") if item is False else item
        for item in response
    ]


def refusal(told: Any, code: str, words: str) -> Refused | Lost:
    """What VK says of one refused copy; Lost when nobody understands it."""
    try:
        return Refused(int(told[code]), str(told.get(words, "")))
    except (AttributeError, KeyError, TypeError, ValueError):
        return Lost("a refusal that names no error")
