"""The school's calendar: a year at a glance, and whether anything goes out by itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from broadcaster.bootstrap import office
from broadcaster.calendar_words import FATES, KINDS, rule_words
from broadcaster.config import ConfigMistake
from broadcaster.domain.naming import folded
from broadcaster.domain.permissions import Right, Role, may
from broadcaster.domain.recurrence import Recurrence
from broadcaster.i18n import _
from broadcaster.rendering.mistakes import RenderingMistake
from broadcaster.services.calendar.days_off import school_days, years_shown
from broadcaster.services.calendar.feed import has_feed
from broadcaster.services.calendar.items import Calendar, rule_of
from broadcaster.services.calendar.items import calendar as items_now
from broadcaster.services.calendar.showing import Fate, Kind, between
from broadcaster.services.outlets import local_day
from broadcaster.services.settling import Unwritable
from broadcaster.web.access import StaffRequest, actor_of, allowed
from broadcaster.web.calendar_lines import BADGES, SIGNS, Line, filtered, item_url, lines
from broadcaster.web.months import Month, months, weekdays
from broadcaster.web.saving import put

FIRST_YEAR, LAST_YEAR = 2000, 2100
LOOK = timedelta(days=60)
"""So far ahead is shown what will go out when the calendar is switched on."""


@allowed(Right.ENTER)
@require_safe
def calendar(request: StaffRequest) -> HttpResponse:
    """The year that it is at the school."""
    return _year(request, _today().year)


@allowed(Right.ENTER)
@require_safe
def calendar_year(request: StaffRequest, year: int) -> HttpResponse:
    """Another year."""
    return _year(request, year)


@allowed(Right.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_switch(request: StaffRequest) -> HttpResponse:
    """Switch the calendar on after a look at what will go out, or off."""
    on = not office().calendar.enabled
    trouble = ""
    if request.method == "POST":
        on = request.POST.get("on") == "1"
        trouble = _switched(request, on=on)
        if not trouble:
            return redirect("calendar")
    now, today = datetime.now(UTC), _today()
    ahead = between(office(), today, today + LOOK, by=request.staff, now=now)
    memos = [one for one in ahead if one.kind is Kind.MEMO and one.fate is not Fate.SKIPPED]
    about = {"on": on, "lines": lines(memos, request.staff, now=now), "trouble": trouble}
    return render(
        request, "calendar/switch.html.j2", about | {"last": today + LOOK}, status=_code(trouble)
    )


def _code(trouble: str) -> int:
    return 409 if trouble else 200


def _switched(request: StaffRequest, *, on: bool) -> str:
    """Write it down; returns why that cannot be."""
    try:
        put({"calendar.enabled": on}, by=actor_of(request))
    except (ConfigMistake, RenderingMistake, Unwritable) as mistake:
        return str(mistake)
    words = (
        _("Календарь включён: памятки будут готовиться и уходить в свои дни.")
        if on
        else _("Календарь выключен: ничего само не уйдёт.")
    )
    messages.success(request, words)
    return ""


@dataclass(frozen=True, slots=True)
class Section:
    """A month of the list."""

    month: Month
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Row:
    """One item of the files; `url` is empty when no address can have its name."""

    title: str
    rule: str
    on: bool
    broken: bool
    url: str


def _today() -> date:
    return local_day(office(), datetime.now(UTC))


def _year(request: StaffRequest, year: int) -> HttpResponse:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    now, today = datetime.now(UTC), _today()
    seen = items_now(office(), today=today)
    every = between(office(), date(year, 1, 1), date(year, 12, 31), by=request.staff, now=now)
    fate, kind = _chosen(request.GET)
    shown = [one for one in every if fate in {"", one.fate} and kind in {"", one.kind}]
    told = lines(shown, request.staff, now=now)
    about = {
        "number": year,
        "before": year - 1 if year > FIRST_YEAR else None,
        "after": year + 1 if year < LAST_YEAR else None,
        "years": (today.year, year),
        "enabled": office().calendar.enabled,
        "filters": _filters(year, fate, kind, Counter(one.fate.value for one in every)),
        "kinds": _kinds(year, fate, kind, Counter(one.kind.value for one in every)),
        "chosen": bool(fate or kind),
        "fates": [one for one in Fate if any(line.shown.fate is one for line in told)],
        "fate_words": FATES,
        "signs": SIGNS,
        "badges": BADGES,
        "rows": _rows(seen),
        "has_feed": has_feed(request.user.pk),
        **_sheets(year, told, now),
        **_for_managers(request, seen, today),
    }
    return render(request, "calendar/year.html.j2", about)


def _sheets(year: int, told: Sequence[Line], now: datetime) -> dict[str, Any]:
    """The months with their days off, and what stands on each day."""
    days, known = school_days(office().calendar.week, now=now).days, year in years_shown(now)
    by_day: dict[date, list[Line]] = defaultdict(list)
    for line in told:
        by_day[line.shown.on].append(line)
    return {
        "sections": _sections(months(days, year, today=local_day(office(), now)), told),
        "by_day": by_day,
        "weekdays": weekdays(),
        "assumed": known and days.year(year).assumed,
        "knows_days": known,
    }


def _chosen(given: Mapping[str, str]) -> tuple[str, str]:
    """The fate and the kind that the address asks for; what is neither counts as not asked."""
    fate, kind = given.get("fate", ""), given.get("kind", "")
    return fate if fate in set(Fate) else "", kind if kind in set(Kind) else ""


def _filters(year: int, fate: str, kind: str, counts: Counter[str]) -> list[dict[str, Any]]:
    return [
        {
            "words": words,
            "count": counts[value] if value else counts.total(),
            "url": filtered(year, fate=value, kind=kind),
            "chosen": value == fate,
        }
        for value, words in [("", _("все")), *FATES.items()]
        if not value or counts[value] or value == fate
    ]


def _kinds(year: int, fate: str, kind: str, counts: Counter[str]) -> list[dict[str, Any]]:
    if len(counts) < 2 and not kind:  # noqa: PLR2004 - there is nothing to choose from
        return []
    return [
        {
            "words": words,
            "count": counts[value] if value else counts.total(),
            "url": filtered(year, fate=fate, kind=value),
            "chosen": value == kind,
        }
        for value, words in [("", _("все")), *KINDS.items()]
        if not value or counts[value] or value == kind
    ]


def _sections(sheets: Sequence[Month], told: Sequence[Line]) -> list[Section]:
    return [
        Section(sheet, [line for line in told if line.shown.on.month == number])
        for number, sheet in enumerate(sheets, 1)
    ]


def _rows(seen: Calendar) -> list[Row]:
    """Every item that can be read, by title."""
    found, broken = [], {problem.item for problem in seen.problems}
    for name, entry in seen.entries.items():
        memo = seen.memos.get(entry.memo or name)
        rule = rule_of(entry.rule, entry.begins)
        found.append(
            Row(
                title=entry.title or (memo.title if memo else name),
                rule=rule_words(rule, entry.time) if isinstance(rule, Recurrence) else entry.rule,
                on=entry.enabled,
                broken=name in broken,
                url=item_url(name),
            )
        )
    return sorted(found, key=lambda row: folded(row.title))


def _for_managers(request: StaffRequest, seen: Calendar, today: date) -> dict[str, Any]:
    """What only those are told who can mend it."""
    if not may(Role(request.staff.role), Right.MANAGE):
        return {"manages": False, "problems": (), "overdue": ()}
    used = {entry.memo or name for name, entry in seen.entries.items() if entry.enabled}
    overdue = [
        memo for name, memo in seen.memos.items() if name in used and memo.past_review(today)
    ]
    told = [(one, item_url(one.item, "calendar_item_edit")) for one in seen.problems]
    return {"manages": True, "problems": told, "overdue": overdue}


urlpatterns = [
    path("", calendar, name="calendar"),
    path("<int:year>/", calendar_year, name="calendar_year"),
    path("switch/", calendar_switch, name="calendar_switch"),
]
