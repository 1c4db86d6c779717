"""An announcement that repeats itself: its dates, one of them by itself, and its end."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from broadcaster.bootstrap import office
from broadcaster.calendar_words import day_and_month
from broadcaster.domain.permissions import Right
from broadcaster.i18n import _
from broadcaster.services.calendar.leaving_out import LeavingOutRefused, leave_out, put_back
from broadcaster.services.calendar.series import name_of, repetition_of
from broadcaster.services.calendar.series_keeping import NotASeries, stop_series
from broadcaster.services.calendar.series_showing import (
    change_once,
    item_for,
    series_dates,
    series_of,
)
from broadcaster.services.drafts import DraftShut, OutOfReach, sheet_for
from broadcaster.services.drafts_leaving import consent_needed
from broadcaster.web.access import StaffRequest, actor_of, allowed, draft_or_404
from broadcaster.web.calendar_lines import lines
from broadcaster.web.forms.repeating import RepeatForm
from broadcaster.web.repeat_words import Repeated, repeated
from broadcaster.web.views.calendar_changes import REFUSALS


@allowed(Right.WRITE)
@require_GET
@draft_or_404()
def repeat_words(request: StaffRequest, key: UUID) -> HttpResponse:
    """What is chosen so far, in words, with the next dates; nothing is saved."""
    sheet_for(request.staff, key)
    form = RepeatForm(request.GET)
    if form.is_valid():
        seen = repeated(form.repetition(), now=datetime.now(UTC))
    else:
        seen = Repeated(problems=tuple(form.faults()))
    return render(request, "announcements/repeat-words.html.j2", {"seen": seen})


@allowed(Right.WRITE)
@never_cache
@require_safe
@draft_or_404()
def series(request: StaffRequest, key: UUID) -> HttpResponse:
    """The dates of what repeats itself: those that were, with their reports, and the next ones."""
    now = datetime.now(UTC)
    found, sheet = series_of(request.staff, key), sheet_for(request.staff, key)
    dates = series_dates(office(), found, sheet.written.title, now=now)
    about = {
        "sheet": sheet,
        "seen": repeated(repetition_of(found), now=now),
        "dates": dates,
        "past": lines(dates.past, request.staff, now=now),
        "coming": lines(dates.coming, request.staff, now=now),
        "consent": consent_needed(request.staff, sheet.written.importance),
    }
    return render(request, "announcements/series.html.j2", about)


@allowed(Right.WRITE)
@require_POST
@draft_or_404()
def stop(request: StaffRequest, key: UUID) -> HttpResponse:
    """End it; the announcement is a draft again."""
    try:
        stop_series(request.staff, key, now=datetime.now(UTC))
    except NotASeries:
        messages.info(request, _("Объявление уже не повторяется."))
    else:
        words = _("Повторение остановлено: больше ничего не уйдёт. Объявление снова черновик.")
        messages.success(request, words)
    return redirect("edit", key)


@allowed(Right.WRITE)
@require_POST
@draft_or_404()
def skip_once(request: StaffRequest, key: UUID, day: str) -> HttpResponse:
    """Leave one date out."""
    named = _day(day)
    try:
        item = item_for(request.staff, key)
        leave_out(office(), item, named, by=actor_of(request), now=datetime.now(UTC))
    except LeavingOutRefused as refused:
        messages.error(request, REFUSALS[refused.why])
    else:
        words = _("{day} ничего не уйдёт. Передумаете — верните эту дату.")
        messages.success(request, words.format(day=day_and_month(named)))
    return redirect("series", key)


@allowed(Right.WRITE)
@require_POST
@draft_or_404()
def give_back(request: StaffRequest, key: UUID, day: str) -> HttpResponse:
    """Plan a date again that was left out."""
    named = _day(day)
    try:
        name = name_of(series_of(request.staff, key).pk)
        put_back(name, named, by=actor_of(request), now=datetime.now(UTC))
    except LeavingOutRefused as refused:
        messages.error(request, REFUSALS[refused.why])
    else:
        messages.success(request, _("Дата снова в плане."))
    return redirect("series", key)


@allowed(Right.WRITE)
@require_POST
@draft_or_404()
def change_date(request: StaffRequest, key: UUID, day: str) -> HttpResponse:
    """Open the draft of one date; the others stay as they are."""
    named, now = _day(day), datetime.now(UTC)
    try:
        made = change_once(office(), request.staff, key, named, now=now)
    except LeavingOutRefused as refused:
        messages.error(request, REFUSALS[refused.why])
    except DraftShut:
        messages.warning(request, _("Поздно: эта дата уже ушла или отменена."))
    except OutOfReach:
        messages.error(request, _("Этим получателям вы больше не пишете. Выберите других."))
    else:
        return redirect("edit", made)
    return redirect("series", key)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error


urlpatterns = [
    path("<uuid:key>/repeat-words", repeat_words, name="repeat-words"),
    path("<uuid:key>/series", series, name="series"),
    path("<uuid:key>/series/stop", stop, name="series-stop"),
    path("<uuid:key>/series/<str:day>/skip", skip_once, name="series-skip"),
    path("<uuid:key>/series/<str:day>/back", give_back, name="series-back"),
    path("<uuid:key>/series/<str:day>/change", change_date, name="series-change"),
]
