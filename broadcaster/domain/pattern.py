"""Finding a name by a part of it, alike in every database."""

from __future__ import annotations

import re


def name_pattern(words: str) -> str:
    """A regular expression for a part of a name in any case, «е» and «ё» alike.

    Databases do not agree on what a capital Cyrillic letter is; so both letters are named.
    """
    return "".join(map(_letter, " ".join(words.split())))


def _letter(one: str) -> str:
    if one.lower() in {"е", "ё"}:
        return "[еЕёЁ]"
    return "(" + "|".join(map(re.escape, dict.fromkeys((one.lower(), one.upper())))) + ")"
