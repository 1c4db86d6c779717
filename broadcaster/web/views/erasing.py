"""What the school holds about a person, taken out; and a person forgotten."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from broadcaster.domain.permissions import Right
from broadcaster.i18n import _
from broadcaster.services.people import erasing as service
from broadcaster.services.people.exporting import export_person
from broadcaster.services.people.family import Gone
from broadcaster.web.access import StaffRequest, actor_of, allowed
from broadcaster.web.families import person_for
from broadcaster.web.forms.people import EraseForm
from broadcaster.words import OUTCOMES, REASONS, STATES


@allowed(Right.EDIT_PEOPLE)
@require_POST
def export(request: StaffRequest, number: int) -> HttpResponse:
    """Everything about a person, as a page to print or as JSON; either is put on record."""
    try:
        taken = export_person(number, by=actor_of(request), now=datetime.now(UTC))
    except Gone:
        raise Http404 from None
    response: HttpResponse
    if request.POST.get("form") == "json":
        response = JsonResponse(taken, json_dumps_params={"ensure_ascii": False, "indent": 2})
        response["Content-Disposition"] = f'attachment; filename="person-{number}.json"'
    else:
        about = {"taken": taken, "states": STATES, "reasons": REASONS, "outcomes": OUTCOMES,
                 "at": _at}  # fmt: skip
        response = render(request, "people/export.html.j2", about)
    response["Cache-Control"] = "no-store"
    return response


@allowed(Right.EDIT_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: StaffRequest, number: int) -> HttpResponse:
    """Forget a person after her name was typed once more."""
    person = person_for(request, number)
    form = EraseForm(request.POST or None, expected=person.name)
    if request.method == "POST" and form.is_valid():
        try:
            service.erase(
                number,
                with_orphans=form.cleaned_data["with_orphans"],
                by=actor_of(request),
                now=datetime.now(UTC),
            )
        except service.StillSending:
            words = _("Этому человеку прямо сейчас уходит сообщение. Повторите через минуту.")
            form.add_error(None, words)
        except Gone:
            raise Http404 from None
        else:
            messages.success(request, _("Человек стёрт. Отправки остались в отчётах без имени."))
            return redirect("people")
    about = {"person": person, "form": form, "orphans": service.orphans_of(number)}
    return render(request, "people/erase.html.j2", about)


def _at(moment: str | None) -> date | None:
    """A day or a moment of the export, as it was before it became text."""
    if not moment:
        return None
    return datetime.fromisoformat(moment) if "T" in moment else date.fromisoformat(moment)


urlpatterns = [
    path("<int:number>/export/", export, name="person-export"),
    path("<int:number>/erase/", erase, name="person-erase"),
]
