"""Before an announcement leaves: how many it reaches, one last look, then once and for all."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from broadcaster.bootstrap import office
from broadcaster.domain.permissions import Right
from broadcaster.domain.policy import Importance
from broadcaster.domain.writing import Shut
from broadcaster.i18n import _
from broadcaster.rendering.mistakes import RenderingMistake
from broadcaster.services import approvals
from broadcaster.services.calendar.series_keeping import NotASeries, start_series
from broadcaster.services.drafts import (
    DraftChanged,
    DraftShut,
    NoSuchDraft,
    OutOfReach,
    files_stamp,
    sheet_for,
)
from broadcaster.services.drafts_leaving import (
    NeedsConsent,
    Outlook,
    held_until,
    outlook,
    send_off,
    take_back,
)
from broadcaster.services.drafts_ready import NotReady
from broadcaster.services.release import AlreadyReleased, left_out
from broadcaster.store.models import Announcement
from broadcaster.web.access import StaffRequest, allowed
from broadcaster.web.bell import ring_for_release
from broadcaster.web.jinja import moment
from broadcaster.web.repeat_words import repeated

MOST_LISTED = 200
CHANGED = _("Пока вы смотрели, объявление изменилось. Посмотрите ещё раз.")


@allowed(Right.WRITE)
@require_GET
def audience_count(request: StaffRequest, key: UUID) -> HttpResponse:
    """How many people a draft reaches, by how many copies, and how many it does not."""
    about = {"seen": _outlook(request, key)}
    return render(request, "announcements/count.html.j2", about)


@allowed(Right.WRITE)
@require_GET
def unreachable(request: StaffRequest, key: UUID) -> HttpResponse:
    """The people whom no copy would reach, and why."""
    try:
        sheet = sheet_for(request.staff, key)
        now = datetime.now(UTC)
        people = left_out(office(), key, now=now, most=MOST_LISTED + 1)
    except NoSuchDraft as missing:
        raise Http404 from missing
    except RenderingMistake:
        return redirect("edit", key)
    piece = bool(request.htmx)
    about = {
        "sheet": sheet,
        "people": people[:MOST_LISTED],
        "more": len(people) > MOST_LISTED,
    }
    page = "announcements/left-out.html.j2" if piece else "announcements/unreachable.html.j2"
    return render(request, page, about)


@allowed(Right.WRITE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: StaffRequest, key: UUID) -> HttpResponse:
    """What sending would do; a POST sends, schedules, or asks for consent."""
    seen = _outlook(request, key)
    if seen.sheet.shut is not None or seen.sheet.going_on:
        return _too_late(key, seen.sheet.shut or Shut.REPEATS)
    if request.method != "POST":
        return _show(request, seen)
    return _leave(request, key)


def _leave(request: StaffRequest, key: UUID) -> HttpResponse:
    """Do what the button says, once; whatever is in the way shows the page again."""
    version, now = _version(request), datetime.now(UTC)
    if request.POST.get("files", "") != files_stamp(key):
        return _show(request, _outlook(request, key), CHANGED, status=409)
    try:
        if request.POST.get("act") == "repeat":
            start_series(office(), request.staff, key, version=version, now=now)
            return _begun(request, key)
        does = approvals.ask if request.POST.get("act") == "ask" else send_off
        row = does(office(), request.staff, key, version=version, now=now)
    except AlreadyReleased:
        return _too_late(key, Shut.RELEASED)
    except DraftShut as other:
        return _too_late(key, other.why)
    except DraftChanged:
        words = CHANGED
    except (NotReady, OutOfReach, NeedsConsent, NotASeries, RenderingMistake):
        words = _("Отправить пока нельзя: посмотрите, чего не хватает.")
    else:
        return _gone(request, row)
    return _show(request, _outlook(request, key), words, status=409)


def _gone(request: StaffRequest, row: Announcement) -> HttpResponse:
    """Say what has happened to the draft, and show it where it is now."""
    if row.released_at is not None:
        ring_for_release()
        messages.success(request, _("Объявление передано на отправку."))
        return redirect("announcement", row.pk)
    if row.release_at is not None:
        words = _scheduled(row, row.release_at)
    else:
        words = _("Объявление ждёт согласования. Без него оно не уйдёт.")
    messages.success(request, words)
    return redirect("edit", row.pk)


def _scheduled(row: Announcement, at: datetime) -> str:
    if held := held_until(office(), Importance(row.importance), at):
        return _("Из-за тихих часов отправка начнётся {when}.").format(when=moment(held))
    return _("Объявление уйдёт {when}.").format(when=moment(at))


def _begun(request: StaffRequest, key: UUID) -> HttpResponse:
    messages.success(request, _("Готово: объявление будет уходить само в каждую из этих дат."))
    return redirect("series", key)


def _too_late(key: UUID, why: Shut) -> HttpResponse:
    """A second press shows where the announcement is; nothing leaves twice."""
    if why is Shut.REPEATS:
        return redirect("series", key)
    if why in {Shut.RELEASED, Shut.CANCELLED}:
        return redirect("announcement", key)
    return redirect("edit", key)


def _show(
    request: StaffRequest, seen: Outlook, words: str = "", *, status: int = 200
) -> HttpResponse:
    repeats = seen.sheet.written.repeats
    said = repeated(repeats, now=datetime.now(UTC)) if repeats else None
    about = {
        "seen": seen,
        "sheet": seen.sheet,
        "files": files_stamp(seen.sheet.key),
        "words": words,
        "repeated": said,
    }
    return render(request, "announcements/confirm.html.j2", about, status=status)


def _outlook(request: StaffRequest, key: UUID) -> Outlook:
    try:
        return outlook(office(), request.staff, key, now=datetime.now(UTC))
    except NoSuchDraft as missing:
        raise Http404 from missing


def _version(request: StaffRequest) -> int:
    """The version that was looked at; one that no draft has when the browser sent none."""
    said = request.POST.get("version", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else -1  # noqa: PLR2004


@allowed(Right.WRITE)
@require_POST
def back_to_draft(request: StaffRequest, key: UUID) -> HttpResponse:
    """Take a scheduled announcement, or one that waits for consent, back to change it."""
    now = datetime.now(UTC)
    try:
        approvals.withdraw(request.staff, key, now=now)
        take_back(request.staff, key, now=now)
    except NoSuchDraft as missing:
        raise Http404 from missing
    except DraftShut as other:
        messages.warning(request, _("Поздно: объявление уже ушло."))
        return _too_late(key, other.why)
    words = _("Это снова черновик: правьте. Сам он не уйдёт, пока вы не назначите отправку заново.")
    messages.warning(request, words)
    return redirect("edit", key)


urlpatterns = [
    path("<uuid:key>/audience-count", audience_count, name="audience-count"),
    path("<uuid:key>/unreachable", unreachable, name="unreachable"),
    path("<uuid:key>/confirm", confirm, name="confirm"),
    path("<uuid:key>/back-to-draft", back_to_draft, name="back-to-draft"),
]
