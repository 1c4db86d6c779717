"""The first page: what is going on, and a way to everything."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from broadcaster.bootstrap import office
from broadcaster.domain.permissions import Right
from broadcaster.web.access import StaffRequest, allowed
from broadcaster.web.brand import brand_sheet


@allowed(Right.ENTER)
@require_safe
def home(_request: StaffRequest) -> HttpResponse:
    """Lead to the announcements."""
    return redirect("announcements")


@login_not_required
@require_safe
@cache_control(public=True, max_age=300)
def brand(_request: HttpRequest) -> HttpResponse:
    """The school's colour as a style sheet: the policy lets no page carry styles itself."""
    return HttpResponse(brand_sheet(office().school.colour), content_type="text/css")


urlpatterns = [path("", home, name="home"), path("brand.css", brand, name="brand")]
