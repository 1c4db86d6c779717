"""Closed unless opened: every view names the right it needs, or is refused to everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django_otp import user_has_device

from broadcaster.domain.permissions import Right, Role, may
from broadcaster.services.audit import Actor
from broadcaster.services.scope import announcements_of
from broadcaster.store.models import Announcement, Staff

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class StaffRequest(HttpRequest):
    """A request that has passed `RightsMiddleware`: who is asking is known."""

    user: User
    staff: Staff


def allowed(right: Right, *, one_factor: bool = False) -> Callable[[View], View]:
    """Open a view to those who have a right; `one_factor` also before the second factor is shown.

    The view gets a StaffRequest. It must be the outermost decorator but for `path`.
    """

    def open_view(view: View) -> View:
        view.right = right  # type: ignore[attr-defined]
        view.one_factor = one_factor  # type: ignore[attr-defined]
        return view

    return open_view


class RightsMiddleware:
    """Refuses a view that names no right, and a person who has not the one it names."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Hand the request on; what matters happens when the view is known."""
        return self._get_response(request)

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
        return redirect("second-factor")


def actor_of(request: StaffRequest) -> Actor:
    """Who is asking, for the audit log."""
    return Actor(request.staff.name, request.user.pk)


def announcement_for(request: StaffRequest, key: UUID) -> Announcement:
    """An announcement that this person may see; Http404 when there is none."""
    found = announcements_of(request.staff).filter(pk=key).first()
    if found is None:
        raise Http404
    return found
