"""Memos: texts that a calendar sends again every year, and what makes one fit to be sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LONGEST_TITLE = 100
"""Characters; a title is a line in every list."""
LONGEST_SHORT = 3_000
"""UTF-16 units of the short text as plain text, addresses of links written out.

Telegram takes 4,096 a message; what is left is for the title, the sign of importance, the link to
the site, and the school's name and signature below.
"""

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_NAME = 60


class Season(StrEnum):
    """When a memo is wanted; `ANY` the whole year round."""

    WINTER = "winter"
    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"
    ANY = "any"


class Age(StrEnum):
    """Whose parents a memo is for."""

    KINDERGARTEN = "kindergarten"
    PRIMARY = "primary"
    TEENAGERS = "teenagers"


class Topic(StrEnum):
    """What a memo is about."""

    ICE = "ice"
    WATER = "water"
    FIRE = "fire"
    ROAD = "road"
    HOME = "home"
    NATURE = "nature"
    HEALTH = "health"
    PEOPLE = "people"
    INTERNET = "internet"
    WEATHER = "weather"


@dataclass(frozen=True, slots=True, kw_only=True)
class Memo:
    """A text of the library: `body` fits one message everywhere, `more` is for the site alone.

    `basis` are the sources it rests on. Somebody checked it against them on `reviewed` and is to do
    so again by `review_by`.
    """

    name: str
    title: str
    body: str
    more: str
    season: Season
    ages: tuple[Age, ...]
    topic: Topic
    basis: tuple[str, ...]
    reviewed: date
    review_by: date

    def past_review(self, today: date) -> bool:
        """Whether it should have been checked again by now."""
        return today > self.review_by


def is_name(text: str) -> bool:
    """Whether a memo may be called so: small Latin letters and digits, hyphens between them."""
    return len(text) <= LONGEST_NAME and _NAME.fullmatch(text) is not None


def width(plain: str) -> int:
    """The length of a plain text as Telegram counts it: in UTF-16 units."""
    return len(plain.encode("utf-16-le", "surrogatepass")) // 2
