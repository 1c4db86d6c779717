"""What operations say of their answers in the description of the API."""

from __future__ import annotations

from typing import Any

from broadcaster.web.api.problems import Refusal
from broadcaster.web.api.repeating import PARAMETER

ALWAYS = (401, 403, 422, 429, 500)
CHANGED = (400, 409, 413)


def answers(status: int, model: Any, *refusals: int) -> dict[str, Any]:
    """The answers of an operation that only looks."""
    return {"response": {status: model} | dict.fromkeys((*ALWAYS, *refusals), Refusal)}


def changing(status: int, model: Any, *refusals: int) -> dict[str, Any]:
    """The answers of an operation that changes something, and the key that it takes."""
    return answers(status, model, *CHANGED, *refusals) | {
        "openapi_extra": {"parameters": [dict(PARAMETER)]}
    }
