"""Those who work with the program: inviting them, changing what they may, closing accounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp import user_has_device

from broadcaster.bootstrap import office, post
from broadcaster.domain.permissions import Right
from broadcaster.i18n import _
from broadcaster.services import staff as services
from broadcaster.services.drafts_list import ahead_of
from broadcaster.services.outlets import local_day
from broadcaster.store.models import Staff
from broadcaster.web.access import StaffRequest, actor_of, allowed
from broadcaster.web.forms.staff import InviteForm, StaffForm, filled_in
from broadcaster.web.invitations import address_of, base_of, send_link
from broadcaster.web.views.absence import urlpatterns as absence
from broadcaster.words import APPROVALS, OBJECTIONS, ROLES

PAGE = 100


@allowed(Right.MANAGE)
@require_safe
def staff(request: StaffRequest) -> HttpResponse:
    """Everybody, those with closed accounts last."""
    everybody = Staff.objects.select_related("user", "deputy").prefetch_related("groups")
    rows = everybody.order_by("-user__is_active", "name", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    today = local_day(office(), datetime.now(UTC))
    about = {"page": page, "roles": ROLES, "approvals": APPROVALS, "today": today}
    return render(request, "staff/staff.html.j2", about)


@allowed(Right.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Invite somebody and show the link with which she comes in."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = services.invite(
                given["name"],
                given["login"],
                form.access,
                by=actor_of(request),
                now=datetime.now(UTC),
            )
        except services.LoginTaken:
            form.add_error("login", _("С таким логином здесь уже кто-то есть."))
        else:
            return _show_link(request, made, is_new=True)
    return render(request, "staff/new.html.j2", {"form": form})


@allowed(Right.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, number: int) -> HttpResponse:
    """Change somebody's name, role, groups and whose word is waited for."""
    person = _person(number)
    form = StaffForm(request.POST or None, initial=filled_in(person))
    if request.method == "POST" and form.is_valid():
        name, now = form.cleaned_data["name"], datetime.now(UTC)
        try:
            services.change(person, name, form.access, by=actor_of(request), now=now)
        except services.Refused as refused:
            form.add_error(None, OBJECTIONS[refused.objection])
        else:
            messages.success(request, _("Сохранено. Новые права уже действуют."))
            return redirect("staff")
    about = {
        "form": form,
        "person": person,
        "second_factor": user_has_device(person.user),  # type: ignore[no-untyped-call]
        "own": person.pk == request.staff.pk,
        "ahead": ahead_of(person),
        "can_write": _can_write(person),
        "today": local_day(office(), datetime.now(UTC)),
    }
    return render(request, "staff/edit.html.j2", about)


@allowed(Right.MANAGE)
@require_POST
def link(request: StaffRequest, number: int) -> HttpResponse:
    """Make a one-time link, to be shown or to be mailed."""
    person = _person(number)
    if not person.user.is_active:
        messages.error(request, _("Учётная запись закрыта. Сначала откройте её."))
        return redirect("staff-edit", person.pk)
    if "mail" in request.POST and _can_write(person):
        services.way_in(person, by=actor_of(request), now=datetime.now(UTC))
        send_link(request, person)
        words = _("Письмо со ссылкой отправлено: {login}.")
        messages.success(request, words.format(login=person.user.email))
        return redirect("staff-edit", person.pk)
    return _show_link(request, person, is_new=False)


def _show_link(request: StaffRequest, person: Staff, *, is_new: bool) -> HttpResponse:
    way = services.way_in(person, by=actor_of(request), now=datetime.now(UTC))
    about = {
        "person": person,
        "link": address_of(way, base_of(request)),
        "is_new": is_new,
        "can_write": _can_write(person),
    }
    return render(request, "staff/link.html.j2", about)


@allowed(Right.MANAGE)
@require_POST
def close(request: StaffRequest, number: int) -> HttpResponse:
    """Shut somebody out at once."""
    return _done(request, number, services.close, _("Учётная запись закрыта: {name}."))


@allowed(Right.MANAGE)
@require_POST
def reopen(request: StaffRequest, number: int) -> HttpResponse:
    """Let somebody in again."""
    return _done(request, number, services.reopen, _("Учётная запись снова открыта: {name}."))


@allowed(Right.MANAGE)
@require_POST
def drop_second_factor(request: StaffRequest, number: int) -> HttpResponse:
    """Let somebody in who has lost her telephone."""
    words = _("Вход с кодом выключен: {name}. Посоветуйте включить его с новым телефоном.")
    return _done(request, number, services.drop_second_factor, words)


def _done(request: StaffRequest, number: int, act: Callable[..., None], words: str) -> HttpResponse:
    person = _person(number)
    try:
        act(person, by=actor_of(request), now=datetime.now(UTC))
    except services.Refused as refused:
        messages.error(request, OBJECTIONS[refused.objection])
    else:
        messages.success(request, words.format(name=person.name))
    return redirect("staff-edit", person.pk)


def _can_write(person: Staff) -> bool:
    """Whether the school has mail and somebody has an address."""
    return bool(person.user.email) and post() is not None


def _person(number: int) -> Staff:
    return get_object_or_404(Staff.objects.select_related("user", "deputy"), pk=number)


urlpatterns = [
    path("", staff, name="staff"),
    path("new", new, name="staff-new"),
    path("<int:number>", edit, name="staff-edit"),
    *absence,
    path("<int:number>/link", link, name="staff-link"),
    path("<int:number>/close", close, name="staff-close"),
    path("<int:number>/reopen", reopen, name="staff-reopen"),
    path("<int:number>/second-factor", drop_second_factor, name="staff-second-factor"),
]
