"""Closed unless opened: every view names the right it needs, or is refused to everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import SplitResult, urlencode, urlsplit
from uuid import UUID

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails
from django_otp import user_has_device

from broadcaster.bootstrap import office
from broadcaster.domain.permissions import Right, Role, may
from broadcaster.services.approvals import is_asked_to_read
from broadcaster.services.audit import Actor
from broadcaster.services.drafts import NoSuchDraft
from broadcaster.services.kept_counts import COUNTS
from broadcaster.services.scope import announcements_of
from broadcaster.store.models import Announcement, Staff

SIGNING_IN = ("/account/login", "/account/second-factor")
"""Where somebody is sent who has not signed in yet, or not with both factors."""

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class StaffRequest(HttpRequest):
    """A request that has passed `RightsMiddleware`: who is asking is known.

    Whoever may change an announcement by it says so in `may_have_changed`.
    """

    user: User
    staff: Staff
    htmx: HtmxDetails
    may_have_changed: UUID


def allowed(right: Right, *, one_factor: bool = False) -> Callable[[View], View]:
    """Open a view to those who have a right; `one_factor` also before the second factor is shown.

    The view gets a StaffRequest. It must be the outermost decorator but for `path`.
    """

    def open_view(view: View) -> View:
        view.right = right  # type: ignore[attr-defined]
        view.one_factor = one_factor  # type: ignore[attr-defined]
        return view

    return open_view


class SignInMiddleware(LoginRequiredMiddleware):
    """Whoever was signed out while pressing a button comes back to its page, not to its POST."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        """Ask for the password."""
        if request.method in {"GET", "HEAD"}:
            return super().handle_no_permission(request, view_func)
        came = _address(request.headers.get("Referer", ""))
        back = came.path if came.netloc == request.get_host() else reverse("home")
        return redirect_to_login(back, self.get_login_url(view_func), "next")


class RightsMiddleware:
    """Refuses a view that names no right, and a person who has not the one it names."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Hand the request on; no browser keeps what the staff has seen, unless a view says so."""
        response = self._get_response(request)
        if changed := getattr(request, "may_have_changed", None):
            COUNTS.forget(changed)  # once more: somebody may have counted before the change
        if hasattr(request, "staff") and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        return _whole_page(request, response)

    def process_view(
        self, request: Any, view: Any, _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """None lets the view answer."""
        if not getattr(view, "login_required", True):
            return None
        right = getattr(view, "right", None)
        staff = Staff.objects.filter(user=request.user.pk).first()
        if right is None or staff is None or not may(Role(staff.role), right):
            raise PermissionDenied
        staff.user = request.user
        request.staff = staff
        if view.one_factor or request.user.is_verified() or not user_has_device(request.user):  # type: ignore[no-untyped-call]
            return None
        return redirect_to_login(request.get_full_path(), reverse("second-factor"), "next")


def _whole_page(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """A part of a page is never replaced by the form for signing in: the whole page is."""
    place = response.headers.get("Location", "")
    if "HX-Request" not in request.headers or not place.startswith(SIGNING_IN):
        return response
    shown = _address(request.headers.get("HX-Current-URL", "/"))
    back = urlencode({"next": shown.path + (f"?{shown.query}" if shown.query else "")})
    return HttpResponseClientRedirect(f"{place.partition('?')[0]}?{back}")


def _address(header: str) -> SplitResult:
    """What a browser says it shows; empty when it says nothing that is an address."""
    try:
        return urlsplit(header)
    except ValueError:
        return urlsplit("")


def actor_of(request: StaffRequest) -> Actor:
    """Who is asking, for the audit log."""
    return Actor(request.staff.name, request.user.pk)


def announcement_for(request: StaffRequest, key: UUID) -> Announcement:
    """An announcement that this person may see; Http404 when there is none.

    Who comes to change it is to see what comes of that, however dear counting is.
    """
    found = announcements_of(request.staff).filter(pk=key).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        COUNTS.forget(found.pk)
        request.may_have_changed = found.pk
    return found


def announcement_to_read(request: StaffRequest, key: UUID) -> Announcement:
    """The same, or one to which this person is asked to consent in somebody's place."""
    try:
        return announcement_for(request, key)
    except Http404:
        if not is_asked_to_read(office(), request.staff, key, now=datetime.now(UTC)):
            raise
    return Announcement.objects.get(pk=key)


@contextmanager
def draft_or_404() -> Iterator[None]:
    """A draft that is not there, or is not this person's to write, is not found: a decorator."""
    try:
        yield
    except NoSuchDraft as missing:
        raise Http404 from missing
