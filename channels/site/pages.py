"""The site's HTML, from Jinja templates."""

from __future__ import annotations

import gettext
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from math import ceil
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.units import format_unit
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from channels.site.config import ROOT, TEMPLATES, WHOLE, SiteConfig
from channels.site.item import Item
from channels.site.listing import Listing, section_title

KILOBYTE, MEGABYTE = 1_000, 1_000_000
EMBEDDED = 10
"""Announcements in the frame that another site embeds."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages of one site. Links between them are relative, so that the folder works anywhere."""

    config: SiteConfig

    def index(self, listing: Listing, sections: Sequence[Listing]) -> bytes:
        """The newest announcements of a listing, with links to `sections`."""
        return self._page("index", root=listing.root, listing=listing, sections=sections)

    def archive(self, listing: Listing) -> bytes:
        """Everything that was ever published in a listing, by title."""
        return self._page("archive", root=listing.root, listing=listing)

    def embed(self, listing: Listing) -> bytes:
        """A short list for a frame of another site; its links leave the frame."""
        items = listing.newest[:EMBEDDED]
        return self._page("embed", root=listing.root, listing=listing, items=items)

    def page(self, item: Item) -> bytes:
        """One announcement."""
        sections = {s: section_title(self.config, s) for s in item.sections if s != WHOLE}
        return self._page("page", root="../", item=item, sections=sections)

    def body(self, item: Item) -> str:
        """An announcement's HTML for feeds: with its files, addresses absolute."""
        return self._template("content").render(item=item, root=self.config.url()).strip()

    def style(self) -> bytes:
        """The style sheet: the school's own where it has one."""
        own = self.config.templates / "style.css"
        return (own if own.is_file() else TEMPLATES / "style.css").read_bytes()

    def _page(self, name: str, **shown: Any) -> bytes:
        return self._template(name).render(site=self.config, **shown).encode()

    def _template(self, name: str) -> Template:
        config = self.config
        known = environment(config.templates, config.language, config.time_zone)
        return known.get_template(f"{name}.html.j2")


@cache
def environment(templates: Path, language: str, zone: ZoneInfo) -> Environment:
    """Jinja as the templates want it: sandboxed, strict, escaping, speaking `language`."""
    made = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([templates, TEMPLATES]),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    spoken = gettext.translation("broadcaster", ROOT / "locale", [language], fallback=True)
    made.install_gettext_translations(spoken, newstyle=True)  # type: ignore[attr-defined]

    made.filters["day"] = partial(_day, zone=zone, language=language)
    made.filters["size"] = partial(_size, language=language)
    return made


def _day(moment: datetime, *, zone: ZoneInfo, language: str) -> str:
    return format_date(moment.astimezone(zone), "long", locale=language)


def _size(count: int, *, language: str) -> str:
    """A number of bytes as people write it: 340 кБ, 1,2 МБ."""
    if count < MEGABYTE:
        return format_unit(ceil(count / KILOBYTE), "digital-kilobyte", "short", locale=language)
    return format_unit(round(count / MEGABYTE, 1), "digital-megabyte", "short", locale=language)
