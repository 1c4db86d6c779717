"""The second factor: asked for at signing in, set up and switched off by its owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import django_otp
import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp.models import Device

from broadcaster.domain.permissions import Right
from broadcaster.i18n import _
from broadcaster.services import second_factor
from broadcaster.services.audit import STRANGER, Action, record
from broadcaster.web.access import StaffRequest, actor_of, allowed
from broadcaster.web.forms.account import CodeForm, DropForm, EnrolForm
from broadcaster.web.views.refusals import duration


@allowed(Right.ENTER, one_factor=True)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def ask(request: StaffRequest) -> HttpResponse:
    """The second step of signing in; wrong codes make the next ones wait longer and longer."""
    if request.user.is_verified() or not django_otp.user_has_device(request.user):  # type: ignore[attr-defined, no-untyped-call]
        return redirect(_next(request))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (device := _known(request, form)):
        _let_in(request, device)
        return redirect(_next(request))
    about = {"form": form, "next": _next(request)}
    return render(request, "account/second_factor.html.j2", about)


def _let_in(request: StaffRequest, device: Device) -> None:
    django_otp.login(request, device)  # type: ignore[no-untyped-call]
    request.session.cycle_key()
    now = datetime.now(UTC)
    facts = {"second_factor": device.name}
    subject = request.staff.pk
    record(actor_of(request), Action.SIGNED_IN, now=now, kind="staff", subject=subject, **facts)
    if device.name == second_factor.PAPER:
        left = second_factor.paper_left(request.user)
        words = _("Вы вошли по резервному коду. Их осталось: {left}.").format(left=left)
        messages.warning(request, words)


def _known(request: StaffRequest, form: CodeForm) -> Device | None:
    """The device that knows the code; when there is none, the form says why."""
    answer = second_factor.answer(request.user, form.cleaned_data["code"])
    if answer.device is not None:
        return answer.device
    now = datetime.now(UTC)
    if answer.wait_until is not None:
        wait = max(1, round((answer.wait_until - now).total_seconds()))
        words = _("Слишком много неверных кодов. Подождите {time} и введите новый код.")
        form.add_error("code", words.format(time=duration(wait)))
        return None
    facts = {"second_factor": True}
    subject = request.staff.pk
    record(STRANGER, Action.SIGN_IN_REFUSED, now=now, kind="staff", subject=subject, **facts)
    form.add_error("code", _("Код не подходит. Проверьте, точно ли идут часы телефона."))
    return None


def _next(request: StaffRequest) -> str:
    """Where to go afterwards: never to another site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return resolve_url(settings.LOGIN_REDIRECT_URL)


@allowed(Right.ENTER)
@require_http_methods(["GET", "HEAD"])
def own(request: StaffRequest) -> HttpResponse:
    """Whether it is on, and what can be done about it."""
    return _own(request)


def _own(
    request: StaffRequest,
    *,
    enrol: EnrolForm | None = None,
    code: CodeForm | None = None,
    drop: DropForm | None = None,
) -> HttpResponse:
    device = second_factor.begun(request.user, now=datetime.now(UTC))
    picture = segno.make(device.config_url, error="m").svg_data_uri(scale=5) if device else ""
    about = {
        "is_on": django_otp.user_has_device(request.user),  # type: ignore[no-untyped-call]
        "paper_left": second_factor.paper_left(request.user),
        "picture": picture,
        "secret": _secret(device.config_url) if device else "",
        "enrol": enrol or EnrolForm(request.user),
        "code": code or CodeForm(),
        "drop": drop or DropForm(request.user),
    }
    return render(request, "account/second_factor_settings.html.j2", about)


def _secret(address: str) -> str:
    """The key in groups of four letters, for those whose camera does not work."""
    key = address.partition("secret=")[2].partition("&")[0].rstrip("=").removesuffix("%3D")
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))


@allowed(Right.ENTER)
@require_POST
@sensitive_post_parameters()
def begin(request: StaffRequest) -> HttpResponse:
    """Show a key for the telephone, after the password."""
    form = EnrolForm(request.user, request.POST)
    if not form.is_valid():
        return _own(request, enrol=form)
    second_factor.begin(request.user)
    return redirect("second-factor-settings")


@allowed(Right.ENTER)
@require_POST
@sensitive_post_parameters()
def confirm(request: StaffRequest) -> HttpResponse:
    """Trust the telephone when it shows the right code, and show the codes for paper, once."""
    if second_factor.begun(request.user, now=datetime.now(UTC)) is None:
        messages.error(request, _("Ключ устарел. Начните ещё раз."))
        return redirect("second-factor-settings")
    form = CodeForm(request.POST)
    codes = form.is_valid() and second_factor.confirm(
        request.user, form.cleaned_data["code"], by=actor_of(request), now=datetime.now(UTC)
    )
    if not codes:
        form.add_error("code", _("Код не подходит. Дождитесь следующего и попробуйте ещё раз."))
        return _own(request, code=form)
    return _show_paper(request, codes)


def _show_paper(request: StaffRequest, codes: Sequence[str]) -> HttpResponse:
    """Show the codes, once; whoever has them stays signed in by the telephone."""
    django_otp.login(request, second_factor.telephone(request.user))  # type: ignore[no-untyped-call]
    return render(request, "account/paper_codes.html.j2", {"codes": codes})


@allowed(Right.ENTER)
@require_POST
@sensitive_post_parameters()
def drop(request: StaffRequest) -> HttpResponse:
    """Switch it off, or print new codes, for who knows the password and a code."""
    form = DropForm(request.user, request.POST)
    if not form.is_valid() or _known(request, form) is None:
        return _own(request, drop=form)
    actor, now = actor_of(request), datetime.now(UTC)
    if "paper" in request.POST:
        codes = second_factor.renew_paper(request.user, by=actor, now=now)
        return _show_paper(request, codes)
    second_factor.drop(request.user, by=actor, now=now)
    messages.success(request, _("Вход с кодом выключен."))
    return redirect("account")


urlpatterns = [
    path("second-factor", ask, name="second-factor"),
    path("second-factor/settings", own, name="second-factor-settings"),
    path("second-factor/begin", begin, name="second-factor-begin"),
    path("second-factor/confirm", confirm, name="second-factor-confirm"),
    path("second-factor/drop", drop, name="second-factor-drop"),
]
