"""Groups: listed with their counts, looked into, named, taken away when empty."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from broadcaster.bootstrap import office
from broadcaster.domain.permissions import Right
from broadcaster.i18n import _
from broadcaster.services.people import groups as service
from broadcaster.services.people.family import ChangedMeanwhile, Gone
from broadcaster.services.scope import groups_of
from broadcaster.store.models import Group
from broadcaster.store.queries.families import pupils_of_groups, pupils_with_parents, reach
from broadcaster.web.access import StaffRequest, actor_of, allowed
from broadcaster.web.address_state import place_state
from broadcaster.web.families import CHANGED, channels_on
from broadcaster.web.forms.people import GroupForm

ON_A_PAGE = 60
TAKEN = _("Такая группа уже есть: большие и малые буквы, е и ё, похожие латинские не различаются.")


@allowed(Right.SEE_PEOPLE)
@require_safe
def groups(request: StaffRequest) -> HttpResponse:
    """The groups with their children, families, and families nobody can reach."""
    rows = reach(groups_of(request.staff), channels_on(), school=False)
    pupils = pupils_of_groups(row.group for row in rows if row.group)
    return render(request, "people/groups.html.j2", {"rows": rows, "pupils": pupils})


@allowed(Right.SEE_PEOPLE)
@require_safe
def group(request: StaffRequest, number: int) -> HttpResponse:
    """One group: its children with their parents, and its places."""
    one = _own(request, number)
    children = Paginator(pupils_with_parents(number), ON_A_PAGE)
    about = {
        "group": one,
        "page": children.get_page(request.GET.get("page")),
        "places": list(one.destinations.order_by("channel", "title")),
        "place_state": place_state,
        "channels": list(office().outlets),
    }
    return render(request, "people/group.html.j2", about)


@allowed(Right.EDIT_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Make a group."""
    form = GroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            name, by = form.cleaned_data["name"], actor_of(request)
            number = service.add_group(name, by=by, now=datetime.now(UTC))
        except service.NameTaken:
            form.add_error("name", TAKEN)
        else:
            messages.success(request, _("Группа создана."))
            return redirect("group", number)
    return render(request, "people/group_form.html.j2", {"form": form, "group": None})


@allowed(Right.EDIT_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, number: int) -> HttpResponse:
    """Call a group otherwise."""
    one = _own(request, number)
    form = GroupForm(request.POST or None, initial={"name": one.name})
    if request.method == "POST" and form.is_valid() and _renamed(request, form, number):
        messages.success(request, _("Название сохранено."))
        return redirect("group", number)
    about = {"form": form, "group": one, "burden": service.burden_of(number)}
    return render(request, "people/group_form.html.j2", about)


def _renamed(request: StaffRequest, form: GroupForm, number: int) -> bool:
    name, seen = form.cleaned_data["name"], request.POST.get("seen", "")
    try:
        now = datetime.now(UTC)
        service.rename_group(number, name, seen=seen, by=actor_of(request), now=now)
    except service.NameTaken:
        form.add_error("name", TAKEN)
    except ChangedMeanwhile:
        form.add_error(None, CHANGED)
    except Gone:
        raise Http404 from None
    return not form.errors


@allowed(Right.EDIT_PEOPLE)
@require_POST
def remove(request: StaffRequest, number: int) -> HttpResponse:
    """Take an empty group away."""
    one = _own(request, number)
    try:
        service.remove_group(number, by=actor_of(request), now=datetime.now(UTC))
    except service.NotEmpty:
        messages.error(request, _("Группа не пуста, поэтому осталась."))
        return redirect("group-edit", number)
    except Gone:
        raise Http404 from None
    messages.success(request, _("Группы «{name}» больше нет.").format(name=one.name))
    return redirect("groups")


def _own(request: StaffRequest, number: int) -> Group:
    one = groups_of(request.staff).filter(pk=number).first()
    if one is None:
        raise Http404
    return one


urlpatterns = [
    path("groups/", groups, name="groups"),
    path("groups/new/", new, name="group-new"),
    path("groups/<int:number>/", group, name="group"),
    path("groups/<int:number>/name/", edit, name="group-edit"),
    path("groups/<int:number>/remove/", remove, name="group-remove"),
]
