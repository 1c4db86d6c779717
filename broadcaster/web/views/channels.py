"""How the channels, the queue and the workers are."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from broadcaster.domain.permissions import Right
from broadcaster.web.access import StaffRequest, allowed


@allowed(Right.SEE_HEALTH)
@require_safe
def health(request: StaffRequest) -> HttpResponse:
    """Not built yet."""
    return render(request, "refusal.html.j2", {"title": "…", "words": "…"})


urlpatterns = [path("", health, name="health")]
