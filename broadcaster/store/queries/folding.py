"""A folded word as a pattern, so that the database finds it in names as they are written.

Neither database can be asked to fold a name: SQLite's LIKE and lower() know Latin letters only,
and so does PostgreSQL's lower() in a database that was made with the locale C. A pattern that
names every spelling of every letter, «[Ееё…]», needs neither.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from itertools import chain

from broadcaster.domain.naming import folded

_ALPHABETS = chain(range(0x20, 0x250), range(0x400, 0x530), range(0x2010, 0x201A))
"""Latin, Cyrillic with the letters of other peoples of Russia, hyphens and quotation marks."""


def pattern_of(word: str) -> str:
    """A regular expression, of both databases, for what holds `word`, which is folded."""
    return "".join(map(_any_spelling, word))


def _any_spelling(letter: str) -> str:
    spellings = sorted({letter, letter.upper(), *_spellings().get(letter, ())})
    signs = [sign for sign in spellings if len(sign) == 1]
    if len(signs) == 1:
        return re.escape(letter)
    return "[" + "".join(map(re.escape, signs)) + "]"


@cache
def _spellings() -> Mapping[str, set[str]]:
    """Folded letter → all the letters that are folded to it."""
    spellings: dict[str, set[str]] = defaultdict(set)
    for code in _ALPHABETS:
        spellings[folded(chr(code))].add(chr(code))
    return spellings
