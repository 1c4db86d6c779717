"""The school's site as the channel `site` has written it: feeds, pages and files, for everybody.

A web server in front may show `SITE_FOLDER` itself; this view is for schools that have none.
"""

from __future__ import annotations

import mimetypes
from datetime import UTC, datetime
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
)
from django.urls import path as route
from django.utils.html import format_html
from django.views.decorators.http import condition, require_safe

from broadcaster.bootstrap import office, site_folder
from broadcaster.i18n import LANGUAGE, _

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".json": "application/feed+json",
}
"""What the channel makes; files of announcements lie under `files/` and have other endings."""
SHOWN = {
    "application/pdf", "audio/mpeg", "audio/ogg", "image/gif", "image/jpeg", "image/png",
    "image/webp", "text/plain", "video/mp4", "video/webm",
}  # fmt: skip
"""Types of files that a browser shows and never runs; all others are downloaded."""
PRIVATE = "items"
"""The channel's own records."""
PAGE_AGE, FILE_AGE = 60, 3600
"""Seconds for which caches may answer for us: short, as an announcement may be withdrawn."""
POLICY = (
    "default-src 'none'; img-src 'self' https:; media-src 'self'; style-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors {}"
)


def _folder() -> Path:
    return site_folder(sandbox=office().sandbox).resolve()


def _found(path: str) -> Path | None:
    """The published file at a path of the site; None when there is none."""
    folder = _folder()
    parts = [part for part in path.split("/") if part]
    if any(part.startswith(".") or "\\" in part for part in parts):
        return None
    if parts and parts[0].casefold() == PRIVATE:
        return None
    try:
        file = folder.joinpath(*parts).resolve()
        if path.endswith("/") or not parts:
            file /= "index.html"
        return file if file.is_relative_to(folder) and file.is_file() else None
    except (OSError, ValueError):  # a name too long, or one that no file can have
        return None


def _etag(_request: HttpRequest, path: str) -> str | None:
    """Strong: the channel replaces files whole, and only when their content changes."""
    if (file := _found(path)) is None:
        return None
    known = file.stat()
    return f'"{known.st_mtime_ns:x}-{known.st_ino:x}-{known.st_size:x}"'


def _last_modified(_request: HttpRequest, path: str) -> datetime | None:
    if (file := _found(path)) is None:
        return None
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


@login_not_required
@require_safe
@condition(etag_func=_etag, last_modified_func=_last_modified)
def serve_site(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file of the site; a folder's index; a friendly page when nothing is published yet."""
    if (file := _found(path)) is not None:
        return _bodiless(request, _response(file))
    if path in {"", "index.html"}:
        return _empty()
    if _found(f"{path}/") is not None:
        return HttpResponsePermanentRedirect(f"{request.path}/")
    return _missing(root=request.path.removesuffix(path))


def _response(file: Path) -> HttpResponseBase:
    is_made = file.suffix in TYPES and not file.is_relative_to(_folder() / "files")
    response = _made(file) if is_made else _attached(file)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _made(file: Path) -> HttpResponse:
    """A page, a feed or the style sheet."""
    response = HttpResponse(file.read_bytes(), content_type=TYPES[file.suffix])
    response["Content-Length"] = len(response.content)
    response["Cache-Control"] = f"public, max-age={PAGE_AGE}"
    if file.suffix == ".html":
        _frame(response, anywhere=file.name == "embed.html")
    else:
        response["Access-Control-Allow-Origin"] = "*"
    return response


def _attached(file: Path) -> FileResponse:
    """A file of an announcement, shown where browsers never run it and downloaded otherwise."""
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    response = FileResponse(
        file.open("rb"),
        as_attachment=kind not in SHOWN,
        content_type="text/plain; charset=utf-8" if kind == "text/plain" else kind,
    )
    response["Cache-Control"] = f"public, max-age={FILE_AGE}"
    return response


def _frame(response: HttpResponseBase, *, anywhere: bool) -> None:
    """Say what a page may load and who may put it into a frame."""
    response["Content-Security-Policy"] = POLICY.format("*" if anywhere else "'self'")
    if anywhere:
        response.xframe_options_exempt = True  # type: ignore[attr-defined]


def _bodiless(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The answer to HEAD has the headers of GET and no file."""
    if request.method != "HEAD":
        return response
    if isinstance(response, FileResponse) and response.file_to_stream:
        response.file_to_stream.close()  # its own close() would end the whole request
    return HttpResponse(headers=dict(response.items()))


def _empty() -> HttpResponse:
    return _page(
        _("Объявления"),
        _("Объявлений пока нет. Когда школа что-нибудь опубликует, оно появится здесь."),
        status=200,
    )


def _missing(root: str) -> HttpResponse:
    link = format_html('<a href="{}">{}</a>', root, _("Все объявления"))
    text = _("Возможно, объявление отозвано или в адресе опечатка.")
    return _page(_("Такой страницы нет"), format_html("{} {}", text, link), status=404)


def _page(title: str, text: str, *, status: int) -> HttpResponse:
    page = format_html(
        '<!DOCTYPE html>\n<html lang="{}">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        "<title>{}</title>\n<main>\n<h1>{}</h1>\n<p>{}</p>\n</main>\n</html>\n",
        LANGUAGE,
        title,
        title,
        text,
    )
    response = HttpResponse(page, status=status)
    response["Cache-Control"] = "no-cache"
    _frame(response, anywhere=False)
    return response


urlpatterns = [
    route("", serve_site, {"path": ""}, name="site"),
    route("<path:path>", serve_site, name="site-file"),
]
