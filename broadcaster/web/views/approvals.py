"""Announcements that wait for consent."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from broadcaster.domain.permissions import Right
from broadcaster.web.access import StaffRequest, allowed


@allowed(Right.APPROVE)
@require_safe
def approvals(request: StaffRequest) -> HttpResponse:
    """Not built yet."""
    return render(request, "refusal.html.j2", {"title": "…", "words": "…"})


urlpatterns = [path("", approvals, name="approvals")]
