"""The files of a draft: added several at once, described, taken off, and shown to who may see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from broadcaster.bootstrap import office
from broadcaster.domain.permissions import Right
from broadcaster.i18n import _
from broadcaster.services.contents import file_path
from broadcaster.services.drafts import DraftShut, DraftTrouble, NoSuchDraft
from broadcaster.services.file_kinds import KINDS
from broadcaster.services.uploads import Incoming, attach, describe, drop, small_file
from broadcaster.store.models import AnnouncementFile
from broadcaster.web.access import StaffRequest, allowed, announcement_for, announcement_to_read
from broadcaster.web.shelf import PHOTOS

FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
"""A file is looked at and never does anything."""

KNOWN = PHOTOS | {kind.media_type for kind in KINDS.values()}
"""Types a browser is told; all others it gets as bytes."""


@allowed(Right.SEE_REPORTS)
@require_safe
def attachments(request: StaffRequest, key: UUID) -> HttpResponse:
    """The files of an announcement, as a piece of the sheet or as a page of their own."""
    announcement_for(request, key)
    return _shown(request, key)


@allowed(Right.WRITE)
@require_POST
def add(request: StaffRequest, key: UUID) -> HttpResponse:
    """Attach the files that came; what is refused is told, the rest stays."""
    announcement_for(request, key)
    files = [
        Incoming(file.name or "", file.file, file.size or 0)  # type: ignore[arg-type]
        for file in request.FILES.getlist("files")
    ]

    def attaching() -> Sequence[str]:
        taken = attach(office(), request.staff, key, files, now=datetime.now(UTC))
        return [f"{one.words} {one.hint}".strip() for one in taken.refused]

    return _changed(request, key, attaching)


@allowed(Right.WRITE)
@require_POST
def drop_file(request: StaffRequest, key: UUID, file: int) -> HttpResponse:
    """Take a file off the draft."""
    announcement_for(request, key)

    def dropping() -> Sequence[str]:
        drop(request.staff, key, file)
        return ()

    return _changed(request, key, dropping)


@allowed(Right.WRITE)
@require_POST
def describe_file(request: StaffRequest, key: UUID, file: int) -> HttpResponse:
    """Say what is on a picture; the field stays as it is, and so does the cursor."""
    announcement_for(request, key)

    def describing() -> Sequence[str]:
        describe(request.staff, key, file, request.POST.get("title", ""))
        return ()

    response = _changed(request, key, describing)
    if response.headers.get("HX-Trigger"):
        response["HX-Reswap"] = "none"
    return response


@allowed(Right.SEE_REPORTS)
@require_safe
@cache_control(private=True, max_age=3600)
def file(request: StaffRequest, key: UUID, file: int) -> HttpResponseBase:
    """The file itself; with `?small` a small picture of it."""
    announcement_to_read(request, key)
    row = AnnouncementFile.objects.filter(announcement=key, pk=file).first()
    if row is None:
        raise Http404
    small = "small" in request.GET
    found = small_file(office().files, row.digest) if small else None
    response = _bytes(row, found or file_path(office().files, row.digest), small=bool(found))
    response["Content-Security-Policy"] = FILE_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _bytes(row: AnnouncementFile, at: Path, *, small: bool) -> FileResponse:
    kind = row.media_type if row.media_type in KNOWN else "application/octet-stream"
    try:
        return FileResponse(
            at.open("rb"),
            as_attachment=kind not in PHOTOS,
            filename=row.name,
            content_type="image/jpeg" if small else kind,
        )
    except OSError as error:
        raise Http404 from error


def _changed(request: StaffRequest, key: UUID, change: Callable[[], Sequence[str]]) -> HttpResponse:
    """Do it, and show the files as they are now with what was refused."""
    try:
        refused, done = change(), True
    except DraftShut:
        refused, done = [_("Объявление уже нельзя менять: вложения остались прежними.")], False
    except NoSuchDraft as missing:
        raise Http404 from missing
    except DraftTrouble:
        refused, done = [_("Не получилось. Обновите страницу и попробуйте ещё раз.")], False
    if not _by_itself(request):
        for words in refused:
            messages.error(request, words)
        return redirect("attachments", key)
    response = _shown(request, key, refused)
    if done:
        response["HX-Trigger"] = "saved"
    return response


def _shown(request: StaffRequest, key: UUID, refused: Sequence[str] = ()) -> HttpResponse:
    template = "attachments" if _by_itself(request) else "attachments_page"
    about = {"key": key, "refused": refused}
    return render(request, f"announcements/{template}.html.j2", about)


def _by_itself(request: StaffRequest) -> bool:
    """Whether the page's own script asks, rather than the person by a button."""
    return bool(request.htmx)


urlpatterns = [
    path("<uuid:key>/attachments", attachments, name="attachments"),
    path("<uuid:key>/attachments/add", add, name="attachment-add"),
    path("<uuid:key>/attachments/<int:file>", file, name="attachment-file"),
    path("<uuid:key>/attachments/<int:file>/drop", drop_file, name="attachment-drop"),
    path("<uuid:key>/attachments/<int:file>/describe", describe_file, name="attachment-describe"),
]
