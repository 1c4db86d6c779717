"""Addresses on VK: `123` a person, `2000000005` a group chat, `wall-123` a community's wall."""

from __future__ import annotations

import re

from broadcaster.contract import InvalidAddress

CHATS = 2_000_000_000
"""Group chat number n has the peer id 2000000000 + n; people's ids stay below."""

HOST = r"(?:https?://)?(?:www\.|m\.)?vk\.(?:com|ru)/"
PERSON = re.compile(rf"(?:{HOST})?@?id([0-9]{{1,10}})/?|([0-9]{{1,10}})", re.IGNORECASE)
WALL = re.compile(
    rf"(?:{HOST})?(?:wall:?-|club|public|event)([0-9]{{1,10}})/?|-([0-9]{{1,10}})", re.IGNORECASE
)
EXPECTED = (
    "expected a person's number (123, id123, https://vk.com/id123), a group chat's (2000000001"
    " and up) or a wall (wall-123, https://vk.com/club123); a short name cannot be looked up here,"
    " give the number behind it"
)


def normalise(raw: str) -> str:
    """The one spelling of an address; raises InvalidAddress with what was expected."""
    text = raw.strip()
    if match := WALL.fullmatch(text):
        return f"wall-{_number(match)}"
    if match := PERSON.fullmatch(text):
        return str(_number(match))
    raise InvalidAddress(EXPECTED)


def wall_of(address: str) -> int | None:
    """The community on whose wall this address is; None when it is a person or a chat."""
    return int(address.removeprefix("wall-")) if address.startswith("wall-") else None


def is_shared(address: str) -> bool:
    """Whether many people read there."""
    return wall_of(address) is not None or int(address) > CHATS


def _number(match: re.Match[str]) -> int:
    number = int(match[1] or match[2])
    if number in {0, CHATS}:
        raise InvalidAddress(EXPECTED)
    return number
