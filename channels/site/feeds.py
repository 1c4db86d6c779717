"""A listing as RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1.

Nothing here depends on the hour: feeds of the same announcements are the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from feedgen.ext.base import BaseEntryExtension
from feedgen.feed import FeedGenerator
from feedgen.util import xml_elem

from channels.site.config import SiteConfig
from channels.site.file import File
from channels.site.item import Item
from channels.site.listing import Listing

RSS, ATOM, JSON = "feed.rss", "feed.atom", "feed.json"
RSS_TYPE = "application/rss+xml"
ATOM_TYPE = "application/atom+xml"
TTL = 15
"""Minutes a reader may keep an RSS feed before it asks again."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class AtomLinks(BaseEntryExtension):
    """Links of an Atom entry: feedgen 1.0 writes its own without rel, type and length."""

    def __init__(self) -> None:
        self._links: list[dict[str, str]] = []

    def add(self, rel: str, href: str, **rest: str) -> None:
        """Add a link; `rest` are further attributes of RFC 4287 §4.2.7."""
        self._links.append({"rel": rel, "href": href, **rest})

    def extend_atom(self, feed: Any) -> Any:
        """Called by feedgen with the entry's element."""
        for link in self._links:
            xml_elem("link", feed, **link)  # type: ignore[no-untyped-call]
        return feed


@dataclass(frozen=True, slots=True)
class Feeds:
    """The feeds of one listing; `body` gives an item's HTML with absolute addresses."""

    config: SiteConfig
    listing: Listing
    body: Callable[[Item], str]

    def rss(self) -> bytes:
        """RSS 2.0 with the whole content; guids are no links, the first file is the enclosure."""
        feed = self._feed(RSS, RSS_TYPE)
        feed.load_extension("dc", atom=False, rss=True)
        for item in self.listing.newest:
            entry = self._entry(feed, item)
            entry.dc.dc_date(item.updated.isoformat())
            entry.link(href=self.config.url(item.path))
            for file in item.files[:1]:
                entry.enclosure(self.config.url(file.path), file.size, file.media_type)
        return bytes(feed.rss_str())

    def atom(self) -> bytes:
        """Atom with the whole content and every file as an enclosure."""
        feed = self._feed(ATOM, ATOM_TYPE)
        for item in self.listing.newest:
            entry = self._entry(feed, item)
            entry.register_extension("links", AtomLinks, rss=False)
            entry.links.add("alternate", self.config.url(item.path), type="text/html")
            for file in item.files:
                kind, size = file.media_type, str(file.size)
                entry.links.add("enclosure", self.config.url(file.path), type=kind, length=size)
        return bytes(feed.atom_str())

    def json(self) -> bytes:
        """JSON Feed 1.1."""
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self._title,
            "description": self.config.description,
            "home_page_url": self._url("index.html"),
            "feed_url": self._url(JSON),
            "language": self.config.language,
            "items": [self._json_item(item) for item in self.listing.newest],
        }
        return json.dumps(feed, ensure_ascii=False, indent=1).encode()

    @property
    def _title(self) -> str:
        if not self.listing.folder:
            return self.config.title
        return f"{self.listing.title} — {self.config.title}"

    def _url(self, name: str) -> str:
        return self.config.url(self.listing.folder + name)

    def _feed(self, name: str, media_type: str) -> Any:
        feed: Any = FeedGenerator()  # type: ignore[no-untyped-call]
        feed.id(self._url(ATOM))
        feed.title(self._title)
        feed.description(self.config.description or self._title)
        feed.author(name=self.config.title)
        feed.language(self.config.language)
        feed.generator("Broadcaster")
        feed.ttl(TTL)
        feed.updated(max((item.updated for item in self.listing.items), default=NEVER))
        feed.link(href=self._url(name), rel="self", type=media_type)
        # The last link becomes the link of the RSS channel.
        feed.link(href=self._url("index.html"), rel="alternate", type="text/html")
        return feed

    def _entry(self, feed: Any, item: Item) -> Any:
        entry = feed.add_entry(order="append")
        entry.guid(item.identity, permalink=False)
        entry.title(item.heading)
        # Without a description feedgen would put the content in its place.
        entry.description(item.summary or item.heading, isSummary=True)
        entry.content(self.body(item), type="html")
        entry.published(item.published)
        entry.updated(item.updated)
        for label in item.labels:
            entry.category(term=label)
        return entry

    def _json_item(self, item: Item) -> dict[str, Any]:
        return {
            "id": item.identity,
            "url": self.config.url(item.path),
            "title": item.heading,
            "summary": item.summary,
            "content_html": self.body(item),
            "date_published": item.published.isoformat(timespec="seconds"),
            "date_modified": item.updated.isoformat(timespec="seconds"),
            "tags": list(item.labels),
            "attachments": [self._json_file(file) for file in item.files],
        }

    def _json_file(self, file: File) -> dict[str, Any]:
        return {
            "url": self.config.url(file.path),
            "mime_type": file.media_type,
            "title": file.title,
            "size_in_bytes": file.size,
        }
