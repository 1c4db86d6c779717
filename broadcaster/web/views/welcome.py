"""A one-time link: a first password, or a new one when the old is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from axes.utils import reset
from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from limits import parse

from broadcaster.bootstrap import post
from broadcaster.i18n import _
from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.sessions import end_sessions
from broadcaster.services.staff import account_for
from broadcaster.store.models import Staff
from broadcaster.web.forms.account import FirstPasswordForm, ForgottenForm
from broadcaster.web.invitations import send_link
from broadcaster.web.limits import seconds_to_wait

LETTERS_TO_ONE = parse("3/hour")
"""Nobody's mailbox is filled by whoever knows her address."""


class Welcome(views.PasswordResetConfirmView):
    """Asks for a new password when the link is good; the link is good once and for three days."""

    template_name = "account/welcome.html.j2"
    form_class = FirstPasswordForm
    success_url = reverse_lazy("login")
    post_reset_login = False

    def get_user(self, uidb64: str) -> User | None:
        """The account of the link; None for one that is closed or nobody's."""
        user = super().get_user(uidb64)
        if user is None or not user.is_active or not Staff.objects.filter(user=user).exists():
            return None
        return user

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the password, end what was open with the old one, forget wrong tries."""
        answer = super().form_valid(form)
        staff = Staff.objects.get(user=form.user.pk)
        now = datetime.now(UTC)
        end_sessions(staff.user_id, now=now)
        reset(username=form.user.get_username())
        owner = Actor(staff.name, staff.user_id)
        facts = {"by_link": True}
        record(owner, Action.PASSWORD_CHANGED, now=now, kind="staff", subject=staff.pk, **facts)
        messages.success(self.request, _("Пароль принят. Теперь войдите с ним."))
        return answer


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Send a link to whoever has an account; say the same to everybody else."""
    if post() is None:
        return render(request, "account/forgotten.html.j2", {"step": "ask somebody"})
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _send(request, form.cleaned_data["login"])
        return render(request, "account/forgotten.html.j2", {"step": "sent"})
    return render(request, "account/forgotten.html.j2", {"step": "ask", "form": form})


def _send(request: HttpRequest, login: str) -> None:
    user = account_for(login)
    staff = Staff.objects.filter(user=user.pk).first() if user and user.is_active else None
    if staff is None or not staff.user.email:
        return
    if not seconds_to_wait(LETTERS_TO_ONE, "forgotten letter", str(staff.user_id)):
        send_link(request, staff)


urlpatterns = [
    path("forgotten", forgotten, name="forgotten"),
    path("welcome/<uidb64>/<token>", Welcome.as_view(), name="welcome"),
]
