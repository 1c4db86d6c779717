"""One announcement as the site keeps it, and its form on disk."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from typing import Any, Self
from urllib.parse import quote
from uuid import UUID

from cattrs import Converter

from broadcaster.contract import Content
from channels.site.config import SiteConfig
from channels.site.file import File, described

ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 forbids in a document (production Char); lone surrogates are among it."""
SAFE_GUID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
SUMMARY = 280
"""Characters of a summary."""


@dataclass(frozen=True, slots=True)
class Item:
    """What is published of one announcement; every text is legal in XML, `html` is safe to show."""

    guid: str
    title: str
    text: str
    html: str
    published: datetime
    updated: datetime
    sections: tuple[str, ...]
    files: tuple[File, ...] = ()
    labels: tuple[str, ...] = ()

    @classmethod
    def of(cls, content: Content, *, section: str, now: datetime) -> Self:
        """What is published of a content without holes, as if for the first time."""
        text = "\n\n".join(wording.fill({}) for wording in content.texts)
        raw = {
            "guid": content.guid,
            "title": content.subject.fill({}),
            "text": text,
            "html": content.html.fill({}) if content.html else paragraphs(text),
            "published": now,
            "updated": now,
            "sections": [section],
            "files": [described(attachment) for attachment in content.attachments],
            "labels": content.labels,
        }
        return converter.structure(raw, cls)

    @classmethod
    def load(cls, text: str) -> Self:
        """Read what `dump` wrote; raises ValueError when it is nothing of the kind."""
        try:
            return converter.structure(json.loads(text), cls)
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
            raise ValueError("no item of the site") from error

    def dump(self) -> str:
        """The form on disk."""
        return json.dumps(converter.unstructure(self), ensure_ascii=False, indent=1)

    def after(self, earlier: Self | None) -> Self:
        """This item with the history of the one it follows.

        The first time of publication stays for ever, sections add up, and a repeat without a
        change is no correction.
        """
        if earlier is None:
            return self
        return replace(
            self,
            published=earlier.published,
            updated=earlier.updated if self.reads_as(earlier) else self.updated,
            sections=tuple(sorted({*self.sections, *earlier.sections})),
        )

    def reads_as(self, other: Self) -> bool:
        """Whether readers would see no difference between the two."""
        mine = (self.title, self.text, self.html, self.files, self.labels)
        return mine == (other.title, other.text, other.html, other.files, other.labels)

    @property
    def key(self) -> str:
        """The name of its files."""
        return key(self.guid)

    @property
    def path(self) -> str:
        """Where its page lies below the site's root."""
        return path(self.guid)

    @property
    def identity(self) -> str:
        """Its name in the feeds, an IRI as Atom demands (RFC 4287 §4.2.6); never changes."""
        try:
            return UUID(self.guid).urn
        except ValueError:
            return self.guid if ":" in self.guid else f"urn:x-broadcaster:{quote(self.guid)}"

    @property
    def heading(self) -> str:
        """Its title, or what stands for a title where it has none; never empty."""
        return self.title.strip() or self.summary or self.key

    @property
    def summary(self) -> str:
        """The beginning of its text on one line, whole words."""
        flat = re.sub(r"[ \t\r\n]+", " ", self.text).strip()
        if len(flat) <= SUMMARY:
            return flat
        return flat[:SUMMARY].rpartition(" ")[0].rstrip(" ,;:—–-") + "…"

    @property
    def is_corrected(self) -> bool:
        """Whether it has been changed since it was published."""
        return self.updated != self.published


def key(guid: str) -> str:
    """The name of the files of one announcement: its guid, or a digest of one unfit for names."""
    if SAFE_GUID.fullmatch(guid):
        return guid
    return hashlib.sha256(guid.encode("utf-8", "replace")).hexdigest()


def path(guid: str) -> str:
    """Where the page of one announcement lies below the site's root."""
    return f"a/{key(guid)}.html"


def page_of(config: SiteConfig, guid: str) -> str:
    """The address of an announcement's page, the same before it is published and for ever."""
    return config.url(path(guid))


def paragraphs(text: str) -> str:
    """Plain text as safe HTML."""
    blocks = (block for block in re.split(r"\n{2,}", text.strip()) if block)
    return "".join("<p>" + escape(block).replace("\n", "<br>") + "</p>" for block in blocks)


def legal(value: Any, _: Any = None) -> str:
    """The text without characters that XML forbids; raises TypeError when it is no text."""
    if not isinstance(value, str):
        raise TypeError("expected text")
    return ILLEGAL.sub("", value)


def _moment(value: Any, _: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("expected a time with its zone")
    return moment


converter = Converter(detailed_validation=False)
converter.register_structure_hook(str, legal)
converter.register_structure_hook(datetime, _moment)
converter.register_unstructure_hook(datetime, datetime.isoformat)
