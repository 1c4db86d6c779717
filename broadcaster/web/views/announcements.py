"""The list of announcements, and writing one: everything is saved while it is being written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from broadcaster.bootstrap import office
from broadcaster.domain.permissions import Right
from broadcaster.domain.policy import Importance
from broadcaster.domain.writing import Shut
from broadcaster.i18n import _
from broadcaster.services.approvals import returned_words
from broadcaster.services.drafts import (
    DraftChanged,
    DraftShut,
    NoSuchDraft,
    OutOfReach,
    Sheet,
    drop_draft,
    make_draft,
    repeat,
    sheet_for,
    write_draft,
)
from broadcaster.services.drafts_leaving import consent_needed
from broadcaster.services.drafts_list import Shelf, lines, listed
from broadcaster.services.drafts_ready import lacks
from broadcaster.services.recipients import groups_to_choose, people_chosen, people_found
from broadcaster.web.access import StaffRequest, allowed
from broadcaster.web.forms.announcements import DraftForm, initial
from broadcaster.web.views import leaving

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
    }
    return render(request, "announcements/list.html.j2", about)


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


def _sheet(request: StaffRequest, key: UUID) -> Sheet:
    try:
        return sheet_for(request.staff, key)
    except NoSuchDraft as missing:
        raise Http404 from missing


def _save(request: StaffRequest, sheet: Sheet, form: DraftForm) -> HttpResponse:
    if not form.is_valid():
        return _refused(request, sheet, form)
    try:
        saved = write_draft(request.staff, sheet.key, form.written(), version=form.version_known())
    except DraftChanged as other:
        return _conflict(request, other.sheet, form)
    except DraftShut as other:
        return _shut(request, sheet, other.why)
    except NoSuchDraft as missing:
        raise Http404 from missing
    except OutOfReach:
        form.add_error("groups", _("Этим получателям вы писать не можете. Выберите своих."))
        return _refused(request, sheet, form)
    return _saved(request, saved)


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
    about = {"sheet": sheet, "why": why, "late": late}
    status = 409 if late else 200
    return render(request, "announcements/resting.html.j2", about, status=status)


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
    }
    return render(request, "announcements/edit.html.j2", about | also, status=status)


def _by_itself(request: StaffRequest) -> bool:
    """Whether the page's own script asks, rather than the person by a button."""
    return bool(request.htmx)  # type: ignore[attr-defined]


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
def again(request: StaffRequest, key: UUID) -> HttpResponse:
    """A new draft like an old announcement."""
    try:
        made = repeat(request.staff, key, now=datetime.now(UTC))
    except NoSuchDraft as missing:
        raise Http404 from missing
    messages.success(request, _("Это новый черновик с тем же текстом. Проверьте даты в тексте."))
    return redirect("edit", made)


@allowed(Right.WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def drop(request: StaffRequest, key: UUID) -> HttpResponse:
    """Ask, then delete a draft for ever."""
    sheet = _sheet(request, key)
    if request.method != "POST" and sheet.shut is None:
        return render(request, "announcements/drop.html.j2", {"sheet": sheet})
    try:
        drop_draft(request.staff, key, now=datetime.now(UTC))
    except NoSuchDraft as missing:
        raise Http404 from missing
    except DraftShut:
        messages.warning(request, _("Это уже не черновик: его нельзя удалить."))
        return redirect("edit", key)
    messages.success(request, _("Черновик удалён."))
    return redirect("announcements")


urlpatterns = [
    path("", announcements, name="announcements"),
    path("new", new, name="new"),
    path("<uuid:key>/edit", edit, name="edit"),
    path("<uuid:key>/recipients", recipients, name="recipients"),
    path("<uuid:key>/repeat", again, name="repeat"),
    path("<uuid:key>/drop", drop, name="drop"),
    *leaving.urlpatterns,
]
