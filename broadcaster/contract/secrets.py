"""Tokens and passwords, which never print: a type of their own, and stars for all others."""

from __future__ import annotations

import os
import re


class Secret:
    """A token or password; prints as stars, gives itself up only to `reveal()`.

    `variable` is the name of the environment's variable that holds it, if one does.
    """

    __slots__ = ("_value", "variable")

    def __init__(self, value: str, *, variable: str = "") -> None:
        self._value = value
        self.variable = variable

    def reveal(self) -> str:
        """The secret itself, for the one place that hands it to the platform."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__


STARS = "***"
"""What stands in place of a secret."""

SHORTEST = 8
"""Characters; a shorter value of the environment is too common a word to look for."""

_NAMES = re.compile("TOKEN|PASSWORD|SECRET|KEY")
_IN_ADDRESS = re.compile(r"(?<=:)[^:@]+(?=@[^@]*$)")
_TOKENS = re.compile(
    r"\b[0-9]{6,}:[\w-]{12,}"  # a bot's of Telegram
    r"|\bvk1\.a\.[\w.-]{6,}"  # of VK
    r"|(?<![\w/.-])(?=[\w+-]*[0-9])(?=[\w+-]*[A-Za-z])[\w+-]{32,}={0,2}"  # of most others
)


def masked(text: str) -> str:
    """The text with stars for every secret that the environment has.

    Those are the values of what is named a token, a password, a secret or a key, and the passwords
    in the addresses of the database and of the broker.
    """
    for secret in _of_the_environment():
        text = text.replace(secret, STARS)
    return text


def discreet(text: str) -> str:
    """The text with stars also for what only looks like a token: it may stand where none should."""
    return _TOKENS.sub(STARS, masked(text))


def _of_the_environment() -> list[str]:
    """The longest first, as one may be a part of another."""
    found = {value for name, value in os.environ.items() if _NAMES.search(name)}
    for name in ("DATABASE_URL", "REDIS_URL"):
        found |= {part[0] for part in _IN_ADDRESS.finditer(os.environ.get(name, ""))}
    return sorted((value for value in found if len(value) >= SHORTEST), key=len, reverse=True)
