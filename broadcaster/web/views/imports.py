"""A table comes in through the browser: given, looked at, applied."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from broadcaster.bootstrap import normalisers
from broadcaster.contract import Capability
from broadcaster.domain.permissions import Right
from broadcaster.i18n import _, counted
from broadcaster.services.people import (
    Counts,
    ImportPlan,
    apply,
    plan_destinations,
    plan_people,
    shelf,
)
from broadcaster.services.people.samples import as_csv, as_workbook, sample
from broadcaster.services.people.shelf import Kept, Kind
from broadcaster.web.access import StaffRequest, actor_of, allowed
from broadcaster.web.forms.people import UploadForm, today

PROBLEMS_ON_A_PAGE = 100
MOST_NAMES = 200
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@allowed(Right.EDIT_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: StaffRequest) -> HttpResponse:
    """Step 1: give a table."""
    sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if sent else UploadForm()
    if sent and form.is_valid():
        kept = shelf.keep(
            settings.IMPORT_FOLDER,
            form.cleaned_data["file"].chunks(),
            name=form.cleaned_data["file"].name,
            kind=Kind(form.cleaned_data["kind"]),
            user=request.user.pk,
            now=datetime.now(UTC),
        )
        return redirect("people-import-plan", kept.token)
    return render(request, "people/upload.html.j2", {"form": form})


@allowed(Right.EDIT_PEOPLE)
@require_safe
def plan(request: StaffRequest, token: str) -> HttpResponse:
    """Step 2: what the table would change, and everything that is wrong with it."""
    kept = _kept(request, token)
    if kept is None:
        return _lost(request)
    found = _planned(kept)
    problems = Paginator(found.problems, PROBLEMS_ON_A_PAGE).get_page(request.GET.get("page"))
    about: dict[str, Any] = {
        "kept": kept,
        "plan": found,
        "page": problems,
        "kinds": kinds_of(found.counts),
        "warnings": found.warnings[:PROBLEMS_ON_A_PAGE],
        "most": MOST_NAMES,
    }
    return render(request, "people/plan.html.j2", about)


@allowed(Right.EDIT_PEOPLE)
@require_POST
def carry_out(request: StaffRequest, token: str) -> HttpResponse:
    """Step 3: write the good rows, when there are no others or they are to be left out."""
    kept = _kept(request, token)
    if kept is None:
        return _lost(request)
    found = _planned(kept)
    good_only = request.POST.get("good_rows") == "yes"
    if not found.good_rows or (found.problems and not good_only):
        messages.error(request, _("Ничего не загружено: в таблице есть ошибки."))
        return redirect("people-import-plan", token)
    apply(found, good_rows_only=good_only, by=actor_of(request), now=datetime.now(UTC))
    shelf.forget(settings.IMPORT_FOLDER, token)
    rows = counted(_("строка"), _("строки"), _("строк"), found.good_rows)
    words = _("Загружено: {count} {rows}.").format(count=found.good_rows, rows=rows)
    messages.success(request, words)
    return redirect("people" if kept.kind is Kind.PEOPLE else "places")


@allowed(Right.EDIT_PEOPLE)
@require_POST
def drop(request: StaffRequest, token: str) -> HttpResponse:
    """Throw the table away, nothing written."""
    if _kept(request, token) is not None:
        shelf.forget(settings.IMPORT_FOLDER, token)
    messages.info(request, _("Файл удалён, ничего не загружено."))
    return redirect("people-import")


@allowed(Right.EDIT_PEOPLE)
@require_safe
def sample_file(_request: StaffRequest, kind: str, form: str) -> HttpResponse:
    """A table to fill in."""
    if kind not in set(Kind) or form not in {"csv", "xlsx"}:
        raise Http404
    rows = sample(Kind(kind), normalisers(Capability.PEOPLE))
    raw, media_type = (
        (as_workbook(rows), WORKBOOK)
        if form == "xlsx"
        else (as_csv(rows), "text/csv; charset=utf-8")
    )
    response = HttpResponse(raw, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{kind}.{form}"'
    return response


def kinds_of(counts: Counts) -> list[tuple[str, Any]]:
    """What a table speaks of, by kind, as people call it."""
    kinds = [
        (_("группы"), counts.groups),
        (_("дети"), counts.pupils),
        (_("родители"), counts.guardians),
        (_("адреса"), counts.addresses),
        (_("площадки"), counts.destinations),
    ]
    return [(kind, count) for kind, count in kinds if count.new + count.changed + count.unchanged]


def _kept(request: StaffRequest, token: str) -> Kept | None:
    now = datetime.now(UTC)
    shelf.clear(settings.IMPORT_FOLDER, now=now)
    return shelf.take(settings.IMPORT_FOLDER, token, user=request.user.pk, now=now)


def _lost(request: StaffRequest) -> HttpResponse:
    messages.warning(request, _("Файл хранится час, и этот уже удалён. Загрузите его ещё раз."))
    return redirect("people-import")


def _planned(kept: Kept) -> ImportPlan:
    with kept.file(settings.IMPORT_FOLDER).open("rb") as file:
        if kept.kind is Kind.PLACES:
            return plan_destinations(file, channels=normalisers(Capability.DESTINATIONS))
        channels = normalisers(Capability.PEOPLE)
        return plan_people(file, name=kept.name, channels=channels, today=today())


urlpatterns = [
    path("import/", upload, name="people-import"),
    path("import/sample-<slug:kind>.<slug:form>", sample_file, name="people-import-sample"),
    path("import/<str:token>/", plan, name="people-import-plan"),
    path("import/<str:token>/apply/", carry_out, name="people-import-apply"),
    path("import/<str:token>/drop/", drop, name="people-import-drop"),
]
