"""Announcements that wait for consent: read what families would read, then say yes or give back."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.contrib import messages
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
    may_decide,
    queue,
    request_for,
    send_back,
)
from broadcaster.services.drafts import DraftChanged, DraftShut
from broadcaster.services.drafts_leaving import outlook
from broadcaster.services.drafts_list import lines, with_titles
from broadcaster.services.drafts_ready import NotReady
from broadcaster.store.models import Announcement, ApprovalRequest
from broadcaster.web.access import StaffRequest, allowed
from broadcaster.web.bell import ring

PAGE = 30


@allowed(Right.APPROVE)
@require_safe
def approvals(request: StaffRequest) -> HttpResponse:
    """What waits, the oldest first."""
    page = Paginator(queue(), PAGE).get_page(request.GET.get("page"))
    asked = list(page.object_list)
    rows = with_titles(request.staff, [one.announcement_id for one in asked])
    told = {line.key: line for line in lines(request.staff, rows)}
    about = {"page": page, "asked": [(one, told[one.announcement_id]) for one in asked]}
    return render(request, "approvals/queue.html.j2", about)


@allowed(Right.APPROVE)
@require_safe
def approval(request: StaffRequest, number: int) -> HttpResponse:
    """One request: the announcement as families would get it."""
    return _show(request, _request(request, number))


def _request(request: StaffRequest, number: int) -> ApprovalRequest:
    try:
        return request_for(request.staff, number)
    except NoSuchRequest as missing:
        raise Http404 from missing


def _show(
    request: StaffRequest,
    asked: ApprovalRequest,
    *,
    trouble: str = "",
    words: str = "",
    status: int = 200,
) -> HttpResponse:
    seen = outlook(office(), request.staff, asked.announcement_id, now=datetime.now(UTC))
    about = {
        "asked": asked,
        "seen": seen,
        "sheet": seen.sheet,
        "groups": list(asked.announcement.groups.order_by("name")),
        "people": list(asked.announcement.people.order_by("name")),
        "mine": not may_decide(request.staff, asked),
        "trouble": trouble,
        "words": words,
    }
    return render(request, "approvals/request.html.j2", about, status=status)


@allowed(Right.APPROVE)
@require_POST
def agree(request: StaffRequest, number: int) -> HttpResponse:
    """Consent; what was asked for happens at once."""
    try:
        key = approve(office(), request.staff, number, now=datetime.now(UTC))
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
    return _show(request, _request(request, number), trouble=trouble, status=409)


def _left(request: StaffRequest, key: UUID) -> HttpResponse:
    """Say what became of it; the next one waits."""
    if Announcement.objects.filter(pk=key, released_at=None).exists():
        messages.success(request, _("Согласовано: объявление уйдёт в назначенное время."))
    else:
        ring()
        messages.success(request, _("Согласовано: объявление передано на отправку."))
    return redirect("approvals")


@allowed(Right.APPROVE)
@require_POST
def give_back(request: StaffRequest, number: int) -> HttpResponse:
    """Return a draft to its author with a reason."""
    words = request.POST.get("words", "")
    try:
        send_back(request.staff, number, words, now=datetime.now(UTC))
    except WordsMissing:
        trouble = _("Напишите, что исправить: иначе автор не узнает, почему объявление вернулось.")
        asked = _request(request, number)
        return _show(request, asked, trouble=trouble, words=words, status=422)
    except (NoSuchRequest, NotYours) as refusal:
        return _no_longer(request, number, refusal)
    messages.success(request, _("Объявление вернулось автору."))
    return redirect("approvals")


def _no_longer(request: StaffRequest, number: int, refusal: Exception) -> HttpResponse:
    """Somebody else was quicker, or nobody may decide about her own."""
    if isinstance(refusal, NotYours):
        words = _("Своё объявление согласовать нельзя: это делает кто-то другой.")
        return _show(request, _request(request, number), trouble=words, status=403)
    messages.info(request, _("Этот запрос уже решён или отозван."))
    return redirect("approvals")


urlpatterns = [
    path("", approvals, name="approvals"),
    path("<int:number>/", approval, name="approval"),
    path("<int:number>/approve", agree, name="approve"),
    path("<int:number>/return", give_back, name="return"),
]
