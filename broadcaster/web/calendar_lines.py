"""Entries of the calendar as lines of a page: with signs, words, a way further and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from babel.dates import format_date
from django.urls import NoReverseMatch, reverse

from broadcaster.bootstrap import office
from broadcaster.calendar_words import FATES, KINDS, SKIPPED
from broadcaster.domain.occasions import Skipped
from broadcaster.domain.permissions import Right, Role, may
from broadcaster.i18n import LANGUAGE
from broadcaster.services.calendar.series import PREFIX, name_of
from broadcaster.services.calendar.showing import ENDED, Fate, Kind, Shown, upcoming
from broadcaster.store.models import Series, Staff

SIGNS: Mapping[Fate, str] = {
    Fate.OFF: "○",
    Fate.PLANNED: "•",
    Fate.ASKED: "?",
    Fate.OPEN: "✎",
    Fate.READY: "→",
    Fate.STUCK: "!",
    Fate.SENT: "✓",
    Fate.SKIPPED: "✕",
}
"""Beside the words, for who looks over a month at a glance."""
COLOURS: Mapping[Fate, str] = {
    Fate.ASKED: "warn",
    Fate.OPEN: "warn",
    Fate.STUCK: "bad",
    Fate.READY: "good",
    Fate.SENT: "good",
}
BADGES = {fate: COLOURS.get(fate, "") for fate in Fate}
SOON, SHOWN_SOON = timedelta(days=30), 5


@dataclass(frozen=True, slots=True)
class Line:
    """One entry; `skip` and `back` are the addresses of what this person may do about it."""

    shown: Shown
    url: str
    skip: str = ""
    back: str = ""

    @property
    def fate(self) -> str:
        """What has become of it, in words; why nothing was sent, where that is known."""
        return SKIPPED[self.shown.why] if self.shown.why else FATES[self.shown.fate]

    @property
    def short(self) -> str:
        """The day within its year: «вт, 19 января»."""
        return format_date(self.shown.on, "EEE, d MMMM", locale=LANGUAGE)

    @property
    def sign(self) -> str:
        """The same as a sign."""
        return SIGNS[self.shown.fate]

    @property
    def badge(self) -> str:
        """The colour of the badge."""
        return BADGES[self.shown.fate]

    @property
    def kind(self) -> str:
        """What it is, in a word; nothing for a memo, which most are."""
        return "" if self.shown.kind is Kind.MEMO else KINDS[self.shown.kind]


def lines(found: Iterable[Shown], by: Staff, *, now: datetime) -> list[Line]:
    """The entries with what this person may do about each."""
    shown, role = list(found), Role(by.role)
    moulds = _moulds(shown) if may(role, Right.WRITE) else {}
    acts = may(role, Right.APPROVE)
    return [Line(one, url_of(one, moulds), *(_acts(one, now) if acts else ())) for one in shown]


def soon(by: Staff, *, now: datetime) -> list[Line]:
    """The next few entries of the coming weeks, and all of them that wait for consent."""
    ahead = upcoming(office(), within=SOON, by=by, now=now)
    open_ = [one for one in ahead if one.fate is not Fate.OFF]
    first = open_[:SHOWN_SOON]
    asked = [one for one in open_[SHOWN_SOON:] if one.fate is Fate.ASKED]
    return lines([*first, *asked], by, now=now)


def url_of(one: Shown, moulds: Mapping[str, UUID]) -> str:
    """The page of an entry; empty when there is none that this person may see.

    `moulds` are the announcements that repeat themselves, by the calendar's names of their series.
    """
    if one.kind is Kind.MEMO:
        return item_url(one.item)
    if one.announcement is None:
        return reverse("series", args=[moulds[one.item]]) if one.item in moulds else ""
    page = "announcement" if one.fate is Fate.SENT else "previews"
    return reverse(page, args=[one.announcement])


def item_url(name: str, page: str = "calendar_item") -> str:
    """A page of an item; empty for a name that no address can have."""
    try:
        return reverse(page, args=[name])
    except NoReverseMatch:
        return ""


def filtered(year: int, **chosen: str) -> str:
    """The address of a year with what is chosen in it."""
    kept = urlencode({name: value for name, value in chosen.items() if value})
    return reverse("calendar_year", args=[year]) + (f"?{kept}" if kept else "")


def _moulds(shown: Iterable[Shown]) -> dict[str, UUID]:
    """The moulds of the series among these entries that have no draft yet; one query."""
    names = {one.item for one in shown if one.kind is Kind.SERIES and one.announcement is None}
    numbers = [int(name.removeprefix(PREFIX)) for name in names]
    rows = Series.objects.filter(pk__in=numbers).values_list("pk", "mould")
    return {name_of(number): mould for number, mould in rows}


def _acts(one: Shown, now: datetime) -> tuple[str, str]:
    """Where one leaves an entry out, and where one gives it back."""
    if one.day is None or one.at <= now:
        return "", ""
    by_hand = one.why is Skipped.BY_HAND
    page = "occasion_back" if by_hand else "occasion_skip"
    address = _date_url(page, one.item, one.day)
    if by_hand:
        return "", address
    return ("" if one.fate in ENDED else address), ""


def _date_url(page: str, item: str, day: date) -> str:
    try:
        return reverse(page, args=[item, day.isoformat()])
    except NoReverseMatch:
        return ""
