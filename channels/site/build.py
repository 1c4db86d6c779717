"""Everything that is made from the items: feeds, pages, the style sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from channels.site.config import SiteConfig
from channels.site.feeds import ATOM, JSON, RSS, Feeds
from channels.site.folder import Holdings, put, sweep
from channels.site.listing import Listing, listings
from channels.site.pages import Pages


def build(config: SiteConfig, held: Holdings) -> None:
    """Bring the folder in step with what is published; raises OSError.

    Pages come before the lists that link to them, and what is withdrawn goes last. Files whose
    content has not changed stay untouched.
    """
    pages = Pages(config)
    put(config.folder / "style.css", pages.style())
    for item in held.items:
        put(config.folder / item.path, pages.page(item))
    shown = listings(config, held.items)
    body = cache(pages.body)
    for listing in shown:
        feeds = Feeds(config, listing, body)
        for name, content in _files(feeds, pages, listing, shown[1:]):
            put(config.folder / listing.folder / name, content)
    sweep(config.folder, held)


def _files(
    feeds: Feeds, pages: Pages, listing: Listing, sections: Sequence[Listing]
) -> Iterator[tuple[str, bytes]]:
    yield "archive.html", pages.archive(listing)
    yield "index.html", pages.index(listing, () if listing.folder else sections)
    yield "embed.html", pages.embed(listing)
    yield JSON, feeds.json()
    yield ATOM, feeds.atom()
    yield RSS, feeds.rss()
