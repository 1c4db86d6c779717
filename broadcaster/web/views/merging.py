"""Who may stand on the roll twice, side by side, and one made of two."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from broadcaster.domain.permissions import Right
from broadcaster.i18n import _
from broadcaster.services.people import merging as service
from broadcaster.services.people.family import ChangedMeanwhile, Gone, fingerprint
from broadcaster.store.models import Guardian, Pupil
from broadcaster.store.queries.doubles import guardian_doubles, pupil_doubles
from broadcaster.store.queries.families import with_family
from broadcaster.web.access import StaffRequest, actor_of, allowed
from broadcaster.web.address_state import address_state
from broadcaster.web.families import CHANGED_PAGE, channels_on, person_for

ON_A_PAGE = 30
SIGNS = {"child": _("общий ребёнок"), "address": _("общий адрес"), "group": _("одна группа")}


@allowed(Right.EDIT_PEOPLE)
@require_safe
def doubles(request: StaffRequest) -> HttpResponse:
    """Pairs of parents, and of children, who are probably one."""
    page = Paginator(guardian_doubles(), ON_A_PAGE).get_page(request.GET.get("page"))
    numbers = [number for one in page for number in (one.first, one.second)]
    people = with_family(Guardian.objects.filter(pk__in=numbers), Pupil.objects.all())
    children = pupil_doubles()[:ON_A_PAGE]
    pupils = Pupil.objects.prefetch_related("groups", "guardians")
    about = {
        "page": page,
        "people": {one.pk: one for one in people},
        "children": children,
        "pupils": pupils.in_bulk(
            [one.first for one in children] + [one.second for one in children]
        ),
        "signs": SIGNS,
    }
    return render(request, "people/doubles.html.j2", about)


@allowed(Right.EDIT_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: StaffRequest, first: int, second: int) -> HttpResponse:
    """Two parents side by side; what is chosen stays."""
    pair = [person_for(request, number) for number in (first, second)]
    if first == second:
        raise Http404
    if request.method == "POST":
        if _merged(request, pair):
            messages.success(request, _("Теперь это один человек."))
            return redirect("person", first)
        return redirect("people-merge", first, second)
    about = {
        "pair": pair,
        "seen": "-".join(fingerprint(one.pk) for one in pair),
        "channels": channels_on(),
        "address_state": address_state,
    }
    return render(request, "people/merge.html.j2", about)


def _merged(request: StaffRequest, pair: list[Guardian]) -> bool:
    """Whether the two have become one, the name and the addresses as they were chosen."""
    stays, goes = pair
    ticked = set(request.POST.getlist("address"))
    known = {address.pk for one in pair for address in one.addresses.all()}
    kept = {number for number in known if str(number) in ticked}
    name = goes.name if request.POST.get("name") == str(goes.pk) else stays.name
    seen_first, _dash, seen_second = request.POST.get("seen", "").partition("-")
    try:
        service.merge(
            stays.pk,
            goes.pk,
            name=name,
            dropped=known - kept,
            seen=(seen_first, seen_second),
            by=actor_of(request),
            now=datetime.now(UTC),
        )
    except ChangedMeanwhile:
        messages.error(request, CHANGED_PAGE)
        return False
    except Gone:
        raise Http404 from None
    return True


@allowed(Right.EDIT_PEOPLE)
@require_POST
def merge_pupils(request: StaffRequest, first: int, second: int) -> HttpResponse:
    """Make one child of two."""
    try:
        service.merge_pupils(first, second, by=actor_of(request), now=datetime.now(UTC))
    except Gone:
        raise Http404 from None
    messages.success(request, _("Теперь это один ребёнок."))
    return redirect("people-doubles")


urlpatterns = [
    path("doubles/", doubles, name="people-doubles"),
    path("merge/<int:first>/<int:second>/", merge, name="people-merge"),
    path("children/merge/<int:first>/<int:second>/", merge_pupils, name="children-merge"),
]
