"""How a draft will look on each channel, and what its author should know before releasing it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import nh3
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path
from django.utils.html import format_html
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe
from markupsafe import Markup as Safe

from broadcaster.bootstrap import office, showroom
from broadcaster.config import ConfigMistake
from broadcaster.contract import Attachment, Markup
from broadcaster.domain.cautions import Caution, Level
from broadcaster.domain.permissions import Right
from broadcaster.rendering.mistakes import RenderingMistake
from broadcaster.rendering.templates import SHIPPED
from broadcaster.services.outlets import Office
from broadcaster.services.previewing import Sample
from broadcaster.services.proofreading import Proof, caution_words, proof_of, sample_of
from broadcaster.services.uploads import small_file
from broadcaster.store.models import AnnouncementFile
from broadcaster.web.access import StaffRequest, allowed, announcement_to_read

TELEGRAM_TAGS = {"a", "b", "blockquote", "code", "i", "pre", "s", "tg-spoiler", "u"}

PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox"
)
"""A letter brings styles of its own and must not do anything else."""

PLACE_OF_PHOTOS = '<div class="photos"></div>'
"""Where a letter's template wants its photos."""


@dataclass(frozen=True, slots=True)
class Said:
    """One caution in words; `level` is a class of the style sheet."""

    level: str
    words: str


@dataclass(frozen=True, slots=True)
class Card:
    """One channel's messages; `page` says that the rich one has an address of its own.

    `kept_off` says that the channel may not carry what this text tells about people.
    """

    name: str
    look: str
    on: bool
    kept_off: bool
    subject: str
    parts: tuple[str, ...]
    page: bool
    files: tuple[Attachment, ...]
    said: tuple[Said, ...]


@allowed(Right.SEE_REPORTS)
@require_safe
@cache_control(no_store=True)
def previews(request: StaffRequest, key: UUID) -> HttpResponse:
    """Every channel's messages with what is to be known; a page of its own without htmx."""
    announcement = announcement_to_read(request, key)
    proof = proof_of(office(), _showroom(), key)
    template = "previews" if getattr(request, "htmx", False) else "previews_page"
    about = {
        "announcement": announcement,
        "mistakes": proof.mistakes,
        "said": tuple(map(_said, proof.of(""))),
        "cards": tuple(_card(sample, proof) for sample in proof.samples),
        "numbers": _numbers(key),
    }
    return render(request, f"announcements/{template}.html.j2", about)


@allowed(Right.SEE_REPORTS)
@require_safe
@cache_control(no_store=True)
@xframe_options_sameorigin
def preview_page(request: StaffRequest, key: UUID, channel: str) -> HttpResponse:
    """The letter, or the page of the site, by itself: shown in a frame where nothing runs."""
    announcement_to_read(request, key)
    sample = sample_of(office(), _showroom(), key, channel)
    if sample is None or not sample.html:
        raise Http404
    response = HttpResponse(document_of(sample))
    response["Content-Security-Policy"] = PAGE_POLICY
    return response


def _showroom() -> Office:
    """Every channel; those that are switched on when another one's settings are not right yet."""
    try:
        return showroom()
    except (ConfigMistake, RenderingMistake):
        return office()


def _card(sample: Sample, proof: Proof) -> Card:
    name, markup = sample.outlet.name, sample.outlet.traits.markup
    rich = markup is Markup.TELEGRAM
    return Card(
        name=name,
        look=str(markup),
        on=name in proof.on,
        kept_off=any(name in caution.channels for caution in proof.cautions),
        subject=sample.subject,
        parts=tuple(map(telegram_markup, sample.texts)) if rich else sample.texts,
        page=bool(sample.html),
        files=sample.content.attachments,
        said=tuple(map(_said, proof.of(name))),
    )


def _said(caution: Caution) -> Said:
    classes: Mapping[Level, str] = {
        Level.STOP: "error",
        Level.WARN: "warning",
        Level.NOTE: "hint",
    }
    return Said(classes[caution.level], caution_words(caution))


def telegram_markup(text: str) -> Safe:
    """Telegram's markup as a page may show it."""
    cleaner = nh3.Cleaner(
        tags=TELEGRAM_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel", "tg"},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer",
    )
    return Safe(cleaner.clean(text))  # noqa: S704 - that is what the cleaner is for


def _numbers(key: UUID) -> Mapping[str, int]:
    """The row of each file by its digest."""
    files = AnnouncementFile.objects.filter(announcement=key)
    return dict(files.values_list("digest", "pk"))


def document_of(sample: Sample) -> str:
    """The letter, or the page of the site, as a document for a frame under `PAGE_POLICY`."""
    photos = Safe("").join(_photos(sample.content.attachments))
    if sample.outlet.traits.markup is not Markup.SITE:
        place = PLACE_OF_PHOTOS if PLACE_OF_PHOTOS in sample.html else "</body>"
        return sample.html.replace(place, photos + Safe(place), 1)  # noqa: S704 - a constant
    about = {"title": sample.subject, "html": sample.html, "style": _style(), "photos": photos}
    return render_to_string("announcements/preview_site.html.j2", about)


def _photos(files: Sequence[Attachment]) -> Iterator[str]:
    """Small photos inside the document itself: a sandboxed frame may fetch nothing of ours."""
    for file in files:
        small = small_file(office().files, file.digest) if file.is_photo else None
        if small is not None:
            encoded = b64encode(small.read_bytes()).decode()
            yield format_html(
                '<p><img src="data:image/jpeg;base64,{}" alt="{}" style="max-width:100%"></p>',
                encoded,
                file.title,
            )


def _style() -> str:
    """The style sheet of the school's site."""
    own = office().templates.folder
    folders = [SHIPPED] if own is None else [own, SHIPPED]
    sheets = [folder / "site" / "style.css" for folder in folders]
    return next((sheet.read_text("utf-8") for sheet in sheets if sheet.is_file()), "")


urlpatterns = [
    path("<uuid:key>/previews", previews, name="previews"),
    path("<uuid:key>/previews/<str:channel>", preview_page, name="preview-page"),
]
