"""One item of the calendar: when it falls, what it says, what it brought the last years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from broadcaster.bootstrap import office, showroom
from broadcaster.calendar_words import CONSENTS, MISSED, SHIFTS, UNANSWERED, rule_words
from broadcaster.config import ConfigMistake
from broadcaster.contract import Markup
from broadcaster.domain.audience import audience
from broadcaster.domain.memos import Memo
from broadcaster.domain.occasions import MARGIN, Item, occasions
from broadcaster.domain.permissions import Right
from broadcaster.memo_words import AGES, SEASONS, TOPICS
from broadcaster.rendering.content import Text
from broadcaster.rendering.mistakes import RenderingMistake
from broadcaster.report_words import IMPORTANCE
from broadcaster.services.calendar.changing import tried
from broadcaster.services.calendar.days_off import school_days
from broadcaster.services.calendar.figures import last_times
from broadcaster.services.calendar.items import (
    Calendar,
    Entry,
    calendar,
    is_own,
    is_shipped,
)
from broadcaster.services.calendar.showing import between
from broadcaster.services.outlets import Office, local_day
from broadcaster.services.previewing import Sample, samples
from broadcaster.store.queries.roll import all_group_names
from broadcaster.web.access import StaffRequest, allowed
from broadcaster.web.calendar_lines import lines
from broadcaster.web.views.previews import PAGE_POLICY, document_of, telegram_markup

YEARS, DATES = 5, 5
LOOKS = ("telegram", "site")
AHEAD = timedelta(days=5 * 366)
"""So far ahead the next dates are looked for."""


@allowed(Right.ENTER)
@require_safe
def calendar_item(request: StaffRequest, item: str) -> HttpResponse:
    """Everything about one item."""
    now = datetime.now(UTC)
    today = local_day(office(), now)
    seen = calendar(office(), today=today)
    if item not in seen.entries and any(one.item in {"", item} for one in seen.problems):
        return redirect("calendar")  # which tells what is wrong with the item, or with its file
    entry = _entry(seen, item)
    memo = seen.memos.get(entry.memo or item)
    made, _wrong = tried(office(), item, {"enabled": True}, now=now)
    year = between(office(), today, today + timedelta(days=366), by=request.staff, now=now)
    about = {
        "name": item,
        "entry": entry,
        "item": made,
        "problems": [one for one in seen.problems if one.item == item],
        "title": entry.title or (memo.title if memo else item),
        "rule": rule_words(made.rhythm.rule, made.rhythm.at) if made else entry.rule,
        "dates": _dates(made, now) if made else [],
        "soon": lines([one for one in year if one.item == item], request.staff, now=now),
        "memo": memo,
        "overdue": memo is not None and memo.past_review(today),
        "cards": _cards(memo, entry, now) if memo else [],
        "history": last_times(item, most=YEARS),
        "enabled": office().calendar.enabled,
        "shipped": is_shipped(item),
        "own": is_own(item),
        **_audience(entry),
        **_words(),
    }
    return render(request, "calendar/item.html.j2", about)


@allowed(Right.ENTER)
@require_safe
@cache_control(no_store=True)
@xframe_options_sameorigin
def calendar_item_look(request: StaffRequest, item: str) -> HttpResponse:
    """The memo on the site, by itself: shown in a frame where nothing runs."""
    del request
    now = datetime.now(UTC)
    seen = calendar(office(), today=local_day(office(), now))
    entry = _entry(seen, item)
    memo = seen.memos.get(entry.memo or item)
    shown = [one for one in _samples(memo, entry, now) if one.outlet.traits.markup is Markup.SITE]
    if not shown or not shown[0].html:
        raise Http404
    response = HttpResponse(document_of(shown[0]))
    response["Content-Security-Policy"] = PAGE_POLICY
    return response


def _entry(seen: Calendar, name: str) -> Entry:
    if name not in seen.entries:
        raise Http404
    return seen.entries[name]


@dataclass(frozen=True, slots=True)
class Date:
    """One of the next dates: when it leaves, and the day from which a day off has moved it."""

    at: datetime
    day: date
    why: str = ""

    @property
    def moved(self) -> bool:
        """Whether a day off has moved it."""
        return self.at.date() != self.day


def _dates(item: Item, now: datetime) -> list[Date]:
    """The next dates by the rule, in the school's time."""
    zone, days = office().school.time_zone, school_days(office().calendar.week, now=now).days
    first, found = now.date() - MARGIN, []
    for one in occasions(item.rhythm, first, now.date() + AHEAD, zone=zone, days=days):
        if one.send_at > now and not one.coincides:
            why = days.year(one.day.year).off.get(one.day, "")
            found.append(Date(one.send_at.astimezone(zone), one.day, why))
    return found[:DATES]


def _audience(entry: Entry) -> dict[str, Any]:
    """Whom the item is for, by today's groups."""
    names = all_group_names()
    meant = audience(entry.to, names)
    return {"groups": sorted(meant.groups), "unknown": meant.unknown, "all_groups": len(names)}


def _words() -> dict[str, Any]:
    return {
        "importance_words": IMPORTANCE,
        "consent_words": CONSENTS,
        "shift_words": SHIFTS,
        "missed_words": MISSED,
        "unanswered_words": UNANSWERED,
        "ages": AGES,
        "seasons": SEASONS,
        "topics": TOPICS,
    }


def _cards(memo: Memo, entry: Entry, now: datetime) -> list[dict[str, Any]]:
    """How the text looks: messages, and whether there is a page for a frame."""
    return [
        {
            "name": one.outlet.name,
            "look": str(one.outlet.traits.markup),
            "page": one.outlet.traits.markup is Markup.SITE and bool(one.html),
            "parts": _parts(one),
        }
        for one in _samples(memo, entry, now)
    ]


def _parts(sample: Sample) -> Sequence[str]:
    is_telegram = sample.outlet.traits.markup is Markup.TELEGRAM
    return [telegram_markup(one) for one in sample.texts] if is_telegram else sample.texts


def _samples(memo: Memo | None, entry: Entry, now: datetime) -> list[Sample]:
    """The memo as Telegram and the site show it; what cannot be rendered is left out."""
    if memo is None:
        return []
    text = Text(
        guid=f"memo-{memo.name}",
        title=entry.title or memo.title,
        body=memo.body,
        more=memo.more,
        importance=entry.importance,
        published=now.astimezone(office().school.time_zone),
    )
    desk = _showroom()
    names = [name for name in LOOKS if name in desk.outlets]
    return [one for one in samples(desk, text, (), names) if isinstance(one, Sample)]


def _showroom() -> Office:
    """Every channel; those that are switched on when another one's settings are not right yet."""
    try:
        return showroom()
    except (ConfigMistake, RenderingMistake):
        return office()


urlpatterns = [
    path("items/<str:item>/", calendar_item, name="calendar_item"),
    path("items/<str:item>/look/", calendar_item_look, name="calendar_item_look"),
]
