"""The page on which a family says that it has read an announcement."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from broadcaster.services.acknowledging import acknowledge as write_down
from broadcaster.services.acknowledging import asked


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request: HttpRequest, token: str) -> HttpResponse:
    """Ask on GET, which scanners of mail fetch too; write it down on POST, once.

    The signed token is the permission, so there is no login and no CSRF token: the browsers inside
    messengers may keep no cookies.
    """
    press = request.method == "POST"
    about = write_down(token, now=datetime.now(UTC)) if press else asked(token)
    status = HTTPStatus.OK if about else HTTPStatus.NOT_FOUND
    response = render(request, "acknowledge.html.j2", {"about": about}, status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Content-Security-Policy"] = "default-src 'self'; frame-ancestors 'none'"
    return response


urlpatterns = [path("<str:token>", acknowledge, name="acknowledge")]
