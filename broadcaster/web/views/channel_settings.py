"""One channel: its keys, a question to its platform, on and off; and the sandbox for them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from broadcaster.bootstrap import normalisers, trial
from broadcaster.config import ChannelSettings, ConfigMistake, load
from broadcaster.contract import Capability, Secret
from broadcaster.domain.permissions import Right
from broadcaster.i18n import _, counted
from broadcaster.rendering.mistakes import RenderingMistake
from broadcaster.services.channels import reopen
from broadcaster.services.checking import Answer, check_channel
from broadcaster.services.rehearsing import (
    CalledOff,
    StillSending,
    call_off,
    is_roll_empty,
    sweep_out,
    unsent,
)
from broadcaster.services.sample import load_sample_school
from broadcaster.services.settling import Unwritable
from broadcaster.web.access import StaffRequest, actor_of, allowed
from broadcaster.web.forms.channels import ChannelForm, channel_form
from broadcaster.web.saving import keep, needs_settings, put


@allowed(Right.MANAGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_settings
def channel(request: StaffRequest, name: str) -> HttpResponse:
    """Fill in how a channel is reached; keeping it switches it on."""
    known = _channel(name)
    form = channel_form(known, request.POST or None)
    if form is None:
        raise Http404
    if request.method == "POST" and keep(form, by=actor_of(request)):
        if any(isinstance(value, Secret) for value in form.values().values()):
            reopen(name, by=actor_of(request), now=datetime.now(UTC))
        messages.success(request, _("Канал настроен и включён."))
        return redirect(_next(request))
    return _page(request, known, form)


@allowed(Right.MANAGE)
@never_cache
@require_POST
@needs_settings
def check(request: StaffRequest, name: str) -> HttpResponse:
    """Ask the platform who we are, with what has been typed so far; nothing is kept."""
    known = _channel(name)
    form = channel_form(known, request.POST) if "typed" in request.POST else None
    answer = _answer(request, known, form)
    if not request.htmx:
        return _page(request, known, form, answer)
    return render(request, "settings/checked.html.j2", {"answer": answer, "form": form})


def _answer(
    request: StaffRequest, known: ChannelSettings, form: ChannelForm | None
) -> Answer | None:
    """What the platform says; None when the form does not make sense yet."""
    if form and not form.is_valid():
        return None
    try:
        outlet = trial(known.name, form.values() if form else {})
    except ConfigMistake as mistake:
        return Answer(ok=False, account="", words=mistake.problem)
    return check_channel(outlet, known.adapter, by=actor_of(request), now=datetime.now(UTC))


def _page(
    request: StaffRequest,
    known: ChannelSettings,
    form: ChannelForm | None,
    answer: Answer | None = None,
) -> HttpResponse:
    about = {"channel": known, "form": form, "answer": answer, "next": _next(request)}
    return render(request, "settings/channel.html.j2", about)


def _channel(name: str) -> ChannelSettings:
    try:
        return load().channels[name]
    except KeyError as error:
        raise Http404 from error


def _next(request: StaffRequest) -> str:
    """Where to go afterwards: a page of ours, or the settings."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if ours and wanted.startswith("/") else reverse("settings")


@allowed(Right.MANAGE)
@require_POST
@needs_settings
def switch(request: StaffRequest, name: str) -> HttpResponse:
    """Switch a channel on or off."""
    known = _channel(name)
    on = request.POST.get("on") == "1"
    form = channel_form(known, None)
    if on and form and (missing := form.missing()):
        messages.error(request, missing)
        return redirect("settings-channel", name)
    if _put(request, {f"channels.{name}.enabled": on}):
        words = _("Канал включён.") if on else _("Канал выключен: по нему ничего не уйдёт.")
        messages.success(request, words)
    return redirect(_next(request))


def _put(request: StaffRequest, changes: Mapping[str, Any]) -> bool:
    """Write settings; says on the next screen why it cannot be."""
    try:
        put(changes, by=actor_of(request))
    except (ConfigMistake, RenderingMistake, Unwritable) as mistake:
        messages.error(request, str(mistake))
        return False
    return True


@allowed(Right.MANAGE)
@require_POST
@needs_settings
def sandbox(request: StaffRequest) -> HttpResponse:
    """Go into the sandbox, where nothing reaches anybody, or leave it."""
    if request.POST.get("on") == "1":
        _enter_sandbox(request)
    else:
        _leave_sandbox(request)
    return redirect(_next(request))


def _enter_sandbox(request: StaffRequest) -> None:
    if unsent():
        words = _(
            "Сначала дождитесь, пока уйдёт всё, что отправляется и запланировано, или отмените это,"
            " а что повторяется, остановите: иначе оно ушло бы в песочницу, а не родителям."
        )
        messages.error(request, words)
    elif _put(request, {"sandbox": True}):
        messages.success(request, _("Песочница включена: никому ничего не уходит."))


def _leave_sandbox(request: StaffRequest) -> None:
    try:
        ended = call_off(by=actor_of(request), now=datetime.now(UTC))
    except StillSending:
        words = _("Сейчас идёт отправка в песочнице. Подождите минуту и попробуйте ещё раз.")
        messages.error(request, words)
        return
    if not _put(request, {"sandbox": False}):
        return
    if "sweep" in request.POST:
        sweep_out(by=actor_of(request), now=datetime.now(UTC))
    left = _("Песочница выключена: теперь объявления уходят по-настоящему.")
    messages.success(request, " ".join([left, *_called_off(ended)]))


def _called_off(ended: CalledOff) -> Iterator[str]:
    """What of the trial will not leave any more."""
    if count := ended.announcements:
        noun = counted(_("объявление"), _("объявления"), _("объявлений"), count)
        yield _("Отменено {count}\N{NO-BREAK SPACE}{noun}.").format(count=count, noun=noun)
    if ended.series:
        titles = ", ".join(_("«{title}»").format(title=title) for title in ended.series)
        yield _("Остановлены повторения: {titles}.").format(titles=titles)


@allowed(Right.MANAGE)
@require_POST
def sample(request: StaffRequest) -> HttpResponse:
    """Load the sample school; only into the sandbox and only where there is nobody yet."""
    if not load().sandbox or not is_roll_empty():
        words = _("Школу-образец загружают в песочнице и в пустой список: ваши данные не тронуты.")
        messages.error(request, words)
        return redirect(_next(request))
    load_sample_school(
        people=normalisers(Capability.PEOPLE),
        places=normalisers(Capability.DESTINATIONS),
        by=actor_of(request),
        now=datetime.now(UTC),
    )
    messages.success(request, _("Школа-образец загружена: можно писать первое объявление."))
    return redirect(_next(request))


urlpatterns = [
    path("sandbox", sandbox, name="settings-sandbox"),
    path("sample", sample, name="settings-sample"),
    path("channels/<str:name>", channel, name="settings-channel"),
    path("channels/<str:name>/check", check, name="settings-channel-check"),
    path("channels/<str:name>/switch", switch, name="settings-channel-switch"),
]
