"""Coming in and going out, the password, the second factor."""

from __future__ import annotations

from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from broadcaster.domain.permissions import Right
from broadcaster.web.access import StaffRequest, allowed


@allowed(Right.ENTER)
def account(request: StaffRequest) -> HttpResponse:
    """One's own name, password and second factor."""
    return render(request, "account/account.html.j2")


urlpatterns = [
    path(
        "login",
        views.LoginView.as_view(
            template_name="account/login.html.j2", redirect_authenticated_user=True
        ),
        name="login",
    ),
    path("logout", login_not_required(views.LogoutView.as_view()), name="logout"),
    path("", account, name="account"),
]
