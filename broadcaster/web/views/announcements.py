"""The list of announcements, and writing one: everything is saved while it is being written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from broadcaster.bootstrap import office
from broadcaster.domain.permissions import Right
from broadcaster.domain.policy import Importance
from broadcaster.domain.writing import Shut
from broadcaster.i18n import _
from broadcaster.services.approvals import queue, returned_words
from broadcaster.services.calendar.leaving_out import drop_date
from broadcaster.services.calendar.series_keeping import NotASeries, change_series
from broadcaster.services.calendar.series_showing import date_of
from broadcaster.services.circles import asked_about, team
from broadcaster.services.drafts import (
    DraftChanged,
    DraftShut,
    OutOfReach,
    Sheet,
    make_draft,
    repeat,
    sheet_for,
    write_draft,
)
from broadcaster.services.drafts_leaving import consent_needed, held_until
from broadcaster.services.drafts_list import Shelf, lines, listed
from broadcaster.services.drafts_ready import NotReady, lacks
from broadcaster.services.recipients import groups_to_choose, people_chosen, people_found
from broadcaster.web.access import StaffRequest, allowed, draft_or_404
from broadcaster.web.asked import Said, said
from broadcaster.web.calendar_lines import soon
from broadcaster.web.forms.announcements import DraftForm, initial
from broadcaster.web.repeat_words import repeated
from broadcaster.web.views import leaving, series

PAGE = 30


@allowed(Right.SEE_REPORTS)
@require_GET
def announcements(request: StaffRequest) -> HttpResponse:
    """What one may see, newest first."""
    asked = request.GET.get("shelf", "")
    shelf = Shelf(asked) if asked in set(Shelf) else Shelf.ALL
    query = request.GET.get("q", "").replace("\0", "").strip()[:200]
    page = Paginator(listed(request.staff, shelf, query), PAGE).get_page(request.GET.get("page"))
    about = {
        "lines": lines(request.staff, list(page.object_list)),
        "page": page,
        "shelf": shelf,
        "query": query,
        "kept": urlencode({"shelf": shelf, "q": query}),
        "soon": soon(request.staff, now=datetime.now(UTC)) if _is_first(page, shelf, query) else (),
    }
    return render(request, "announcements/list.html.j2", about)


def _is_first(page: Page[Any], shelf: Shelf, query: str) -> bool:
    """Whether this is the page that one sees after coming in."""
    return page.number == 1 and shelf is Shelf.ALL and not query


@allowed(Right.WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Begin an announcement; looking at the page makes nothing."""
    if request.method != "POST":
        return render(request, "announcements/new.html.j2")
    return redirect("edit", make_draft(request.staff, now=datetime.now(UTC)))


@allowed(Right.WRITE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, key: UUID) -> HttpResponse:
    """The sheet on which an announcement is written; a POST saves it, asked by htmx or by hand."""
    sheet = _sheet(request, key)
    if sheet.shut is not None:
        return _shut(request, sheet, sheet.shut)
    if request.method != "POST":
        return _page(request, sheet, DraftForm(initial=initial(sheet)))
    return _save(request, sheet, DraftForm(request.POST))


@draft_or_404()
def _sheet(request: StaffRequest, key: UUID) -> Sheet:
    return sheet_for(request.staff, key)


@draft_or_404()
def _save(request: StaffRequest, sheet: Sheet, form: DraftForm) -> HttpResponse:
    if not form.is_valid():
        return _refused(request, sheet, form)
    if sheet.going_on and _by_itself(request):
        return _shut(request, sheet, Shut.REPEATS)
    try:
        saved = _written(request, sheet, form)
    except DraftChanged as other:
        return _conflict(request, other.sheet, form)
    except DraftShut as other:
        return _shut(request, sheet, other.why)
    except (NotASeries, NotReady, OutOfReach) as refusal:
        _complain(form, refusal, going_on=sheet.going_on)
        return _refused(request, sheet, form)
    return _saved(request, saved)


def _complain(
    form: DraftForm, refusal: NotASeries | NotReady | OutOfReach, *, going_on: bool
) -> None:
    """Say beside its field why a sheet was not saved."""
    if isinstance(refusal, NotASeries):
        form.add_error("when", _("Объявление повторяется. Сначала остановите повторение."))
    elif isinstance(refusal, OutOfReach):
        words = _("Этим получателям вы или автор объявления писать не можете. Выберите других.")
        mine = _("Этим получателям вы писать не можете. Выберите своих.")
        form.add_error("groups", words if going_on else mine)
    else:
        for lack in refusal.lacks:
            form.add_error(lack.field if lack.field in form.fields else "when", lack.words)


def _written(request: StaffRequest, sheet: Sheet, form: DraftForm) -> Sheet:
    """Save the form; what was drafted for a date keeps the date's time. Raises a DraftTrouble."""
    by, written, version = request.staff, form.written(), form.version_known()
    if sheet.going_on:
        now = datetime.now(UTC)
        return change_series(office(), by, sheet.key, written, version=version, now=now)
    if date := date_of(sheet.key):
        written = replace(written, wanted_at=date.at, repeats=None)
    return write_draft(by, sheet.key, written, version=version)


def _saved(request: StaffRequest, sheet: Sheet) -> HttpResponse:
    """Where the person wanted to go; a browser that saves by itself stays where it is."""
    if _by_itself(request):
        now = datetime.now(UTC)
        about = {"sheet": sheet, "now": now, "lacks": lacks(office(), sheet.written, now=now)}
        response = render(request, "announcements/saved.html.j2", about)
        response["HX-Trigger"] = "saved"
        return response
    if request.POST.get("then") == "confirm":
        return redirect("confirm", sheet.key)
    page = reverse("edit", args=[sheet.key])
    if request.POST.get("then") == "find":
        return redirect(f"{page}?{urlencode({'find': request.POST.get('find', '')[:80]})}#to")
    if sheet.going_on:
        messages.success(request, _("Сохранено: в следующий раз уйдёт уже так."))
        return redirect("series", sheet.key)
    messages.success(request, _("Сохранено."))
    return redirect(page)


def _refused(request: StaffRequest, sheet: Sheet, form: DraftForm) -> HttpResponse:
    """What is wrong, beside everything that was filled in."""
    if _by_itself(request):
        words = [error for errors in form.errors.values() for error in errors]
        return render(request, "announcements/unsaved.html.j2", {"words": words})
    return _page(request, sheet, form, status=422)


def _conflict(request: StaffRequest, theirs: Sheet, form: DraftForm) -> HttpResponse:
    """Both texts side by side; nothing is overwritten until the person says so."""
    if _by_itself(request):
        about = {"theirs": theirs, "form": form}
        return render(request, "announcements/conflicting.html.j2", about)
    return _page(request, theirs, form, status=409, theirs=theirs)


def _shut(request: StaffRequest, sheet: Sheet, why: Shut) -> HttpResponse:
    """What may not be changed any more: where it is now, and the text that came too late."""
    if _by_itself(request):
        words = _("объявление уже нельзя менять. Скопируйте текст, если он нужен.")
        return render(request, "announcements/unsaved.html.j2", {"words": [words]})
    late = request.POST.get("body", "") if request.method == "POST" else ""
    if why in {Shut.RELEASED, Shut.CANCELLED} and not late:
        return redirect("announcement", sheet.key)
    if why is Shut.REPEATS and not late:
        return redirect("edit", sheet.key)
    waiting = _waiting(sheet.key) if why is Shut.WAITING else None
    wish = sheet.written
    held = wish.wanted_at and held_until(office(), wish.importance, wish.wanted_at)
    about = {"sheet": sheet, "why": why, "late": late, "said": waiting, "held": held}
    status = 409 if late else 200
    return render(request, "announcements/resting.html.j2", about, status=status)


def _waiting(key: UUID) -> Said | None:
    """Whom the author waits for."""
    request = queue().filter(announcement=key).first()
    if request is None:
        return None
    now = datetime.now(UTC)
    return said(request, asked_about(office(), request, team(), now=now), {}, now=now)


def _page(
    request: StaffRequest, sheet: Sheet, form: DraftForm, *, status: int = 200, **also: Any
) -> HttpResponse:
    now, find = datetime.now(UTC), request.GET.get("find", "").replace("\0", "")[:80]
    people = {int(one) for one in form.chosen("people") if one.isdecimal() and len(one) < 19}  # noqa: PLR2004 - bigint
    about = {
        "sheet": sheet,
        "form": form,
        "importances": list(Importance),
        "consents": {one for one in Importance if consent_needed(request.staff, one)},
        "groups": groups_to_choose(request.staff),
        "people": people_chosen(request.staff, people) if people else [],
        "find": find,
        "found": [one for one in people_found(request.staff, find) if one.id not in people],
        "quiet": office().quiet,
        "lacks": lacks(office(), sheet.written, now=now),
        "returned": returned_words(sheet.key),
        "date": date_of(sheet.key),
        "repeated": repeated(sheet.written.repeats, now=now) if sheet.written.repeats else None,
    }
    return render(request, "announcements/edit.html.j2", about | also, status=status)


def _by_itself(request: StaffRequest) -> bool:
    """Whether the page's own script asks, rather than the person by a button."""
    return bool(request.htmx)


@allowed(Right.WRITE)
@require_GET
def recipients(request: StaffRequest, key: UUID) -> HttpResponse:
    """People whose name or whose child's name has these letters, but for those already chosen."""
    sheet = _sheet(request, key)
    find = request.GET.get("find", "").replace("\0", "")[:80]
    found = [one for one in people_found(request.staff, find) if one.id not in sheet.written.people]
    about = {"found": found, "find": find}
    return render(request, "announcements/found.html.j2", about)


@allowed(Right.WRITE)
@require_POST
@draft_or_404()
def again(request: StaffRequest, key: UUID) -> HttpResponse:
    """A new draft like an old announcement."""
    made = repeat(request.staff, key, now=datetime.now(UTC))
    messages.success(request, _("Это новый черновик с тем же текстом. Проверьте даты в тексте."))
    return redirect("edit", made)


@allowed(Right.WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
@draft_or_404()
def drop(request: StaffRequest, key: UUID) -> HttpResponse:
    """Ask, then delete a draft for ever."""
    sheet = _sheet(request, key)
    if sheet.going_on:
        messages.warning(request, _("Объявление повторяется. Сначала остановите повторение."))
        return redirect("series", key)
    date = date_of(key)
    if request.method != "POST" and sheet.shut is None:
        return render(request, "announcements/drop.html.j2", {"sheet": sheet, "date": date})
    try:
        drop_date(request.staff, key, now=datetime.now(UTC))
    except DraftShut:
        messages.warning(request, _("Это уже не черновик: его нельзя удалить."))
        return redirect("edit", key)
    messages.success(request, _("Черновик удалён."))
    return redirect("series", date.mould) if date and date.mould else redirect("announcements")


urlpatterns = [
    path("", announcements, name="announcements"),
    path("new", new, name="new"),
    path("<uuid:key>/edit", edit, name="edit"),
    path("<uuid:key>/recipients", recipients, name="recipients"),
    path("<uuid:key>/repeat", again, name="repeat"),
    path("<uuid:key>/drop", drop, name="drop"),
    *leaving.urlpatterns,
    *series.urlpatterns,
]
