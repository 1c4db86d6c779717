"""A class leaves: its children leave their groups, or are forgotten with their parents."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods

from broadcaster.domain.permissions import Right
from broadcaster.i18n import _
from broadcaster.services.people.erasing import StillSending
from broadcaster.services.people.family import ChangedMeanwhile, Gone
from broadcaster.services.people.graduating import graduate, leavers
from broadcaster.services.scope import groups_of
from broadcaster.store.models import Group
from broadcaster.web.access import StaffRequest, actor_of, allowed
from broadcaster.web.forms.people import GraduateForm
from broadcaster.words import graduation_words


@allowed(Right.EDIT_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def group(request: StaffRequest, number: int) -> HttpResponse:
    """Show who would leave; let them go after the group's name was typed."""
    one = groups_of(request.staff).filter(pk=number).first()
    if one is None:
        raise Http404
    form = GraduateForm(request.POST or None, expected=one.name)
    if request.method == "POST" and form.is_valid() and _gone(request, form, one):
        return redirect("group", number)
    about = {"group": one, "form": form, "leavers": leavers(number)}
    return render(request, "people/graduate.html.j2", about)


def _gone(request: StaffRequest, form: GraduateForm, one: Group) -> bool:
    forget = form.cleaned_data["how"] == GraduateForm.FORGET
    try:
        done = graduate(
            one.pk,
            seen=request.POST.get("seen", ""),
            forget=forget,
            by=actor_of(request),
            now=datetime.now(UTC),
        )
    except StillSending:
        words = _("Кому-то из родителей прямо сейчас уходит сообщение. Повторите через минуту.")
        form.add_error(None, words)
    except ChangedMeanwhile:
        words = _("Пока страница была открыта, в группе что-то изменилось. Посмотрите ещё раз.")
        form.add_error(None, words)
    except Gone:
        raise Http404 from None
    else:
        told = graduation_words(done.children, done.parents, forgotten=forget)
        messages.success(request, told)
    return not form.errors


urlpatterns = [path("groups/<int:number>/graduate/", group, name="group-graduate")]
