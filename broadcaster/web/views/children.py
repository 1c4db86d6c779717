"""A family's children: written down, changed, parted from a parent, taken off the roll."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from broadcaster.domain.permissions import Right
from broadcaster.i18n import _
from broadcaster.services.people import editing
from broadcaster.services.people.family import ChangedMeanwhile, Gone, pupil_fingerprint
from broadcaster.web.access import StaffRequest, actor_of, allowed
from broadcaster.web.families import (
    CHANGED_PAGE,
    person_for,
    person_form,
    pressed,
    pupil_for,
    saved,
)
from broadcaster.web.forms.people import ChildChangeForm, ChildForm


@allowed(Right.EDIT_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest, number: int) -> HttpResponse:
    """Give a parent a child; one of the same name and group is taken for the same."""
    person = person_for(request, number)
    form = ChildForm(request.POST or None)

    def save(seen: str) -> None:
        groups = [group.pk for group in form.cleaned_data["groups"]]
        name, by = form.cleaned_data["name"], actor_of(request)
        editing.add_child(number, name, groups, seen=seen, by=by, now=datetime.now(UTC))

    if saved(request, form, save):
        messages.success(request, _("Ребёнок записан."))
        return redirect("person", number)
    note = _("Если в этой группе уже есть ребёнок с таким именем, родитель будет записан к нему.")
    return person_form(request, person, form, title=_("Ещё один ребёнок"), note=note)


@allowed(Right.EDIT_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def child(request: StaffRequest, pupil: int) -> HttpResponse:
    """Change a child's name and groups."""
    one = pupil_for(request, pupil)
    before = {"name": one.name, "groups": list(one.groups.values_list("pk", flat=True))}
    form = ChildChangeForm(request.POST or None, initial=before)

    def save(seen: str) -> None:
        groups = [group.pk for group in form.cleaned_data["groups"]]
        name, by = form.cleaned_data["name"], actor_of(request)
        editing.change_child(pupil, name, groups, seen=seen, by=by, now=datetime.now(UTC))

    if saved(request, form, save):
        messages.success(request, _("Сохранено."))
        return redirect("child", pupil)
    about = {
        "child": one,
        "form": form,
        "parents": list(one.guardians.order_by("name", "pk")),
        "seen": pupil_fingerprint(pupil),
    }
    return render(request, "people/child.html.j2", about)


@allowed(Right.EDIT_PEOPLE)
@require_POST
def remove(request: StaffRequest, pupil: int) -> HttpResponse:
    """Take a child off the roll; the button asks first."""
    one = pupil_for(request, pupil)
    try:
        seen, by = request.POST.get("seen", ""), actor_of(request)
        editing.remove_child(pupil, seen=seen, by=by, now=datetime.now(UTC))
    except ChangedMeanwhile:
        messages.error(request, CHANGED_PAGE)
        return redirect("child", pupil)
    except Gone:
        raise Http404 from None
    messages.success(request, _("«{name}» больше нет в списке.").format(name=one.name))
    return redirect("people")


@allowed(Right.EDIT_PEOPLE)
@require_POST
def part(request: StaffRequest, number: int, pupil: int) -> HttpResponse:
    """Say that a parent does not answer for a child."""
    person_for(request, number)

    def press(seen: str) -> None:
        by = actor_of(request)
        editing.part_child(number, pupil, seen=seen, by=by, now=datetime.now(UTC))

    return pressed(request, number, press)


urlpatterns = [
    path("<int:number>/children/new/", new, name="child-new"),
    path("<int:number>/children/<int:pupil>/part/", part, name="child-part"),
    path("children/<int:pupil>/", child, name="child"),
    path("children/<int:pupil>/remove/", remove, name="child-remove"),
]
