"""The first start: the school, the administrator, the channels, and what to do next."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from broadcaster.bootstrap import office
from broadcaster.config import load
from broadcaster.domain.permissions import Right
from broadcaster.i18n import _
from broadcaster.services.first_start import FIRST_START, AlreadyStarted, appoint, opens
from broadcaster.services.rehearsing import is_roll_empty
from broadcaster.web.access import StaffRequest, allowed
from broadcaster.web.forms.channels import channel_form
from broadcaster.web.forms.settings import SchoolForm
from broadcaster.web.forms.start import AdministratorForm
from broadcaster.web.saving import keep

HALF_DONE = "first-administrator"
"""Where a browser's session keeps what was filled in before somebody went back a step."""


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Step 1: who the school is."""
    if refusal := _refusal(request, code):
        return refusal
    form = SchoolForm(request.POST or None, load())
    if request.method == "POST" and keep(form, by=FIRST_START):
        return redirect("start-administrator", code)
    return render(request, "start/school.html.j2", {"form": form, "step": 1, "code": code})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def administrator(request: HttpRequest, code: str) -> HttpResponse:
    """Step 2: who runs it; with an account the code is spent."""
    if refusal := _refusal(request, code):
        return refusal
    if "back" in request.POST:
        request.session[HALF_DONE] = {
            name: request.POST.get(name, "") for name in ("name", "email")
        }
        return redirect("start", code)
    form = AdministratorForm(request.POST or None, initial=request.session.get(HALF_DONE))
    if request.method == "POST" and form.is_valid():
        return _appointed(request, code, form)
    about = {"form": form, "step": 2, "code": code}
    return render(request, "start/administrator.html.j2", about)


def _appointed(request: HttpRequest, code: str, form: AdministratorForm) -> HttpResponse:
    given = form.cleaned_data
    try:
        staff = appoint(
            code,
            name=given["name"],
            login=given["email"],
            password=given["password"],
            now=datetime.now(UTC),
        )
    except AlreadyStarted:
        return _shut(request)
    request.session.pop(HALF_DONE, None)
    login(request, staff.user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("start-channels")


def _refusal(request: HttpRequest, code: str) -> HttpResponse | None:
    """None when the code opens the set-up."""
    if request.user.is_authenticated:
        return redirect("start-channels")
    if opens(code, now=datetime.now(UTC)):
        return None
    return _shut(request)


def _shut(request: HttpRequest) -> HttpResponse:
    words = _(
        "Она одноразовая и уже использована, устарела или выдана новая. Новую печатает команда"
        " broadcaster start-link. Если учётная запись у вас уже есть — войдите."
    )
    about = {"title": _("Ссылка не действует"), "words": words}
    return render(request, "refusal.html.j2", about, status=HTTPStatus.NOT_FOUND)


@allowed(Right.MANAGE)
@never_cache
@require_safe
def channels(request: StaffRequest) -> HttpResponse:
    """Step 3: how messages go out; or nowhere for now."""
    known = load().channels.values()
    forms = [(one, form) for one in known if (form := channel_form(one))]
    about = {"forms": forms, "step": 3, "office": office(), "roll_is_empty": is_roll_empty()}
    return render(request, "start/channels.html.j2", about)


@allowed(Right.MANAGE)
@require_safe
def done(request: StaffRequest) -> HttpResponse:
    """What to do next."""
    about = {"office": office(), "roll_is_empty": is_roll_empty(), "step": 4}
    return render(request, "start/done.html.j2", about)


urlpatterns = [
    path("channels", channels, name="start-channels"),
    path("done", done, name="start-done"),
    path("<str:code>", start, name="start"),
    path("<str:code>/administrator", administrator, name="start-administrator"),
]
