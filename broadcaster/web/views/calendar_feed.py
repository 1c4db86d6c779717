"""The calendar in people's telephones: a secret address, and a file to take away."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from broadcaster.bootstrap import office
from broadcaster.domain.permissions import Right
from broadcaster.i18n import _
from broadcaster.services.calendar.feed import (
    feed_of,
    has_feed,
    make_feed,
    reader_of,
    revoke_feed,
)
from broadcaster.store.models import Staff
from broadcaster.web.access import StaffRequest, actor_of, allowed


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """What the owner of the secret may see; the secret is the permission, so there is no login."""
    reader = reader_of(token)
    if reader is None:
        raise Http404
    return _file(request, reader)


@allowed(Right.ENTER)
@require_safe
def calendar_file(request: StaffRequest) -> HttpResponse:
    """The same as a file, for who has signed in."""
    response = _file(request, request.staff)
    response["Content-Disposition"] = 'attachment; filename="calendar.ics"'
    return response


@allowed(Right.ENTER)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_subscribe(request: StaffRequest) -> HttpResponse:
    """Make a secret address; it is shown in the answer, once."""
    address = ""
    if request.method == "POST":
        secret = make_feed(request.user.pk, by=actor_of(request), now=datetime.now(UTC))
        address = request.build_absolute_uri(reverse("calendar_feed", args=[secret]))
    about = {"address": address, "has_feed": has_feed(request.user.pk)}
    response = render(request, "calendar/subscribe.html.j2", about)
    response["Cache-Control"] = "no-store"
    return response


@allowed(Right.ENTER)
@require_POST
def calendar_unsubscribe(request: StaffRequest) -> HttpResponse:
    """Close the secret address."""
    if revoke_feed(request.user.pk, by=actor_of(request), now=datetime.now(UTC)):
        messages.success(request, _("Адрес отозван: по нему календарь больше не открыть."))
    return redirect("calendar_subscribe")


def _file(request: HttpRequest, reader: Staff) -> HttpResponse:
    base = request.build_absolute_uri(reverse("calendar"))
    body = feed_of(office(), reader, base=base, now=datetime.now(UTC))
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


urlpatterns = [
    path("feed/<str:token>.ics", calendar_feed, name="calendar_feed"),
    path("calendar.ics", calendar_file, name="calendar_file"),
    path("subscribe/", calendar_subscribe, name="calendar_subscribe"),
    path("unsubscribe/", calendar_unsubscribe, name="calendar_unsubscribe"),
]
