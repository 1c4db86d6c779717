"""What an author should know before she releases an announcement; none of it is decided for her."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from broadcaster.contract import Attachment, Capability, DataClass, Markup, Traits


class Level(IntEnum):
    """How much a caution matters: nothing can be sent, look again, good to know."""

    STOP = 0
    WARN = 1
    NOTE = 2


class Kind(StrEnum):
    """Everything there is to be said; each has its words in `services.proofreading`."""

    NO_TITLE = "no_title"
    NO_BODY = "no_body"
    NOWHERE = "nowhere"
    CHANNEL_OFF = "channel_off"
    NO_KEY = "no_key"
    NAMES = "names"
    HOLES = "holes"
    NOT_TRUSTED = "not_trusted"
    MORE_UNSEEN = "more_unseen"
    FILES_TOO_LARGE = "files_too_large"
    FILES_REFUSED = "files_refused"
    FILES_TOO_MUCH = "files_too_much"
    FILES_NOT_CARRIED = "files_not_carried"
    PHOTOS_AS_FILES = "photos_as_files"
    CAPTION = "caption"
    PARTS = "parts"
    LINK_IN_CLEAR = "link_in_clear"
    LINK_TO_NUMBERS = "link_to_numbers"
    LINK_IN_DISGUISE = "link_in_disguise"
    NO_DESCRIPTION = "no_description"


LEVELS: Mapping[Kind, Level] = {
    Kind.NO_TITLE: Level.STOP,
    Kind.NO_BODY: Level.STOP,
    Kind.NOWHERE: Level.STOP,
    Kind.CHANNEL_OFF: Level.WARN,
    Kind.NO_KEY: Level.WARN,
    Kind.NAMES: Level.WARN,
    Kind.HOLES: Level.NOTE,
    Kind.NOT_TRUSTED: Level.NOTE,
    Kind.MORE_UNSEEN: Level.WARN,
    Kind.FILES_TOO_LARGE: Level.WARN,
    Kind.FILES_REFUSED: Level.WARN,
    Kind.FILES_TOO_MUCH: Level.WARN,
    Kind.FILES_NOT_CARRIED: Level.WARN,
    Kind.PHOTOS_AS_FILES: Level.WARN,
    Kind.CAPTION: Level.NOTE,
    Kind.PARTS: Level.NOTE,
    Kind.LINK_IN_CLEAR: Level.WARN,
    Kind.LINK_TO_NUMBERS: Level.WARN,
    Kind.LINK_IN_DISGUISE: Level.WARN,
    Kind.NO_DESCRIPTION: Level.NOTE,
}


@dataclass(frozen=True, slots=True)
class Caution:
    """One thing to know; `channel` is empty when it is true of the announcement as a whole.

    `names` are people, files or addresses, `channels` those that will not carry the text, `number`
    counts messages, `limit` is the channel's, in characters or bytes.
    """

    kind: Kind
    channel: str = ""
    names: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    number: int = 0
    limit: int = 0

    @property
    def level(self) -> Level:
        """How much it matters."""
        return LEVELS[self.kind]


@dataclass(frozen=True, slots=True)
class Way:
    """One channel that the announcement is meant for, and what it would become there.

    `on` says that the channel is switched on, `asked_for` that the author chose it by name. `parts`
    are its messages and `length` the characters in all of them; 0 when none can be made.
    """

    name: str
    traits: Traits
    carries: DataClass
    on: bool = True
    asked_for: bool = False
    has_key: bool = True
    parts: int = 0
    length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where a link leads and what a reader sees of it."""

    address: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a draft; `names` are people of the roll whom its text names.

    `has_more` says that it has something for the site alone, `has_site` that its audience has a
    place there.
    """

    has_title: bool = True
    has_body: bool = True
    has_more: bool = False
    has_site: bool = True
    speaks_to_one: bool = False
    data_class: DataClass = DataClass.PUBLIC
    names: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    files: tuple[Attachment, ...] = ()
    ways: tuple[Way, ...] = ()


def cautions(facts: Facts) -> tuple[Caution, ...]:
    """Everything to know about a draft, the gravest first."""
    found = [
        *_emptiness(facts),
        *_secrecy(facts),
        *_links(facts.links),
        *_pictures(facts.files),
        *(caution for way in facts.ways for caution in _way(way, facts.files)),
    ]
    return tuple(sorted(found, key=lambda caution: caution.level))


def _emptiness(facts: Facts) -> Iterator[Caution]:
    if not facts.has_title:
        yield Caution(Kind.NO_TITLE)
    if not facts.has_body:
        yield Caution(Kind.NO_BODY)


def _secrecy(facts: Facts) -> Iterator[Caution]:
    """Who will not get a text because of what it tells about people."""
    personal = bool(facts.names) or facts.speaks_to_one
    data_class = DataClass.PERSONAL if personal else facts.data_class
    open_ways = [way for way in facts.ways if way.on]
    off = tuple(way.name for way in open_ways if way.carries < data_class)
    if facts.names:
        yield Caution(Kind.NAMES, names=facts.names, channels=off)
    if facts.speaks_to_one:
        yield Caution(Kind.HOLES, channels=off)
    if off and not personal:
        yield Caution(Kind.NOT_TRUSTED, channels=off)
    sites = [way for way in open_ways if way.traits.markup is Markup.SITE and way.name not in off]
    if facts.has_more and not (sites and facts.has_site):
        yield Caution(Kind.MORE_UNSEEN)
    if len(off) == len(open_ways):
        yield Caution(Kind.NOWHERE)


def _links(links: Sequence[Link]) -> Iterator[Caution]:
    kinds = {link.address: (kind, link) for link in links if (kind := doubt(link)) is not None}
    for kind in (Kind.LINK_IN_CLEAR, Kind.LINK_TO_NUMBERS, Kind.LINK_IN_DISGUISE):
        if doubtful := tuple(address for address, (why, _link) in kinds.items() if why is kind):
            yield Caution(kind, names=doubtful)


def doubt(link: Link) -> Kind | None:
    """What is doubtful about where a link leads; None when nothing is."""
    try:
        parts = urlsplit(link.address)
        host = parts.hostname or ""
    except ValueError:
        return Kind.LINK_IN_DISGUISE
    if parts.scheme.lower() not in {"http", "https"}:
        return None
    if _is_number(host):
        return Kind.LINK_TO_NUMBERS
    if "@" in parts.netloc or _says_another(link.label, host):
        return Kind.LINK_IN_DISGUISE
    return Kind.LINK_IN_CLEAR if parts.scheme.lower() == "http" else None


_HOST = re.compile(r"(?:https?://)?((?:[\w-]+\.)+[^\W\d_]{2,})(?:[/?#:]\S*)?", re.IGNORECASE)


def _says_another(label: str, host: str) -> bool:
    """Whether the words of a link are an address, and of another place."""
    said = _HOST.fullmatch(label.strip())
    return said is not None and _bare(said[1]) != _bare(host)


def _bare(host: str) -> str:
    host = host.lower().removeprefix("www.").rstrip(".")
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return host.isdecimal() or host.startswith("0x")
    return True


def _pictures(files: Sequence[Attachment]) -> Iterator[Caution]:
    if bare := tuple(file.name for file in files if file.is_photo and not file.title.strip()):
        yield Caution(Kind.NO_DESCRIPTION, names=bare)


def _way(way: Way, files: Sequence[Attachment]) -> Iterator[Caution]:
    """What is to be known of one channel; nothing of one that is off and not asked for."""
    if not way.on:
        if way.asked_for:
            yield Caution(Kind.CHANNEL_OFF, way.name)
        return
    if not way.has_key:
        yield Caution(Kind.NO_KEY, way.name)
    yield from _files(way, files)
    if way.parts > 1:
        by_caption = bool(files) and 0 < way.length <= way.traits.max_text
        limit = way.traits.max_caption if by_caption else way.traits.max_text
        kind = Kind.CAPTION if by_caption else Kind.PARTS
        yield Caution(kind, way.name, number=way.parts, limit=limit)


def _files(way: Way, files: Sequence[Attachment]) -> Iterator[Caution]:
    if not files:
        return
    if Capability.ATTACHMENTS not in way.traits.capabilities:
        yield Caution(Kind.FILES_NOT_CARRIED, way.name)
        return
    refused = way.traits.refused_types
    if strange := tuple(file.name for file in files if file.media_type in refused):
        yield Caution(Kind.FILES_REFUSED, way.name, names=strange)
        files = [file for file in files if file.media_type not in refused]
    limit, small = way.traits.max_attachment, way.traits.max_photo
    if large := _larger(files, limit):
        yield Caution(Kind.FILES_TOO_LARGE, way.name, names=large, limit=limit)
    carried = way.traits.carried(files)
    if over := tuple(file.name for file in files if file not in carried and file.name not in large):
        limit = way.traits.max_all_attachments
        yield Caution(Kind.FILES_TOO_MUCH, way.name, names=over, limit=limit)
    photos = [file for file in carried if file.is_photo]
    if plain := _larger(photos, small):
        yield Caution(Kind.PHOTOS_AS_FILES, way.name, names=plain, limit=small)


def _larger(files: Sequence[Attachment], limit: int) -> tuple[str, ...]:
    """The names of files over a limit; 0 is no limit."""
    return tuple(file.name for file in files if 0 < limit < file.size)
