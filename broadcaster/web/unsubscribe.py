"""The page on which a person leaves one channel; mail programs call it by themselves (RFC 8058)."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from broadcaster.bootstrap import office
from broadcaster.services.control import address_of, leave, return_again


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show the page on GET, which scanners fetch too; leave on POST, or come back.

    The signed token is the permission, so there is no login and no CSRF token: a mail program that
    posts `List-Unsubscribe=One-Click` has neither.
    """
    address = address_of(token)
    if address is None:
        return render(request, "unsubscribe.html.j2", {"step": "unknown"}, status=404)
    step = "ask"
    if request.method == "POST":
        if request.POST.get("back"):
            step = "back" if return_again(address) else "shut"
        else:
            leave(office(), address, now=datetime.now(UTC))
            step = "left"
    elif address.consent_withdrawn_at:
        step = "left"
    response = render(request, "unsubscribe.html.j2", {"step": step, "channel": address.channel})
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Content-Security-Policy"] = "default-src 'self'; frame-ancestors 'none'"
    return response


urlpatterns = [path("<str:token>", unsubscribe, name="unsubscribe")]
