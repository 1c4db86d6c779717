"""Families: found, shown, written down and changed; groups, tables and doubles have rooms apart."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from broadcaster.domain.ordering import as_counted
from broadcaster.domain.permissions import Right, Role, sees_all
from broadcaster.i18n import _
from broadcaster.services.people import editing
from broadcaster.services.people.family import fingerprint
from broadcaster.services.scope import announcements_of, groups_of, guardians_of, pupils_of
from broadcaster.store.models import Guardian
from broadcaster.store.queries.families import Only, found, reach, with_family
from broadcaster.store.queries.traces import copies_of, told_to
from broadcaster.web.access import StaffRequest, actor_of, allowed
from broadcaster.web.address_state import address_state
from broadcaster.web.families import channels_on, person_for, person_form, saved
from broadcaster.web.forms.people import FamilyForm, NameForm
from broadcaster.web.views import (
    addresses,
    children,
    erasing,
    graduating,
    groups,
    imports,
    merging,
    places,
)
from broadcaster.words import REASONS, STATES, WHY

ON_A_PAGE = 50
COPIES_ON_A_PAGE = 25

FILTERS = (
    ("", _("все")),
    (Only.NO_ADDRESS, _("без адресов")),
    (Only.CLOSED, _("адрес закрыт")),
    (Only.NO_CONSENT, _("нет согласия")),
    (Only.UNREACHABLE, _("недоступны")),
)


@allowed(Right.SEE_PEOPLE)
@require_safe
def people(request: StaffRequest) -> HttpResponse:
    """The families that somebody may see, found by words and narrowed."""
    words, only = request.GET.get("q", "")[:200].replace("\0", ""), request.GET.get("only", "")
    own = sorted(groups_of(request.staff), key=lambda group: as_counted(group.name))
    group = next((one for one in own if str(one.pk) == request.GET.get("group")), None)
    channels = channels_on()
    families = found(
        guardians_of(request.staff),
        words=words,
        group=group.pk if group else None,
        only=Only(only) if only in set(Only) else None,
        channels=channels,
    )
    numbers = list(families.values_list("pk", flat=True))  # the search is done once, not twice
    page = Paginator(numbers, ON_A_PAGE).get_page(request.GET.get("page"))
    rows = with_family(Guardian.objects.filter(pk__in=list(page)), pupils_of(request.staff))
    people_by_number = {row.pk: row for row in rows}
    asked = {"q": words, "group": group.pk if group else "", "only": only}
    about: dict[str, Any] = {
        "page": page,
        "people": [people_by_number[number] for number in page if number in people_by_number],
        "words": words,
        "groups": own,
        "group": group,
        "only": only,
        "filters": FILTERS,
        "query": urlencode({key: value for key, value in asked.items() if value}),
        "channels": channels,
        "address_state": address_state,
    }
    return render(request, "people/people.html.j2", about)


@allowed(Right.SEE_PEOPLE)
@require_safe
def unreachable(request: StaffRequest) -> HttpResponse:
    """How many families each group has, and how many of them each channel reaches."""
    channels = channels_on()
    everything = sees_all(Role(request.staff.role))
    rows = reach(groups_of(request.staff), channels, school=everything)
    about = {"rows": rows, "channels": channels}
    return render(request, "people/unreachable.html.j2", about)


@allowed(Right.SEE_PEOPLE)
@require_safe
def person(request: StaffRequest, number: int) -> HttpResponse:
    """One parent: children, addresses, consents, and every copy that was meant for her."""
    one = person_for(request, number)
    hers = None if sees_all(Role(request.staff.role)) else announcements_of(request.staff)
    page = Paginator(copies_of(number, hers), COPIES_ON_A_PAGE).get_page(request.GET.get("page"))
    about: dict[str, Any] = {
        "person": one,
        "seen": fingerprint(number),
        "page": page,
        "told": told_to(number, hers)[:COPIES_ON_A_PAGE],
        "channels": channels_on(),
        "address_state": address_state,
        "states": STATES,
        "reasons": REASONS,
        "why": WHY,
    }
    return render(request, "people/person.html.j2", about)


@allowed(Right.EDIT_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Write down a new parent with a child."""
    chosen = [one for one in request.GET.getlist("group") if one.isdecimal()][:1]
    form = FamilyForm(request.POST or None, initial={"groups": chosen})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        number = editing.add_family(
            values["name"],
            child=values["child"],
            groups=[group.pk for group in values["groups"]],
            by=actor_of(request),
            now=datetime.now(UTC),
        )
        messages.success(request, _("Родитель записан. Теперь добавьте адреса."))
        return redirect("person", number)
    return render(request, "people/new.html.j2", {"form": form})


@allowed(Right.EDIT_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, number: int) -> HttpResponse:
    """Give a parent another display name."""
    one = person_for(request, number)
    form = NameForm(request.POST or None, initial={"name": one.name})

    def save(seen: str) -> None:
        name, by = form.cleaned_data["name"], actor_of(request)
        editing.rename(number, name, seen=seen, by=by, now=datetime.now(UTC))

    if saved(request, form, save):
        messages.success(request, _("Имя сохранено."))
        return redirect("person", number)
    return person_form(request, one, form, title=_("Имя родителя"))


urlpatterns = [
    path("", people, name="people"),
    path("unreachable/", unreachable, name="people-unreachable"),
    path("new/", new, name="person-new"),
    path("<int:number>/", person, name="person"),
    path("<int:number>/name/", edit, name="person-edit"),
    *children.urlpatterns,
    *addresses.urlpatterns,
    *groups.urlpatterns,
    *graduating.urlpatterns,
    *places.urlpatterns,
    *imports.urlpatterns,
    *merging.urlpatterns,
    *erasing.urlpatterns,
]
