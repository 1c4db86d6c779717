"""Texts for people: Russian in the source, other languages from `locale/`."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

LOCALE = Path(__file__).resolve().parent.parent / "locale"

SPOKEN = ("ru", *sorted(folder.name for folder in LOCALE.iterdir() if folder.is_dir()))
"""The languages that there are."""

LANGUAGE = os.environ.get("BROADCASTER_LANGUAGE", "ru")

translations = gettext.translation(
    "broadcaster",
    LOCALE,
    languages=[LANGUAGE],
    fallback=True,
)


def _(message: str) -> str:
    """The message in the language of `BROADCASTER_LANGUAGE`; Russian where there is none."""
    return translations.gettext(message)


def counted(one: str, few: str, many: str, count: int) -> str:
    """The form of a noun that goes with `count`: 1 копия, 2 копии, 5 копий; 1 copy, 2 copies.

    The forms have been through `_`; without a catalog they are Russian, whatever was asked for.
    """
    if isinstance(translations, gettext.GNUTranslations):
        return one if count == 1 else many
    tail, teen = count % 10, count % 100 in range(11, 15)
    if tail == 1 and not teen:
        return one
    return few if tail in {2, 3, 4} and not teen else many
