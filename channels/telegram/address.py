"""The one spelling of an address: a person's number, a group's negative one, or @channel."""

from __future__ import annotations

import re

from broadcaster.contract import InvalidAddress

_NUMBER = re.compile(r"-?[0-9]{1,16}")
_NAME = r"[A-Za-z][A-Za-z0-9_]{3,31}"
_AT_NAME = re.compile(f"@({_NAME})")
_LINK = re.compile(
    rf"(?:https?://)?(?:www\.)?(?:t|telegram)\.me/(?:s/)?({_NAME})(?:/[0-9]+)?/?(?:\?[^\s]*)?",
    re.IGNORECASE,
)
_PRIVATE_LINK = re.compile(
    r"(?:https?://)?(?:t|telegram)\.me/c/([0-9]{1,13})(?:/[0-9]+)*/?", re.IGNORECASE
)
_PASTED_MINUSES = str.maketrans("\N{MINUS SIGN}\N{EN DASH}", "--")
_WIDEST = 1 << 52
"""Identifiers have at most 52 significant bits (Bot API, Chat)."""

EXPECTED = (
    "a Telegram address is a number (123456789, -1001234567890), @channelname"
    " or https://t.me/channelname"
)


def normalise(raw: str) -> str:
    """The number without ornaments, or the name as `@name` in small letters.

    Links to a channel and to one of its messages are understood; invitations (`t.me/+…`) name no
    place. Raises InvalidAddress with what was expected.
    """
    text = raw.strip().translate(_PASTED_MINUSES)
    if _NUMBER.fullmatch(text) and 0 < abs(int(text)) < _WIDEST:
        return str(int(text))
    if private := _PRIVATE_LINK.fullmatch(text):
        return f"-100{private[1]}"
    if named := _AT_NAME.fullmatch(text) or _LINK.fullmatch(text):
        return f"@{named[1].lower()}"
    raise InvalidAddress(EXPECTED)


def is_shared(address: str) -> bool:
    """Whether many people read there, so that Telegram's limit for groups and channels applies."""
    return address.startswith(("-", "@"))
