"""What an SMTP server answers, cut out of the bytes of a connection (RFC 5321 §4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

MAX_REPLY = 32 * 1024
"""In bytes; more without an end is no SMTP server."""


class BadReply(ValueError):
    """The bytes are no SMTP reply."""


class Reply(NamedTuple):
    """One answer; the lines of a long one are joined by spaces."""

    code: int
    text: str

    @property
    def positive(self) -> bool:
        """Whether the server agreed."""
        return 200 <= self.code < 300  # noqa: PLR2004 - 2yz, the positive completion replies

    def __str__(self) -> str:
        return f"{self.code} {self.text}".rstrip()


class ReplyReader:
    """Collects bytes and gives back whole replies."""

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[str] = []

    def feed(self, data: bytes) -> Iterator[Reply]:
        """The replies complete with these bytes; raises BadReply."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if line[3:4] == b"-":
                self._lines.append(words(line))
            elif self._lines:
                text = " ".join((*self._lines, words(line)))
                self._lines.clear()
                yield Reply(number(line[:3]), text)
            else:
                yield reply(line)
        if len(self._rest) + sum(map(len, self._lines)) > MAX_REPLY:
            raise BadReply("a reply without an end")


@lru_cache(maxsize=64)
def reply(line: bytes) -> Reply:
    """The reply that is this line alone; a server says most of its lines again and again."""
    return Reply(number(line[:3]), words(line))


def words(line: bytes) -> str:
    """What a line says after its code."""
    return line[4:].decode("utf-8", "replace").strip()


def number(code: bytes) -> int:
    """The three digits a reply begins with; raises BadReply."""
    if len(code) != 3 or not code.isdigit():  # noqa: PLR2004 - three digits
        raise BadReply("a reply without a code")
    return int(code)
