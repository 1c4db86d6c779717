"""Which announcements the whole site and each section show.

The front page and the main feeds list everything that is published on the site. A section lists
its own announcements and those of the whole school, so that a family follows one feed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from channels.site.config import WHOLE, SiteConfig, is_slug
from channels.site.item import Item


@dataclass(frozen=True, slots=True)
class Listing:
    """Announcements under one address, newest first: `newest` go into the feeds, `items` are all.

    `folder` is where its files lie below the site's root and `root` the way back, both empty or
    with a slash at the end.
    """

    slug: str
    title: str
    items: tuple[Item, ...]
    newest: tuple[Item, ...]

    @property
    def folder(self) -> str:
        """Where its feeds and pages lie."""
        return "" if self.slug == WHOLE else f"s/{self.slug}/"

    @property
    def root(self) -> str:
        """The way from its pages to the site's root."""
        return "" if self.slug == WHOLE else "../../"


def listings(config: SiteConfig, items: Iterable[Item]) -> tuple[Listing, ...]:
    """The whole site first, then its sections by name."""
    every = tuple(items)
    whole = Listing(WHOLE, config.title, every, every[: config.items])
    return (whole, *(_section(config, slug, every) for slug in _slugs(config, every)))


def section_title(config: SiteConfig, slug: str) -> str:
    """What the school calls a section; its slug where it has not said."""
    return config.sections.get(slug, slug)


def _section(config: SiteConfig, slug: str, every: tuple[Item, ...]) -> Listing:
    shown = tuple(item for item in every if not {slug, WHOLE}.isdisjoint(item.sections))
    return Listing(slug, section_title(config, slug), shown, shown[: config.items])


def _slugs(config: SiteConfig, every: tuple[Item, ...]) -> list[str]:
    """Sections that exist or once did: an address that somebody follows does not vanish."""
    slugs = {slug for item in every for slug in item.sections}
    slugs |= {place.name for place in Path(config.folder, "s").glob("*/")}
    slugs |= set(config.sections)
    return sorted(slug for slug in slugs - {WHOLE} if is_slug(slug))
