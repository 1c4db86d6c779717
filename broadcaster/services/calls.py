"""What is told to another program, and what its answer means; the wire is `calling`'s business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

PRIVATE, TIMEOUT, CERTIFICATE, CONNECTION = "private", "timeout", "certificate", "connection"
"""What stands for an answer when there was none."""


@dataclass(frozen=True, slots=True)
class Call:
    """What is told to one webhook; `id` stays the same when it is told again."""

    id: str
    url: str
    secret: str = field(repr=False)
    payload: Mapping[str, Any] = field(repr=False)


def is_heard(answer: str) -> bool:
    """Whether the other side said that it has heard."""
    return answer.isdecimal() and HTTPStatus(200) <= int(answer) < HTTPStatus(300)
