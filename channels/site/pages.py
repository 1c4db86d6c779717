"""The site's HTML, from Jinja templates."""

from __future__ import annotations

import gettext
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from errno import EINVAL
from functools import cache, partial
from math import ceil
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.units import format_unit
from jinja2.filters import do_groupby, do_mark_safe

from broadcaster.templating.filters import refuse_all_but_text
from broadcaster.templating.meter import MAX_STEPS, metered, refuse_over
from broadcaster.templating.sandbox import Folders, StrictSandbox
from broadcaster.templating.saying import told
from channels.site.config import ROOT, TEMPLATES, WHOLE, SiteConfig
from channels.site.item import Item
from channels.site.listing import Listing, section_title

KILOBYTE, MEGABYTE = 1_000, 1_000_000
PAGE = ".html.j2"
STEPS_AN_ITEM = 500
"""What each announcement in a list may cost a template (see `broadcaster.templating.meter`)."""
OPENED = (
    *((datetime, name) for name in ("day", "isoformat", "month", "year")),
    (Mapping, "items"),
    (SiteConfig, "url"),
    (str, "strip"),
)
"""Methods that templates may call, and fields of what is no field itself."""
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
        """Everything that was ever published in a listing, year by year on the school's clock."""
        zone = self.config.time_zone
        items = (replace(item, published=item.published.astimezone(zone)) for item in listing.items)
        listing = replace(listing, items=tuple(items))
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
        return self._rendered("content", item=item, root=self.config.url()).strip()

    def style(self) -> bytes:
        """The style sheet: the school's own where it has one."""
        own = self.config.templates / "style.css"
        return (own if own.is_file() else TEMPLATES / "style.css").read_bytes()

    def _page(self, name: str, listing: Listing | None = None, **shown: Any) -> bytes:
        steps = MAX_STEPS + (STEPS_AN_ITEM * len(listing.items) if listing else 0)
        return self._rendered(name, steps, site=self.config, listing=listing, **shown).encode()

    def _rendered(self, name: str, steps: int = MAX_STEPS, **shown: Any) -> str:
        """What a template gives; raises OSError, with file and line, when it is wrong."""
        config = self.config
        known = environment(config.templates, config.language, config.time_zone)
        file = f"{name}{PAGE}"
        try:
            with metered(steps):
                return known.get_template(file).render(shown)
        except Exception as error:  # a template can raise anything: all of it is its own mistake
            raise OSError(EINVAL, told(error, str(config.templates / file))) from error


@cache
def environment(templates: Path, language: str, zone: ZoneInfo) -> StrictSandbox:
    """Jinja as the templates want it: closed unless opened, speaking `language`."""
    spoken = gettext.translation("broadcaster", ROOT / "locale", [language], fallback=True)
    return StrictSandbox(
        Folders([templates, TEMPLATES]),
        lent={"_": partial(_said, spoken)},
        opened=OPENED,
        more_filters={
            "day": partial(_day, zone=zone, language=language),
            "groupby": do_groupby,
            "list": list,
            "safe": do_mark_safe,
            "size": partial(_size, language=language),
        },
    )


def _said(spoken: gettext.NullTranslations, message: str, /, **values: object) -> str:
    """The message in the site's language, each `%(name)s` replaced by its value.

    It is no format and comes back unescaped: a template may say what an author wrote. Counted
    before it is made: raises SecurityError for a text that would be too long.
    """
    refuse_all_but_text(*values.values())
    text = spoken.gettext(message)
    for name, value in values.items():
        hole, shown = f"%({name})s", str(value)
        refuse_over(len(text) + text.count(hole) * len(shown))
        text = text.replace(hole, shown)
    return text


def _day(moment: datetime, *, zone: ZoneInfo, language: str) -> str:
    return format_date(moment.astimezone(zone), "long", locale=language)


def _size(count: int, *, language: str) -> str:
    """A number of bytes as people write it: 340 кБ, 1,2 МБ."""
    if count < MEGABYTE:
        return format_unit(ceil(count / KILOBYTE), "digital-kilobyte", "short", locale=language)
    return format_unit(round(count / MEGABYTE, 1), "digital-megabyte", "short", locale=language)
