"""Header fields written by hand, because they differ in every copy (RFC 5322, RFC 2047)."""

from __future__ import annotations

import binascii
import re
from urllib.parse import quote

LINE, WORD_FRAME = 76, len("=?utf-8?b??=")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
URL_SAFE = ":/?#[]@!$&'()*+,;=-._~%"
URL_READY = re.compile(rf"[A-Za-z0-9{re.escape(URL_SAFE)}]*")


def one_line(text: str) -> str:
    """The text with every run of white space and control characters made one space."""
    return " ".join(CONTROL.sub(" ", text).split())


def field(name: str, text: str) -> bytes:
    """`Name: text` ready for the wire, in encoded words of at most 76 columns where need be.

    The text must be one line; what UTF-8 cannot express becomes a question mark.
    """
    if text.isascii() and "=?" not in text and len(name) + 2 + len(text) <= LINE:
        return f"{name}: {text}\r\n".encode("ascii")
    data = text.encode("utf-8", "replace")
    words: list[bytes] = []
    while data:
        taken = len(name) + 2 if not words else 1
        cut = boundary(data, (LINE - taken - WORD_FRAME) // 4 * 3)
        words.append(b"=?utf-8?b?" + binascii.b2a_base64(data[:cut], newline=False) + b"?=")
        data = data[cut:]
    return name.encode("ascii") + b": " + b"\r\n ".join(words) + b"\r\n"


def boundary(data: bytes, most: int) -> int:
    """The longest length up to `most` that does not cut a UTF-8 character."""
    if len(data) <= most:
        return len(data)
    while data[most] & 0xC0 == 0x80:  # noqa: PLR2004 - the mark of a continuation byte
        most -= 1
    return most


def link(url: str) -> str:
    """The address of a page as a header may carry it between angle brackets."""
    return url if URL_READY.fullmatch(url) else quote(url, safe=URL_SAFE)
