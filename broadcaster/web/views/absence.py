"""«Меня не будет»: said by somebody herself, or by an administrator for her."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from broadcaster.bootstrap import office
from broadcaster.domain.permissions import Right
from broadcaster.i18n import _
from broadcaster.services.absence import AbsenceRefused, come_back, leave
from broadcaster.store.models import Staff
from broadcaster.web.access import StaffRequest, actor_of, allowed
from broadcaster.web.forms.absence import AbsenceForm


@allowed(Right.WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: StaffRequest) -> HttpResponse:
    """One's own absence."""
    return _screen(request, request.staff, back=reverse("account"))


@allowed(Right.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def of_another(request: StaffRequest, number: int) -> HttpResponse:
    """The absence of somebody who has not told it herself."""
    person = get_object_or_404(Staff.objects.select_related("deputy"), pk=number)
    return _screen(request, person, back=reverse("staff-edit", args=[number]))


def _screen(request: StaffRequest, person: Staff, *, back: str) -> HttpResponse:
    now, by = datetime.now(UTC), actor_of(request)
    if request.method == "POST" and "back" in request.POST:
        come_back(person, by=by, now=now)
        messages.success(request, _("Отсутствие снято."))
        return redirect(back)
    form = AbsenceForm(request.POST if request.method == "POST" else None, person)
    if request.method == "POST" and form.is_valid():
        try:
            leave(office(), person, form.absence, by=by, now=now)
        except AbsenceRefused as refused:
            form.complain(refused.mistake)
        else:
            messages.success(request, _("Записано."))
            return redirect(back)
    about = {"form": form, "person": person, "back": back, "own": person.pk == request.staff.pk}
    return render(request, "account/absence.html.j2", about)


own_urlpatterns = [path("absence", own, name="absence")]
urlpatterns = [path("<int:number>/absence", of_another, name="staff-absence")]
