"""Which characters of an author or of a person may reach a platform.

Refused are those that XML 1.0 cannot carry, that no screen shows, or that turn the order of the
letters around: they break feeds and are used to disguise links. Joiners (U+200C, U+200D) stay,
since emoji and Persian need them; so do the harmless marks of direction (U+200E, U+200F, U+061C).
"""

from __future__ import annotations

import re
import unicodedata

_LINE_ENDS = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")

_REFUSED = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f"  # control characters but tab and line ends
    r"\u200b\u2060-\u2064\ufeff"  # of no width
    r"\u202a-\u202e\u2066-\u206f"  # turn the order of letters around
    r"\ud800-\udfff\ufffe\uffff]"  # halves of pairs and no characters at all
)

_OUR_OWN = re.compile(r"[\ufdd0-\ufdef]")
"""Unicode keeps these for a program's inner use; ours marks holes with them (see `holes`)."""

_LOOK_EMPTY = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and symbols by category that show nothing."""


def clean(text: str) -> str:
    """What somebody wrote, without refused characters, a line feed alone ending each line."""
    return _OUR_OWN.sub("", clean_parsed(text))


def clean_parsed(text: str) -> str:
    """The same for text that carries our marks of holes already."""
    return _REFUSED.sub("", _LINE_ENDS.sub("\n", text))


def one_line(text: str) -> str:
    """Clean text on one line, single spaces between words; no-break spaces stay."""
    if text.isprintable() and "  " not in text:  # most names; Python prints no refused character
        return text.strip()
    return joined(clean(text))


def joined(text: str) -> str:
    """The text on one line, nothing else changed."""
    return re.sub(r"[ \t\n]+", " ", text).strip()


def visible(text: str) -> bool:
    """Whether a reader would see anything of it at all."""
    return any(map(_shows, text))


def _shows(character: str) -> bool:
    if character in _LOOK_EMPTY:
        return False
    category = unicodedata.category(character)
    return not category.startswith(("Z", "Cc", "Cf", "M"))
