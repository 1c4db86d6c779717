"""What arrived, as the program on a phone would show it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

import nh3
from markupsafe import Markup

from broadcaster.sandbox.gallery.content import FeedEntry, FeedLook
from broadcaster.sandbox.gallery.drawing import environment
from broadcaster.sandbox.gallery.shelf import Link, Shelf
from broadcaster.sandbox.phone import Shown

TAGS = nh3.ALLOWED_TAGS - {"img"} | {"main", "section", "tg-emoji", "tg-spoiler"}
"""What may be shown: no pictures from outside, which would tell their owner who looked."""

UNSEEN = {"script", "style", "title"}
"""What goes with everything in it; of any other unknown tag the words stay."""

LETTER_ATTRIBUTES: Mapping[str, set[str]] = {
    **nh3.ALLOWED_ATTRIBUTES,
    "*": {"align", "bgcolor", "dir", "height", "hidden", "lang", "style", "width"},
}
"""What tags may say in a letter, which has a page to itself: there, styles do no harm."""

Arrived = Mapping[tuple[str, str], Sequence[Shown]]
"""Messages by platform and address."""


class Look(StrEnum):
    """What a screen resembles."""

    TELEGRAM = "telegram"
    VK = "vk"
    WALL = "wall"
    MAIL = "mail"
    FEED = "feed"
    CHAT = "chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One bubble, post or letter, in local time.

    `body` is clean HTML, None where only `text` came; `document` is a whole page for an iframe.
    """

    at: datetime
    text: str = ""
    body: Markup | None = None
    document: str = ""
    subject: str = ""
    sender: str = ""
    link: str = ""
    photos: tuple[Link, ...] = ()
    papers: tuple[Link, ...] = ()
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Screen:
    """One program open at one address; `title` is whoever writes there."""

    channel: str
    look: Look
    address: str
    title: str
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Phone:
    """A guardian's programs, or the one that shows a destination."""

    name: str
    screens: tuple[Screen, ...]
    children: tuple[str, ...] = ()
    unreached: str = ""

    @property
    def opened(self) -> int:
        """The place of the screen to begin with: the first with anything on it, else the first."""
        return next((n for n, screen in enumerate(self.screens) if screen.messages), 0)

    @property
    def channels(self) -> tuple[str, ...]:
        """Where anything has come."""
        return tuple(screen.channel for screen in self.screens if screen.messages)


def by_address(shown: Iterable[Shown]) -> Arrived:
    """What arrived, in order of time, by platform and address."""
    arrived: dict[tuple[str, str], list[Shown]] = defaultdict(list)
    for item in sorted(shown, key=lambda item: item.at):
        arrived[item.platform, item.address].append(item)
    return dict(arrived)


def screen_of(
    channel: str, address: str, shown: Sequence[Shown], shelf: Shelf, *, title: str
) -> Screen:
    """A program with all that came to an address; the items of an album are one message."""
    albums = groupby(enumerate(shown), lambda item: item[1].album or item[0])
    messages = tuple(_message([item for _place, item in group], shelf) for _key, group in albums)
    return Screen(channel, look_of(channel, address), address, title, messages)


def look_of(channel: str, address: str) -> Look:
    """What the program of an address resembles."""
    if channel == "vk" and address.startswith("wall"):
        return Look.WALL
    known = {"telegram": Look.TELEGRAM, "vk": Look.VK, "email": Look.MAIL}
    return known.get(channel, Look.CHAT)


def feed_screen(feed: FeedLook, shelf: Shelf) -> Screen:
    """The feed as a reader's program shows it, newest first."""
    entries = sorted(feed.entries, key=lambda entry: entry.at, reverse=True)
    messages = tuple(_article(entry, shelf) for entry in entries)
    return Screen("site", Look.FEED, feed.address, feed.title, messages)


def _article(entry: FeedEntry, shelf: Shelf) -> Message:
    photos, papers = shelf.links(entry.files)
    return Message(
        at=entry.at.astimezone(),
        body=_clean(entry.html),
        subject=entry.title,
        link=entry.link if entry.link.startswith(("http://", "https://")) else "",
        photos=photos,
        papers=papers,
    )


def _message(items: Sequence[Shown], shelf: Shelf) -> Message:
    """One message for the items of one album, whose words stand under one of them."""
    worded = next((item for item in items if item.text or item.html), items[0])
    letter = look_of(worded.platform, worded.address) is Look.MAIL
    photos, papers = shelf.links(file for item in items for file in item.files)
    return Message(
        at=items[0].at.astimezone(),
        text=worded.text,
        body=_clean(worded.html) if worded.html and not letter else None,
        document=_letter(worded.html) if letter and worded.html else "",
        subject=worded.subject,
        sender=_sender(worded.headers),
        photos=photos,
        papers=papers,
        buttons=tuple(label for item in items for label in item.buttons),
    )


def _clean(html: str, attributes: Mapping[str, set[str]] = nh3.ALLOWED_ATTRIBUTES) -> Markup:
    """HTML without anything that runs or loads; its links open elsewhere."""
    clean = nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=UNSEEN,
        attributes=dict(attributes),
        allowed_classes={"span": {"tg-spoiler"}},
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return Markup(clean)  # noqa: S704 - this is the place that makes it safe


def _letter(html: str) -> str:
    """A letter as a page of its own."""
    body = _clean(re.sub(r"\s*\n\s*", "\n", html), LETTER_ATTRIBUTES)
    return environment().get_template("letter.html.j2").render(body=body)


def _sender(headers: Mapping[str, str]) -> str:
    return next((value for name, value in headers.items() if name.lower() == "from"), "")
