"""What a template sees: `announcement`, `school`, `person`, and a few yes-or-no words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from broadcaster.domain.policy import Importance
from broadcaster.i18n import _

_MONTHS = (
    _("января"),
    _("февраля"),
    _("марта"),
    _("апреля"),
    _("мая"),
    _("июня"),
    _("июля"),
    _("августа"),
    _("сентября"),
    _("октября"),
    _("ноября"),
    _("декабря"),
)


@dataclass(frozen=True, slots=True)
class School:
    """Whose announcement it is.

    `contact` is a line under every message, such as the secretary's telephone, `site` a page; both
    may be empty.
    """

    name: str
    contact: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Something to open; `url` is empty when there is no page for it."""

    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One announcement in a channel's markup.

    `body` is written already and never escaped again; `title` is plain. `sign` and `importance`
    are empty for a routine one. `published` is a date for people, `published_iso` for machines.
    `files` and `buttons` are those that the channel cannot carry as such; `attached` counts the
    files it does carry.
    """

    title: str
    body: str
    importance: str
    sign: str
    urgent: bool
    published: str
    published_iso: str
    attached: int
    files: tuple[Link, ...]
    buttons: tuple[Link, ...]


def importance_words(importance: Importance) -> tuple[str, str]:
    """The sign and the word on top of an announcement; both empty for a routine one."""
    match importance:
        case Importance.ROUTINE:
            return "", ""
        case Importance.IMPORTANT:
            return "❗", _("Важно")
        case Importance.URGENT:
            return "🚨", _("Срочно")
        case _:
            assert_never(importance)


def date_words(moment: datetime) -> str:
    """The date as a letter has it, in the moment's own time zone: «5 мая 2026 г., 09:30»."""
    return _("{day} {month} {year}\u00a0г., {time:%H:%M}").format(
        day=moment.day, month=_MONTHS[moment.month - 1], year=moment.year, time=moment
    )
