"""Following a sending, and its report: pages that only show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from broadcaster.bootstrap import office
from broadcaster.domain.deciding import Decision
from broadcaster.domain.permissions import Right
from broadcaster.domain.policy import Importance, asks
from broadcaster.domain.standing import Stage
from broadcaster.domain.states import State
from broadcaster.report_words import (
    DECISIONS,
    IMPORTANCE,
    REFUSALS,
    STAGES,
    channels_since,
    platform_ids,
    reason_on,
    stamp,
    why_nothing,
    why_waiting,
)
from broadcaster.services.acts import act as act_of
from broadcaster.services.overview import (
    FIRST,
    Headway,
    headway,
    is_counted,
    overview,
    stage_of,
    title_of,
)
from broadcaster.services.person_lines import person_lines
from broadcaster.store.models import Announcement, Group
from broadcaster.store.queries import reports, reports_copies, reports_people
from broadcaster.store.queries.reports_copies import Copies
from broadcaster.store.queries.reports_people import People, Who
from broadcaster.web.access import StaffRequest, allowed, announcement_for
from broadcaster.web.charts import bars, columns
from broadcaster.web.forms.reports import LARGEST, CopiesSearch, PeopleSearch
from broadcaster.web.listing import Listing, page_of
from broadcaster.words import OUTCOMES, STATES, WHY

PAGE = 25
LATE = timedelta(seconds=2)
"""Figures older than that are shown with their time."""
STOP_POLLING = 286
"""What htmx takes as the end of its asking again and again."""
TENTHS = 10


@allowed(Right.SEE_REPORTS)
@require_safe
def announcement(request: StaffRequest, key: UUID) -> HttpResponse:
    """How a sending goes and whom it reached; a draft is shown where it is written."""
    one = announcement_for(request, key)
    now = datetime.now(UTC)
    if _is_draft(one):
        return redirect("edit", key)
    if not is_counted(office(), one, now=now):
        if request.htmx:
            return HttpResponse(status=HTTPStatus.NO_CONTENT)  # the page stays as it is
        return _show(request, "counting", one, {"stage": stage_of(one)})
    going, seen = overview(office(), one, now=now)
    about = {
        "going": going,
        "stage": going.stage,
        "seen": seen,
        "now": now,
        "columns": columns(seen.accepted),
        "bars": bars(seen.shares),
        "lines": seen.to_call,
        "first": FIRST,
        "late": now - seen.at > LATE,
        "linked": bool(office().school.public_url),
        "said": _tenth(going),
    }
    return _show(request, "report", one, about)


@allowed(Right.SEE_REPORTS)
@require_safe
@never_cache
def progress(request: StaffRequest, key: UUID) -> HttpResponse:
    """How far the sending has come, asked for again and again while something happens."""
    one = announcement_for(request, key)
    now = datetime.now(UTC)
    going = headway(office(), one, now=now)
    said = _tenth(going)
    about = {
        "going": going,
        "now": now,
        "said": said,
        "aloud": str(said) != request.GET.get("said"),
        "polled": True,
    }
    status = 200 if going.moving else STOP_POLLING
    return _show(request, "progress", one, about, status=status)


@allowed(Right.SEE_REPORTS)
@require_safe
def people(request: StaffRequest, key: UUID) -> HttpResponse:
    """The people, by what became of them."""
    one = _released(request, key)
    form = PeopleSearch(request.GET)
    what = People(one.pk, *form.chosen())
    rows = Listing(partial(reports_people.how_many, what), partial(_lines, what))
    page = page_of(rows, request.GET.get("page"), size=PAGE)
    return _show(request, "people", one, {"form": form, "what": what, "page": page})


@allowed(Right.SEE_REPORTS)
@require_safe
def copies(request: StaffRequest, key: UUID) -> HttpResponse:
    """Every copy, filtered."""
    one = _released(request, key)
    states = reports.states(one.pk)
    form = CopiesSearch(request.GET, channels=sorted({row.channel for row in states}))
    what = Copies(one.pk, *form.chosen())
    rows = Listing(
        partial(reports_copies.how_many, what),
        lambda limit, offset: reports_copies.listed(what, limit=limit, offset=offset),
    )
    page = page_of(rows, request.GET.get("page"), size=PAGE)
    return _show(request, "copies", one, {"form": form, "page": page})


@allowed(Right.SEE_REPORTS)
@require_safe
def copy(request: StaffRequest, key: UUID, number: int) -> HttpResponse:
    """One copy: every try, and what the platform calls its messages."""
    one = _released(request, key)
    row = reports_copies.one(one.pk, number) if number <= LARGEST else None
    if row is None:
        raise Http404
    about = {"row": row, "line": row.line, "steps": reports.timeline(number)}
    return _show(request, "copy", one, about)


@allowed(Right.SEE_REPORTS)
@require_safe
def act(request: StaffRequest, key: UUID) -> HttpResponse:
    """The act of having informed, to be printed and signed."""
    one = _released(request, key)
    group = _group(one, request.GET.get("group", ""))
    about = {"act": act_of(one, group=group), "now": datetime.now(UTC)}
    return _show(request, "act", one, about)


def _lines(what: People, limit: int, offset: int) -> list[Any]:
    return person_lines(what, limit=limit, offset=offset)


def _group(one: Announcement, number: str) -> Group | None:
    """The group an act is narrowed to; Http404 when the announcement was not for it."""
    if not number:
        return None
    if not number.isdecimal() or len(number) > len(str(LARGEST)) or int(number) > LARGEST:
        raise Http404
    found = one.groups.filter(pk=int(number)).first()
    if found is None:
        raise Http404
    return found


def _is_draft(one: Announcement) -> bool:
    return one.released_at is None and one.release_at is None and one.cancelled_at is None


def _released(request: StaffRequest, key: UUID) -> Announcement:
    """An announcement that has copies; Http404 for any other."""
    one = announcement_for(request, key)
    if one.released_at is None:
        raise Http404
    return one


def _tenth(going: Headway) -> int:
    """How far it has come in tenths: as often is it said aloud. One more when it is over."""
    if not going.moving:
        return TENTHS + 1
    return going.decided * TENTHS // going.total if going.total else 0


def _show(
    request: StaffRequest,
    page: str,
    one: Announcement,
    about: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    told = {
        "one": one,
        "title": title_of(one).title,
        "asked": asks(Importance(one.importance)),
        "polled": False,
        **WORDS,
        **about,
    }
    return render(request, f"reports/{page}.html.j2", told, status=status)


WORDS: Mapping[str, Any] = {
    "Decision": Decision,
    "Stage": Stage,
    "State": State,
    "Who": Who,
    "decision_word": DECISIONS.__getitem__,
    "importance_word": IMPORTANCE.__getitem__,
    "outcome_word": lambda name: OUTCOMES.get(name, name),
    "platform_ids": platform_ids,
    "reason_on": reason_on,
    "refusal_word": REFUSALS.__getitem__,
    "stage_word": STAGES.__getitem__,
    "stamp": lambda at: stamp(at, office().school.time_zone),
    "state_word": lambda name: STATES.get(name, name),
    "ways_word": lambda ways: channels_since(ways, office().school.time_zone),
    "why_nothing": lambda tries: why_nothing(tries, office().school.time_zone),
    "why_waiting": lambda delay, now: why_waiting(delay, office().school.time_zone, now),
    "why_sent": lambda name: WHY.get(name, name),
}
"""What the templates of reports speak with."""

urlpatterns = [
    path("<uuid:key>/", announcement, name="announcement"),
    path("<uuid:key>/progress", progress, name="announcement-progress"),
    path("<uuid:key>/people", people, name="announcement-people"),
    path("<uuid:key>/copies", copies, name="announcement-copies"),
    path("<uuid:key>/copies/<int:number>", copy, name="announcement-copy"),
    path("<uuid:key>/act", act, name="announcement-act"),
]
