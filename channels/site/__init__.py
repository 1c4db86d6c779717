"""The school's site: feeds and pages in a folder that any web server can show.

What is published lies in `items/`, one JSON file an announcement; everything else is made from it
anew after every batch. From the bottom up:

    config.py    what the school sets
    item.py      one announcement as the site keeps it
    folder.py    the folder on disk: lock, atomic writes, reading, sweeping
    listing.py   which announcements the whole site and each section show
    feeds.py     RSS 2.0, Atom, JSON Feed
    pages.py     HTML
    build.py     everything that is made from the items
    publish.py   publish a batch, withdraw an announcement
    export.py    the same site for another address, into a folder of files only
    adapter.py   the channel
"""

from __future__ import annotations

from channels.site.adapter import Site, requests_for
from channels.site.config import SiteConfig
from channels.site.export import export
from channels.site.item import page_of

adapter = Site

__all__ = ["Site", "SiteConfig", "adapter", "export", "page_of", "requests_for"]
