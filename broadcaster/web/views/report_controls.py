"""Steering a sending: stop, go on, end it, send again, decide, tell in person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_POST

from broadcaster.bootstrap import office
from broadcaster.domain.deciding import Decision
from broadcaster.domain.permissions import Right
from broadcaster.i18n import _
from broadcaster.report_words import REFUSALS, copies_counted
from broadcaster.services import steering
from broadcaster.services.deciding import decide as settle
from broadcaster.services.overview import headway, title_of
from broadcaster.services.person_lines import lines_of
from broadcaster.services.resending import CannotResend, Which
from broadcaster.services.resending import resend as send_again
from broadcaster.services.telling import NotAsked, take_back, tell
from broadcaster.store.models import Announcement
from broadcaster.store.queries.reports_people import fate
from broadcaster.web.access import StaffRequest, actor_of, allowed, announcement_for
from broadcaster.web.bell import ring
from broadcaster.web.forms.reports import LARGEST, DecideForm, ResendForm, ToldForm
from broadcaster.web.views.reports import WORDS

ALL_GONE = _("Ждущих копий нет; что уже отправлено, не вернуть.")


@allowed(Right.WRITE)
@require_POST
def pause(request: StaffRequest, key: UUID) -> HttpResponse:
    """Hold what has not left."""
    one = announcement_for(request, key)
    held = steering.pause(one.pk, by=actor_of(request), now=datetime.now(UTC))
    one.refresh_from_db(fields=["paused_at"])
    if one.paused_at is None:
        messages.info(request, ALL_GONE)
    elif one.released_at is None:
        messages.success(request, _("Назначенная отправка остановлена."))
    else:
        messages.success(request, _("Остановлено: {copies}.").format(copies=copies_counted(held)))
    return redirect("announcement", key)


@allowed(Right.WRITE)
@require_POST
def resume(request: StaffRequest, key: UUID) -> HttpResponse:
    """Let what was held go on."""
    one = announcement_for(request, key)
    if one.cancelled_at is not None:
        messages.error(request, _("Объявление отменено, продолжить его нельзя."))
        return redirect("announcement", key)
    queued = steering.resume(one.pk, by=actor_of(request), now=datetime.now(UTC))
    ring()
    if one.released_at is None:
        messages.success(request, _("Отправка состоится в своё время."))
    else:
        messages.success(request, _("Продолжаем: {copies}.").format(copies=copies_counted(queued)))
    return redirect("announcement", key)


@allowed(Right.WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: StaffRequest, key: UUID) -> HttpResponse:
    """End what has not left, for ever, after asking."""
    one = announcement_for(request, key)
    now = datetime.now(UTC)
    if request.method != "POST":
        going = headway(office(), one, now=now)
        about = {"one": one, "title": title_of(one).title, "left": going.total - going.decided}
        return render(request, "reports/cancel.html.j2", about)
    ended = steering.cancel(one.pk, by=actor_of(request), now=now)
    if one.released_at is None:
        messages.success(request, _("Назначенная отправка отменена."))
    elif ended:
        messages.success(request, _("Отменено: {copies}.").format(copies=copies_counted(ended)))
    else:
        messages.info(request, ALL_GONE)
    return redirect("announcement", key)


@allowed(Right.WRITE)
@require_POST
def resend(request: StaffRequest, key: UUID) -> HttpResponse:
    """Send again what failed: all of it, a channel's, those of one reason, or one copy."""
    one = announcement_for(request, key)
    asked = _asked(ResendForm(request.POST))
    which = _which(asked["channel"], asked["reason"], asked["copy"])
    seen_at = _moment(asked["seen_at"])
    count = _unless_refused(
        request,
        lambda: send_again(
            office(), one.pk, which, by=actor_of(request), now=datetime.now(UTC), seen_at=seen_at
        ),
    )
    if count:
        words = _("Снова в очереди: {copies}.").format(copies=copies_counted(count))
        messages.success(request, words)
    elif count == 0:
        words = _("Отправлять снова нечего: эти копии уже ушли, снова ждут или им некуда идти.")
        messages.info(request, words)
    return _back(key, asked["copy"])


@allowed(Right.WRITE)
@require_POST
def decide(request: StaffRequest, key: UUID) -> HttpResponse:
    """Say whether unconfirmed copies arrived: one, or a whole channel's."""
    one = announcement_for(request, key)
    asked = _asked(DecideForm(request.POST))
    decision = Decision(asked["decision"])
    which = _which(asked["channel"], "", asked["copy"])
    count = _unless_refused(
        request,
        lambda: settle(
            office(), one.pk, decision, which, by=actor_of(request), now=datetime.now(UTC)
        ),
    )
    if count:
        messages.success(request, DECIDED[decision].format(copies=copies_counted(count)))
    elif count == 0:
        messages.info(request, _("Решать уже нечего: об этих копиях всё известно."))
    return _back(key, asked["copy"])


DECIDED = {
    Decision.ARRIVED: _("Записано, что дошли: {copies}."),
    Decision.LOST: _("Записано, что не дошли: {copies}."),
    Decision.AGAIN: _("Снова в очереди: {copies}."),
}


@allowed(Right.WRITE)
@require_POST
def told(request: StaffRequest, key: UUID, guardian: int) -> HttpResponse:
    """Write down that somebody has told a person, or take that back."""
    one = announcement_for(request, key)
    form = ToldForm(request.POST)
    if not form.is_valid() or guardian > LARGEST:
        raise Http404
    asked, by, now = form.cleaned_data, actor_of(request), datetime.now(UTC)
    try:
        if asked["told"] == "yes":
            tell(one.pk, guardian, by=by, now=now, note=asked["note"])
        else:
            take_back(one.pk, guardian, by=by, now=now)
    except NotAsked as nobody:
        raise Http404 from nobody
    if request.headers.get("HX-Request"):
        return _told_cell(request, one, guardian)
    return redirect(_list_again(key, asked["back"], guardian))


def _told_cell(request: StaffRequest, one: Announcement, guardian: int) -> HttpResponse:
    found = fate(one.pk, guardian)
    if found is None:
        raise Http404
    [line] = lines_of(one.pk, [found])
    about = {"one": one, "line": line, "back": "", **WORDS}
    return render(request, "reports/told.html.j2", about)


def _list_again(key: UUID, back: str, guardian: int) -> str:
    """The list of people as it was, at this person."""
    known = parse_qs(back)
    names = ("who", "order", "q", "page")
    asked: dict[str, str] = {name: known[name][-1] for name in names if name in known}
    return f"{reverse('announcement-people', args=[key])}?{urlencode(asked)}#person-{guardian}"


def _asked(form: ResendForm | DecideForm) -> dict[str, Any]:
    """What a page of ours asks for; what no page of ours could ask for is not found."""
    if not form.is_valid():
        raise Http404
    return form.cleaned_data


def _which(channel: str, reason: str, copy: int | None) -> Which:
    return Which(
        channels=[channel] if channel else [],
        reasons=[reason] if reason else [],
        copies=[copy] if copy else [],
    )


def _unless_refused(request: StaffRequest, work: Callable[[], int]) -> int | None:
    """How many copies were changed; None, with words for the person, when it was refused."""
    try:
        count = work()
    except CannotResend as refused:
        messages.error(request, REFUSALS[refused.refusal])
        return None
    if count:
        ring()
    return count


def _moment(text: str) -> datetime | None:
    try:
        read = parse_datetime(text)
    except ValueError:
        return None
    return read if read and read.tzinfo else None


def _back(key: UUID, copy: int | None) -> HttpResponse:
    if copy:
        return redirect("announcement-copy", key, copy)
    return redirect("announcement", key)


urlpatterns = [
    path("<uuid:key>/pause", pause, name="announcement-pause"),
    path("<uuid:key>/resume", resume, name="announcement-resume"),
    path("<uuid:key>/cancel", cancel, name="announcement-cancel"),
    path("<uuid:key>/resend", resend, name="announcement-resend"),
    path("<uuid:key>/decide", decide, name="announcement-decide"),
    path("<uuid:key>/told/<int:guardian>", told, name="announcement-told"),
]
