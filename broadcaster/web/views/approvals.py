"""Announcements that wait for consent: read what families would read, then say yes or give back."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from broadcaster.bootstrap import office
from broadcaster.domain.permissions import Right
from broadcaster.i18n import _
from broadcaster.rendering.mistakes import RenderingMistake
from broadcaster.services.approvals import (
    NoSuchRequest,
    NotYours,
    WordsMissing,
    approve,
    has_business,
    queue_for,
    request_for,
    send_back,
)
from broadcaster.services.asking import silences
from broadcaster.services.circles import asked_about, team
from broadcaster.services.drafts import DraftChanged, DraftShut
from broadcaster.services.drafts_leaving import outlook
from broadcaster.services.drafts_list import Line, lines, with_titles
from broadcaster.services.drafts_ready import NotReady
from broadcaster.store.models import Announcement, ApprovalRequest, Occasion, Staff
from broadcaster.web.access import StaffRequest, allowed
from broadcaster.web.asked import Said, said
from broadcaster.web.bell import ring_for_release
from broadcaster.web.calendar_drafts import draft_date

PAGE = 30


@allowed(Right.ENTER)
@require_safe
def approvals(request: StaffRequest) -> HttpResponse:
    """What waits: first that about which one is asked, the oldest first."""
    now, by = datetime.now(UTC), request.staff
    try:
        waiting = queue_for(office(), by, now=now)
    except NoSuchRequest as nobody:
        raise PermissionDenied from nobody
    page = Paginator(waiting, PAGE).get_page(request.GET.get("page"))
    about = {"page": page, "asked": _told(list(page.object_list), by, now)}
    return render(request, "approvals/queue.html.j2", about)


def _told(
    requests: list[ApprovalRequest], by: Staff, now: datetime
) -> list[tuple[ApprovalRequest, Line, Said]]:
    """Requests with their announcements and with who is asked, in a fixed number of queries."""
    people, silence = team(), silences(office(), requests, now=now)
    asked = [asked_about(office(), one, people, now=now) for one in requests]
    reader = asked[0].reads_as(by) if asked else by
    rows = with_titles(reader, [one.announcement_id for one in requests])
    told = {line.key: line for line in lines(reader, rows)}
    return [
        (one, told[one.announcement_id], said(one, who, silence, now=now))
        for one, who in zip(requests, asked, strict=True)
        if one.announcement_id in told
    ]


@allowed(Right.ENTER)
@require_safe
def approval(request: StaffRequest, number: int) -> HttpResponse:
    """One request: the announcement as families would get it; letters lead here, late ones too."""
    return _show(request, number)


def _show(
    request: StaffRequest,
    number: int,
    *,
    trouble: str = "",
    words: str = "",
    remark: str = "",
    status: int = 200,
) -> HttpResponse:
    now, by = datetime.now(UTC), request.staff
    try:
        asked, who = request_for(office(), by, number, now=now)
    except NoSuchRequest:
        return _gone(request, number)
    seen = outlook(office(), who.reads_as(by), asked.announcement_id, now=now)
    about = {
        "asked": asked,
        "said": said(asked, who, silences(office(), [asked], now=now), now=now),
        "in_place_of": who.in_place_of(by),
        "seen": seen,
        "date": draft_date(asked.announcement_id, now=now),
        "sheet": seen.sheet,
        "groups": list(asked.announcement.groups.order_by("name")),
        "people": list(asked.announcement.people.order_by("name")),
        "mine": not who.may_answer(by),
        "trouble": trouble,
        "words": words,
        "remark": remark,
    }
    return render(request, "approvals/request.html.j2", about, status=status)


def _gone(request: StaffRequest, number: int) -> HttpResponse:
    """Decided before; who decides about nothing is not told which requests there were."""
    if not has_business(office(), request.staff, now=datetime.now(UTC)):
        raise PermissionDenied
    if not ApprovalRequest.objects.filter(pk=number).exists():
        raise Http404
    messages.info(request, _("Этот запрос уже решён или отозван."))
    return redirect("approvals")


@allowed(Right.ENTER)
@require_POST
def agree(request: StaffRequest, number: int) -> HttpResponse:
    """Consent; what was asked for happens at once."""
    remark = request.POST.get("remark", "")
    try:
        key = approve(office(), request.staff, number, remark, now=datetime.now(UTC))
    except NotReady as other:
        trouble = " ".join(lack.words for lack in other.lacks)
    except (DraftChanged, DraftShut):
        trouble = _("Объявление изменилось. Верните его автору: пусть попросит согласия заново.")
    except RenderingMistake as mistake:
        trouble = str(mistake)
    except (NoSuchRequest, NotYours) as refusal:
        return _no_longer(request, number, refusal)
    else:
        return _left(request, key)
    return _show(request, number, trouble=trouble, remark=remark, status=409)


def _left(request: StaffRequest, key: UUID) -> HttpResponse:
    """Say what became of it; the next one waits."""
    if Announcement.objects.filter(pk=key, released_at=None).exists():
        messages.success(request, _("Согласовано: объявление уйдёт в назначенное время."))
    else:
        ring_for_release()
        messages.success(request, _("Согласовано: объявление передано на отправку."))
    return redirect("approvals")


@allowed(Right.ENTER)
@require_POST
def give_back(request: StaffRequest, number: int) -> HttpResponse:
    """Return a draft to its author with a reason."""
    words = request.POST.get("words", "")
    try:
        key = send_back(office(), request.staff, number, words, now=datetime.now(UTC))
    except WordsMissing:
        trouble = _("Напишите, что исправить: иначе автор не узнает, почему объявление вернулось.")
        return _show(request, number, trouble=trouble, words=words, status=422)
    except (NoSuchRequest, NotYours) as refusal:
        return _no_longer(request, number, refusal)
    if Occasion.objects.filter(announcement=key).exists():
        told = _("Возвращено в черновики. Исправьте и отправьте его до срока, иначе оно не уйдёт.")
    else:
        told = _("Объявление вернулось автору.")
    messages.success(request, told)
    return redirect("approvals")


def _no_longer(request: StaffRequest, number: int, refusal: Exception) -> HttpResponse:
    """Somebody else was quicker, or nobody may decide about her own."""
    if isinstance(refusal, NotYours):
        words = _("Своё объявление согласовать нельзя: это делает кто-то другой.")
        return _show(request, number, trouble=words, status=403)
    return _gone(request, number)


urlpatterns = [
    path("", approvals, name="approvals"),
    path("<int:number>/", approval, name="approval"),
    path("<int:number>/approve", agree, name="approve"),
    path("<int:number>/return", give_back, name="return"),
]
