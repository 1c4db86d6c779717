"""How the channels, the queue and the workers are; shutting a channel and opening it again."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from broadcaster.alarm_words import clock
from broadcaster.bootstrap import office, post
from broadcaster.domain.permissions import Right
from broadcaster.i18n import _, counted
from broadcaster.report_words import copies_counted
from broadcaster.services import channels
from broadcaster.services.alarms import administrators, past_alarms
from broadcaster.services.health import look
from broadcaster.web.access import StaffRequest, actor_of, allowed
from broadcaster.web.channel_cards import cards, parts_now, summary
from broadcaster.words import REASONS, channel_word

PAST = 20
"""Alarms that are over are shown, the last ones."""


@allowed(Right.SEE_HEALTH)
@require_safe
def health(request: StaffRequest) -> HttpResponse:
    """Everything at this moment; htmx asks for the changing part only."""
    now = datetime.now(UTC)
    seen = look(office(), now)
    told = partial(clock, now=now, zone=office().school.time_zone)
    about = {
        "health": seen,
        "cards": cards(seen, told),
        "parts_now": parts_now(seen, office(), told),
        "summary": summary(seen),
        "past": past_alarms(office(), now, most=PAST),
        "letters": _letters(),
        "clock": told,
        "reason_word": lambda reason: REASONS.get(reason, reason),
    }
    page = "fragment" if request.headers.get("HX-Request") else "channels"
    response = render(request, f"channels/{page}.html.j2", about)
    response["Vary"] = "HX-Request, Cookie"
    return response


def _letters() -> str:
    """Whether and to how many people letters about alarms go."""
    if not office().alarms.mail:
        return _("Письма о тревогах выключены в настройках.")
    if post() is None:
        return _("Письма о тревогах не отправляются: канал «эл. почта» выключен.")
    count = len(administrators())
    if not count:
        return _("Письма о тревогах некому отправить: ни у одного администратора нет адреса.")
    noun = counted(_("администратору"), _("администраторам"), _("администраторам"), count)
    return _(
        "О каждой тревоге письмо приходит {count} {noun}; о самой почте — только здесь."
    ).format(count=count, noun=noun)


@allowed(Right.MANAGE)
@require_POST
def reopen(request: StaffRequest, name: str) -> HttpResponse:
    """Let a channel send again."""
    _refuse_unknown(name)
    word = channel_word(name)
    if channels.reopen(name, by=actor_of(request), now=datetime.now(UTC)):
        messages.success(request, _("Канал «{name}» снова открыт.").format(name=word))
    else:
        messages.info(request, _("Канал «{name}» и так открыт.").format(name=word))
    return redirect("health")


@allowed(Right.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def shut(request: StaffRequest, name: str) -> HttpResponse:
    """Ask on GET; keep the channel from sending on POST."""
    _refuse_unknown(name)
    now = datetime.now(UTC)
    if request.method != "POST":
        return _ask(request, name, now)
    word = channel_word(name)
    if channels.shut(name, by=actor_of(request), now=now):
        messages.success(request, _("Канал «{name}» остановлен, копии ждут.").format(name=word))
    else:
        messages.info(request, _("Канал «{name}» уже остановлен.").format(name=word))
    return redirect("health")


def _ask(request: StaffRequest, name: str, now: datetime) -> HttpResponse:
    waiting = channels.waiting(name, now=now)
    about = {"title": channel_word(name), "waiting": copies_counted(waiting) if waiting else ""}
    return render(request, "channels/shut.html.j2", about)


def _refuse_unknown(name: str) -> None:
    if name not in office().outlets:
        raise Http404


urlpatterns = [
    path("", health, name="health"),
    path("<str:name>/open", reopen, name="channel-open"),
    path("<str:name>/shut", shut, name="channel-shut"),
]
