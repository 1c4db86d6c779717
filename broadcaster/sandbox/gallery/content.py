"""What the gallery is made from, beside the messages that arrived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from broadcaster.sandbox.phone import ShownFile


@dataclass(frozen=True, slots=True)
class Parent:
    """One guardian: `addresses` by channel, `unreached` why no copy came, as a sentence."""

    name: str
    children: tuple[str, ...]
    addresses: Mapping[str, str]
    unreached: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """What the school calls a destination."""

    channel: str
    address: str
    name: str


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One item of the site's feed; `html` may be anything, it is cleaned before it is shown."""

    title: str
    at: datetime
    html: str
    link: str = ""
    files: tuple[ShownFile, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedLook:
    """The site's feed as a reader's program shows it; `address` is where it is read."""

    title: str
    address: str
    entries: tuple[FeedEntry, ...]
