"""Coming in and going out, one's own password."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash, views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import include, path, reverse
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import user_has_device

from broadcaster.bootstrap import office
from broadcaster.domain.permissions import Right
from broadcaster.i18n import _
from broadcaster.services.absence import is_asked_ever
from broadcaster.services.audit import STRANGER, Action, Actor, record
from broadcaster.services.first_start import is_empty
from broadcaster.services.outlets import local_day
from broadcaster.services.second_factor import paper_left
from broadcaster.services.sessions import end_sessions, sweep_sessions
from broadcaster.services.staff import account_for
from broadcaster.store.models import Staff
from broadcaster.web.access import StaffRequest, actor_of, allowed
from broadcaster.web.forms.account import OwnPasswordForm, SignInForm
from broadcaster.web.views.absence import own_urlpatterns as absence
from broadcaster.words import ROLES


class SignIn(views.LoginView):
    """Asks for login and password; who has a second factor is asked for it next."""

    template_name = "account/login.html.j2"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    extra_context = {"nobody_yet": is_empty}

    def form_valid(self, form: Any) -> HttpResponse:
        """Open the session and write down who has come."""
        now = datetime.now(UTC)
        answer = super().form_valid(form)
        sweep_sessions(now=now)
        user = form.get_user()
        if user_has_device(user):  # type: ignore[no-untyped-call]
            query = urlencode({"next": self.get_success_url()})
            return redirect(f"{reverse('second-factor')}?{query}")
        staff = Staff.objects.get(user=user.pk)
        come = Actor(staff.name, user.pk)
        record(come, Action.SIGNED_IN, now=now, kind="staff", subject=staff.pk)
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        """Write down that somebody was refused: neither the password nor an unknown name."""
        if "password" in form.data:
            _note_refusal(form.cleaned_data.get("username", ""))
        return super().form_invalid(form)


def _note_refusal(login: str) -> None:
    account = account_for(login)
    staff = Staff.objects.filter(user=account.pk).first() if account else None
    kind, subject = ("staff", staff.pk) if staff else ("", "")
    now = datetime.now(UTC)
    record(STRANGER, Action.SIGN_IN_REFUSED, now=now, kind=kind, subject=subject)


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Sign out on this browser."""
    staff = Staff.objects.filter(user=request.user.pk).first()
    if staff is not None:
        gone = Actor(staff.name, staff.user_id)
        now = datetime.now(UTC)
        record(gone, Action.SIGNED_OUT, now=now, kind="staff", subject=staff.pk)
    return views.LogoutView.as_view()(request)


@allowed(Right.ENTER)
@require_http_methods(["GET", "HEAD"])
def account(request: StaffRequest) -> HttpResponse:
    """One's own name, rights, password, second factor."""
    about = {
        "role": ROLES[request.staff.role],
        "groups": request.staff.groups.order_by("name"),
        "second_factor": user_has_device(request.user),  # type: ignore[no-untyped-call]
        "paper_left": paper_left(request.user),
        "is_asked": is_asked_ever(request.staff),
        "today": local_day(office(), datetime.now(UTC)),
    }
    return render(request, "account/account.html.j2", about)


@allowed(Right.ENTER)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def password(request: StaffRequest) -> HttpResponse:
    """Change one's own password; every other device is signed out."""
    form = OwnPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.save()
        update_session_auth_hash(request, user)
        now = datetime.now(UTC)
        end_sessions(user.pk, now=now, but=request.session.session_key)
        subject = request.staff.pk
        record(actor_of(request), Action.PASSWORD_CHANGED, now=now, kind="staff", subject=subject)
        messages.success(request, _("Пароль изменён. На других устройствах нужно войти заново."))
        return redirect("account")
    return render(request, "account/password.html.j2", {"form": form})


@allowed(Right.ENTER, one_factor=True)
@require_POST
def sign_out_everywhere(request: StaffRequest) -> HttpResponse:
    """End all of one's sessions, this one too."""
    now = datetime.now(UTC)
    end_sessions(request.user.pk, now=now)
    subject = request.staff.pk
    record(actor_of(request), Action.SIGNED_OUT_EVERYWHERE, now=now, kind="staff", subject=subject)
    request.session.flush()
    return redirect("login")


urlpatterns = [
    path("login", SignIn.as_view(), name="login"),
    path("logout", sign_out, name="logout"),
    path("", account, name="account"),
    path("password", password, name="password"),
    *absence,
    path("everywhere", sign_out_everywhere, name="sign-out-everywhere"),
    path("", include("broadcaster.web.views.second_factor")),
    path("", include("broadcaster.web.views.welcome")),
]
