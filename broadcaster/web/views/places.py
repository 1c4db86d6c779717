"""Destinations: walls, channels, chats and sections of the site, of the school and of groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from broadcaster.bootstrap import office
from broadcaster.domain.permissions import Right, Role, sees_all
from broadcaster.domain.reasons import AddressState
from broadcaster.i18n import _
from broadcaster.services.people import places as service
from broadcaster.services.people.family import ChangedMeanwhile, Gone
from broadcaster.services.scope import groups_of
from broadcaster.store.models import Destination
from broadcaster.web.access import StaffRequest, actor_of, allowed
from broadcaster.web.address_state import place_state
from broadcaster.web.families import CHANGED
from broadcaster.web.forms.people import PlaceForm

ON_A_PAGE = 50
TURNS: Mapping[str, AddressState] = {"close": AddressState.CLOSED, "open": AddressState.OPEN}


@allowed(Right.SEE_PEOPLE)
@require_safe
def places(request: StaffRequest) -> HttpResponse:
    """The places of the school and of the groups that somebody may see."""
    rows = Destination.objects.select_related("group")
    if not sees_all(Role(request.staff.role)):
        rows = rows.filter(Q(group=None) | Q(group__in=groups_of(request.staff).values("pk")))
    ordered = rows.order_by("group__name", "channel", "title", "pk")
    page = Paginator(ordered, ON_A_PAGE).get_page(request.GET.get("page"))
    about = {"page": page, "place_state": place_state, "channels": list(office().outlets)}
    return render(request, "people/places.html.j2", about)


@allowed(Right.EDIT_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Write down a place."""
    form = PlaceForm(request.POST or None, initial={"group": request.GET.get("group")})

    def save() -> None:
        service.add_place(form.place(), by=actor_of(request), now=datetime.now(UTC))

    if _saved(request, form, save):
        messages.success(request, _("Площадка записана."))
        return redirect("places")
    return render(request, "people/place.html.j2", {"form": form, "place": None})


@allowed(Right.EDIT_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: StaffRequest, number: int) -> HttpResponse:
    """Change a place."""
    row = _row(number)
    now_is = service.place_of(row)
    form = PlaceForm(
        request.POST or None,
        initial={
            "title": now_is.title,
            "channel": now_is.channel,
            "value": now_is.value,
            "group": now_is.group,
            "data_class": int(now_is.data_class),
        },
    )

    def save() -> None:
        seen, by = request.POST.get("seen", ""), actor_of(request)
        service.change_place(number, form.place(), seen=seen, by=by, now=datetime.now(UTC))

    if _saved(request, form, save):
        messages.success(request, _("Сохранено."))
        return redirect("places")
    about = {
        "form": form,
        "place": row,
        "seen": str(now_is),
        "state": place_state(row, list(office().outlets)),
    }
    return render(request, "people/place.html.j2", about)


@allowed(Right.EDIT_PEOPLE)
@require_POST
def turn(request: StaffRequest, number: int, what: str) -> HttpResponse:
    """Close a place, open it again, or forget it."""
    _row(number)
    by, now = actor_of(request), datetime.now(UTC)
    try:
        if what in TURNS:
            service.turn_place(number, TURNS[what], by=by, now=now)
        elif what == "remove":
            service.remove_place(number, by=by, now=now)
        else:
            raise Http404
    except service.PlaceUsed:
        messages.error(request, _("Сюда уже отправляли: площадка нужна отчётам. Закройте её."))
        return redirect("place", number)
    except Gone:
        raise Http404 from None
    messages.success(request, _("Сохранено."))
    return redirect("places")


def _saved(request: StaffRequest, form: PlaceForm, save: Callable[[], None]) -> bool:
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        save()
    except service.PlaceTaken:
        form.add_error("value", _("Такая площадка у этой группы или школы уже есть."))
    except service.PlaceUsed:
        words = _(
            "Сюда уже отправляли: канал и группу не сменить. Закройте эту площадку и запишите"
            " новую."
        )
        form.add_error(None, words)
    except ChangedMeanwhile:
        form.add_error(None, CHANGED)
    except Gone:
        raise Http404 from None
    return not form.errors


def _row(number: int) -> Destination:
    row = Destination.objects.filter(pk=number).first()
    if row is None:
        raise Http404
    return row


urlpatterns = [
    path("places/", places, name="places"),
    path("places/new/", new, name="place-new"),
    path("places/<int:number>/", place, name="place"),
    path("places/<int:number>/<slug:what>/", turn, name="place-turn"),
]
