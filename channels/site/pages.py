"""The site's HTML, from Jinja templates."""

from __future__ import annotations

import gettext
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from channels.site.config import ROOT, TEMPLATES, SiteConfig
from channels.site.item import Item
from channels.site.listing import Listing, section_title

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
        sections = {s: section_title(self.config, s) for s in item.sections}
        return self._page("page", root="../", item=item, sections=sections)

    def body(self, item: Item) -> str:
        """An announcement's HTML for feeds: with its files, addresses absolute."""
        return self._template("files").render(item=item, root=self.config.url()).strip()

    def style(self) -> bytes:
        """The style sheet, with the colours and sizes of all pages."""
        return self._template("style.css", "").render().encode()

    def _page(self, name: str, **shown: Any) -> bytes:
        return self._template(name).render(site=self.config, **shown).encode()

    def _template(self, name: str, ending: str = ".html.j2") -> Template:
        config = self.config
        known = environment(config.templates, config.language, config.time_zone)
        return known.get_template(name + ending)


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

    def day(moment: datetime) -> str:
        return format_date(moment.astimezone(zone), "long", locale=language)

    made.filters["day"] = day
    return made
