"""The page «что увидели родители»: every parent's phone in files that need no server.

First what goes in (Parent, Place, FeedLook), then what the templates draw (Phone, Screen, Message),
then how the one becomes the other. Pictures and documents lie beside the page, once for each digest.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import count, groupby
from pathlib import Path, PurePath

import nh3
from babel.dates import format_date
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from broadcaster.i18n import _, ngettext
from broadcaster.sandbox.phone import Shown, ShownFile

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "web" / "gallery"

LABELS: Mapping[str, str] = {
    "telegram": "Telegram",
    "vk": _("ВКонтакте"),
    "email": _("Почта"),
    "max": "MAX",
    "site": _("Сайт"),
}
"""What people call each channel; an unknown one goes by its own name."""

PHOTOS: Mapping[str, str] = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
}
"""Pictures that a page may show: no SVG, which may carry scripts."""

PAPERS = frozenset(
    ".csv .doc .docx .ics .mp3 .mp4 .odt .ogg .pdf .ppt .pptx .rtf .txt .xls .xlsx .zip".split()
)
"""Endings that a double click may open; everything else is stored as `.bin`."""


@dataclass(frozen=True, slots=True)
class Parent:
    """One guardian. `addresses` are by channel; `unreached` says why no copy came, as a sentence."""

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
    """The site's feed as a reader's program shows it, newest first."""

    title: str
    entries: tuple[FeedEntry, ...]


class Look(StrEnum):
    """What a screen resembles."""

    TELEGRAM = "telegram"
    VK = "vk"
    WALL = "wall"
    MAIL = "mail"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Link:
    """A stored file as a page refers to it; `size` is in words, `kind` the ending in capitals."""

    name: str
    href: str
    size: str
    kind: str
    is_photo: bool


@dataclass(frozen=True, slots=True)
class Message:
    """One bubble, post or letter.

    `body` is clean HTML, empty where only `text` came; `document` is a whole page for an iframe.
    """

    at: datetime
    day: str
    text: str
    body: Markup
    document: str
    subject: str
    sender: str
    photos: tuple[Link, ...]
    papers: tuple[Link, ...]
    buttons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """One program open on a phone."""

    channel: str
    label: str
    look: Look
    address: str
    title: str
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Phone:
    """A person or destination with its screens; `opened` is the number of the one in front."""

    number: int
    name: str
    children: tuple[str, ...]
    unreached: str
    screens: tuple[Screen, ...]

    @property
    def opened(self) -> int:
        """The first screen with anything on it, else the first."""
        return next((n for n, screen in enumerate(self.screens) if screen.messages), 0)

    @property
    def channels(self) -> tuple[str, ...]:
        """Where anything has come."""
        return tuple(screen.channel for screen in self.screens if screen.messages)


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of the feed, ready to show."""

    title: str
    day: str
    at: datetime
    link: str
    body: Markup
    photos: tuple[Link, ...]
    papers: tuple[Link, ...]


class Shelf:
    """Files by name, one for each digest; `prefix` is what a page writes before the name."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._files: dict[str, ShownFile] = {}

    def link(self, file: ShownFile) -> Link:
        """Keep the file and say how a page refers to it."""
        name = stored_name(file)
        self._files.setdefault(name, file)
        kind = PurePath(file.name).suffix.removeprefix(".").upper()[:4]
        is_photo = file.media_type in PHOTOS
        size = size_in_words(len(file.content))
        return Link(file.name, f"{self._prefix}{name}", size, kind, is_photo)

    def links(self, files: Iterable[ShownFile]) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
        """The pictures among the files, and the rest."""
        links = [self.link(file) for file in files]
        photos = tuple(link for link in links if link.is_photo)
        return photos, tuple(link for link in links if not link.is_photo)

    def get(self, name: str) -> ShownFile | None:
        """The file kept under this name, None when there is none."""
        return self._files.get(name)

    def clear(self) -> None:
        """Forget every file."""
        self._files.clear()

    def write(self, folder: Path) -> None:
        """Put the files into `folder`, leaving those that lie there already."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, file in self._files.items():
            if not (folder / name).exists():
                (folder / name).write_bytes(file.content)


def write_gallery(
    path: Path,
    parents: Sequence[Parent],
    shown: Sequence[Shown],
    feed: FeedLook | None,
    *,
    school: str,
    places: Sequence[Place] = (),
) -> None:
    """Write the page to `path` and what it shows into `<stem>_files` beside it; raises OSError.

    What came to no parent's address came to a destination; `places` names those the school knows.
    """
    folder = path.parent / f"{path.stem}_files"
    shelf = Shelf(f"{folder.name}/")
    arrived = by_address(shown)
    phones, destinations = all_phones(parents, places, arrived, shelf=shelf, school=school)
    page = templates().get_template("gallery.html").render(
        school=school,
        assets=f"{folder.name}/",
        phones=[phone for phone in phones if phone.channels or not phone.unreached],
        unreached=[phone for phone in phones if phone.unreached],
        destinations=destinations,
        feed=feed,
        entries=[feed_entry(entry, shelf) for entry in feed.entries] if feed else [],
        counts=channel_counts((*phones, *destinations)),
        written=datetime.now().astimezone(),
    )
    shelf.write(folder)
    for asset in ("gallery.css", "gallery.js"):
        (folder / asset).write_bytes((TEMPLATES / asset).read_bytes())
    path.write_text(page, encoding="utf-8")


def templates() -> ImmutableSandboxedEnvironment:
    """The gallery's templates; the sandbox's live pages use them as well."""
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_=_, ngettext=ngettext, label=label)
    environment.filters["plainly"] = plainly
    return environment


def label(channel: str) -> str:
    """What people call a channel."""
    return LABELS.get(channel, channel)


def by_address(shown: Iterable[Shown]) -> dict[tuple[str, str], list[Shown]]:
    """What arrived, in order of arrival, by platform and address."""
    arrived: dict[tuple[str, str], list[Shown]] = defaultdict(list)
    for message in sorted(shown, key=lambda message: message.at):
        arrived[message.platform, message.address].append(message)
    return arrived


def all_phones(
    parents: Sequence[Parent],
    places: Sequence[Place],
    arrived: Mapping[tuple[str, str], Sequence[Shown]],
    *,
    shelf: Shelf,
    school: str,
) -> tuple[list[Phone], list[Phone]]:
    """The parents' phones in the order given, and those of destinations: named ones, then the rest."""
    numbers = count(1)
    phones = [
        Phone(
            next(numbers),
            parent.name,
            parent.children,
            parent.unreached,
            tuple(
                screen(channel, address, arrived.get((channel, address), ()), shelf, title=school)
                for channel, address in parent.addresses.items()
            ),
        )
        for parent in parents
    ]
    personal = {at for parent in parents for at in parent.addresses.items()}
    names = {(place.channel, place.address): place.name for place in places}
    others = dict.fromkeys([*names, *arrived])
    destinations = [
        destination(next(numbers), at, names.get(at, at[1]), arrived.get(at, ()), shelf)
        for at in others
        if at not in personal and at[0] != "site"
    ]
    return phones, destinations


def destination(
    number: int, at: tuple[str, str], name: str, shown: Sequence[Shown], shelf: Shelf
) -> Phone:
    """A wall, channel or group as somebody who reads it sees it."""
    return Phone(number, name, (), "", (screen(*at, shown, shelf, title=name),))


def screen(channel: str, address: str, shown: Sequence[Shown], shelf: Shelf, *, title: str) -> Screen:
    """One program with everything that came to an address; the items of an album are one message."""
    albums = groupby(enumerate(shown), lambda item: item[1].album or item[0])
    messages = tuple(message([item for _n, item in group], shelf) for _key, group in albums)
    return Screen(channel, label(channel), look_of(channel, address), address, title, messages)


def look_of(channel: str, address: str) -> Look:
    """What the screen of an address resembles; VK's walls belong to communities, below zero."""
    match channel:
        case "telegram":
            return Look.TELEGRAM
        case "vk":
            return Look.WALL if address.startswith("-") else Look.VK
        case "email":
            return Look.MAIL
        case _:
            return Look.CHAT


def message(items: Sequence[Shown], shelf: Shelf) -> Message:
    """One bubble for one message or the items of one album, whose words stand under one of them."""
    worded = next((item for item in items if item.text or item.html), items[0])
    photos, papers = shelf.links(file for item in items for file in item.files)
    is_letter = look_of(worded.platform, worded.address) is Look.MAIL
    at = items[0].at.astimezone()
    return Message(
        at=at,
        day=day(at),
        text=worded.text,
        body=Markup("") if is_letter else clean_chat(worded.html),
        document=letter_page(worded.html) if is_letter and worded.html else "",
        subject=worded.subject,
        sender=header(worded.headers, "From"),
        photos=photos,
        papers=papers,
        buttons=tuple(label for item in items for label in item.buttons),
    )


def feed_entry(entry: FeedEntry, shelf: Shelf) -> Entry:
    """An item of the feed with its files stored and its HTML clean."""
    photos, papers = shelf.links(entry.files)
    at = entry.at.astimezone()
    body = Markup(nh3.clean(entry.html, tags=nh3.ALLOWED_TAGS - {"img"}))  # noqa: S704 - just cleaned
    link = entry.link if entry.link.startswith(("http://", "https://")) else ""
    return Entry(entry.title, day(at), at, link, body, photos, papers)


def channel_counts(phones: Iterable[Phone]) -> dict[str, int]:
    """How many messages came over each channel."""
    counts: dict[str, int] = defaultdict(int)
    for phone in phones:
        for shown in phone.screens:
            counts[shown.channel] += len(shown.messages)
    return dict(counts)
