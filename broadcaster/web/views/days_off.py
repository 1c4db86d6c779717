"""Days off and vacations: a year is looked at by everybody, changed by those who manage."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from broadcaster.bootstrap import office
from broadcaster.config import ConfigMistake
from broadcaster.domain.days_off import SchoolDays, Year, difference, spans
from broadcaster.domain.permissions import Right, Role, may
from broadcaster.i18n import _
from broadcaster.services.calendar.days_off import (
    Days,
    own_year,
    school_days,
    shipped_year,
    years_shown,
)
from broadcaster.services.calendar.days_off_writing import (
    ChangedMeanwhile,
    edition,
    reset_year,
    save_year,
)
from broadcaster.services.outlets import local_day
from broadcaster.services.settling import Unwritable
from broadcaster.web.access import StaffRequest, actor_of, allowed
from broadcaster.web.forms.days_off import DaysOffForm
from broadcaster.web.months import dates, months, weekdays

CHANGED = _(
    "Пока вы правили этот год, его изменил кто-то ещё. Ваши строки на месте: сравните их с тем, что"
    " сохранено теперь, и нажмите «Сохранить» ещё раз — останутся ваши."
)


@allowed(Right.ENTER)
@require_safe
def this_year(request: StaffRequest) -> HttpResponse:
    """The year that it is at the school."""
    del request
    return redirect("days_off", datetime.now(office().school.time_zone).year)


@allowed(Right.ENTER)
@require_http_methods(["GET", "HEAD", "POST"])
def days_off(request: StaffRequest, year: int) -> HttpResponse:
    """A year's days off and vacations; who manages may change them."""
    now = _known(year)
    manages = may(Role(request.staff.role), Right.MANAGE)
    if request.method == "POST" and not manages:
        raise PermissionDenied
    found = school_days(office().calendar.week, now=now)
    form = DaysOffForm(request.POST or None, year, found.days.year(year), seen=edition(year))
    tried = form.is_valid()
    if tried and "look" not in request.POST and _saved(request, form, year, now):
        return redirect("days_off", year)
    shown = form.year() if tried else found.days.year(year)
    about = _about(found, shown, year, now) | {"form": form, "manages": manages, "trial": tried}
    return render(request, "calendar/days_off.html.j2", about)


@allowed(Right.MANAGE)
@require_POST
def reset(request: StaffRequest, year: int) -> HttpResponse:
    """Take the school's own year away."""
    now = _known(year)
    try:
        if reset_year(year, by=actor_of(request), now=now):
            words = _("Исходный календарь на {year}\N{NO-BREAK SPACE}год возвращён.")
            messages.success(request, words.format(year=year))
    except Unwritable as mistake:
        messages.error(request, str(mistake))
    return redirect("days_off", year)


def _known(year: int) -> datetime:
    """Now, when the year is one that is shown; Http404 otherwise."""
    now = datetime.now(UTC)
    if year not in years_shown(now):
        raise Http404
    return now


def _saved(request: StaffRequest, form: DaysOffForm, number: int, now: datetime) -> bool:
    """Whether the year has been written; otherwise the form says why not."""
    given = form.cleaned_data
    parts = (given["days_off"], given["working"], given["vacations"])
    seen = {"basis": given["basis"], "seen": given["seen"]}
    try:
        changed = save_year(number, *parts, **seen, by=actor_of(request), now=now)
    except ChangedMeanwhile:
        form.add_error(None, CHANGED)
        form.data = {**request.POST.dict(), "seen": edition(number)}
    except (ConfigMistake, Unwritable) as mistake:
        form.add_error(None, str(mistake))
    else:
        words = _("Сохранено и уже действует.") if changed else _("Ничего не изменилось.")
        messages.success(request, words)
    return not form.errors


def _about(found: Days, shown: Year, number: int, now: datetime) -> dict[str, Any]:
    """What the page shows beside the form."""
    file, days, shipped = own_year(number), found.days, shipped_year(number)
    sheets = SchoolDays(days.week, {**days.years, number: shown})
    years = years_shown(now)
    return {
        "number": number,
        "year": shown,
        "shipped": shipped,
        "own": file.exists(),
        "problems": [problem for problem in found.problems if problem.file == file],
        "months": months(sheets, number, today=local_day(office(), now)),
        "weekdays": weekdays(),
        "week": days.week,
        "off": spans(shown.off),
        "difference": difference(shown, shipped),
        "dates": dates,
        "before": number - 1 if number - 1 in years else None,
        "after": number + 1 if number + 1 in years else None,
    }


urlpatterns = [
    path("days-off/", this_year, name="days_off_now"),
    path("days-off/<int:year>/", days_off, name="days_off"),
    path("days-off/<int:year>/reset/", reset, name="days_off_reset"),
]
