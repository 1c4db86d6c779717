"""One text of a mail in base64: what is the same for everybody is encoded once.

Base64 makes four characters of three bytes, so a literal that follows a person's word can begin in
three ways; all three are kept ready. Each begins on a line of its own, since a line may be shorter
than 76 columns (RFC 2045 §6.8): nothing that is ready is ever cut anew.
"""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from broadcaster.contract import Wording

LINE = 76
TRIPLE = 3


@dataclass(frozen=True, slots=True)
class Ready:
    """A literal whose first bytes were taken by what stands before it.

    `lines` is what is encoded of it, `rest` the last bytes, too few for three, left for what
    follows.
    """

    lines: bytes
    rest: bytes


@dataclass(frozen=True, slots=True)
class Literal:
    """A piece of text after the hole `after`; `ready[n]` lacks its first n bytes.

    A literal shorter than n bytes has no such way to begin.
    """

    after: str
    data: bytes
    ready: tuple[Ready, ...]


class Body:
    """One text of the message: base64 of a wording, its literals encoded once."""

    __slots__ = ("_first", "_later", "personal")

    def __init__(self, wording: Wording) -> None:
        first, *later = (encoded(piece) for piece in wording.pieces[::2])
        self.personal = bool(later)
        self._first = ready(first, last=not later)
        self._later = [
            Literal(name, data, beginnings(data, last=number == len(later)))
            for number, (name, data) in enumerate(
                zip(wording.pieces[1::2], later, strict=True), start=1
            )
        ]

    def fill(self, words: Mapping[str, bytes]) -> bytes:
        """The body for one person, whose `encoded` segments are `words`.

        Raises KeyError for one that is missing.
        """
        lines, loose = [self._first.lines], self._first.rest
        for literal in self._later:
            loose += words[literal.after]
            missing = -len(loose) % TRIPLE
            if missing >= len(literal.ready):
                loose += literal.data
                continue
            lines.append(base64_lines(loose + literal.data[:missing]))
            begun = literal.ready[missing]
            lines.append(begun.lines)
            loose = begun.rest
        lines.append(base64_lines(loose))
        return b"\r\n".join([line for line in lines if line])


def ready(data: bytes, *, last: bool) -> Ready:
    """A literal encoded as far as that can be done without what follows it."""
    whole = len(data) if last else len(data) // TRIPLE * TRIPLE
    return Ready(base64_lines(data[:whole]), data[whole:])


def beginnings(data: bytes, *, last: bool) -> tuple[Ready, ...]:
    """All the ways in which a literal can begin."""
    ways = range(min(TRIPLE, len(data) + 1))
    return tuple(ready(data[missing:], last=last) for missing in ways)


def encoded(text: str) -> bytes:
    """The text in UTF-8 with the line ends of mail; what UTF-8 cannot express becomes `?`."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\n", "\r\n").encode("utf-8", "replace")


def base64_lines(data: bytes) -> bytes:
    """Base64 in lines of at most 76 columns, no line end after the last."""
    code = binascii.b2a_base64(data, newline=False)
    if len(code) <= LINE:
        return code
    return b"\r\n".join([code[at : at + LINE] for at in range(0, len(code), LINE)])
