"""The site in the shared suite: its platform is a folder, read back the way a subscriber does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from time import struct_time
from typing import Self

import feedparser

from broadcaster.contract import Channel, Deferred, Reason, Turnstile, Uploads
from broadcaster.sandbox.faults import Fault, FaultKind, FaultScript
from broadcaster.sandbox.phone import Inbox, Platform, Shown
from channels.site import Site
from tests.contract.row import Ability, Row, Trouble

NO_SERVER = "a folder: nobody answers, limits or refuses"
PUBLIC = "a page for everybody: nobody can block it, leave it or be missing"


class SiteFolder:
    """A platform that is a folder; `inbox` is what the sections' feeds show."""

    name = "site"
    base_url = "http://127.0.0.1/site/"

    def __init__(self) -> None:
        self._home = TemporaryDirectory()
        self.folder = Path(self._home.name)
        self.faults: FaultScript = Disk(self.folder)
        self.inbox: Inbox = Subscriber(self.folder)
        self.calls: dict[str, int] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *failure: object) -> None:
        self._home.cleanup()


class Disk(FaultScript):
    """A disk with a fault does not let the items be written."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._items = folder / "items"

    def add(self, *faults: Fault) -> None:
        if faults:
            self._items.write_text("a file where a folder should be")

    def clear(self) -> None:
        self._items.unlink(missing_ok=True)


class Subscriber(Inbox):
    """Reads every section's feed, each time anew."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def all(self) -> tuple[Shown, ...]:
        feeds = sorted(self._folder.glob("s/*/feed.rss"))
        return tuple(shown for feed in feeds for shown in entries(feed))


def entries(feed: Path) -> Iterator[Shown]:
    """What one section's feed shows, oldest first."""
    for entry in reversed(feedparser.parse(feed.read_bytes()).entries):
        html = entry.content[0].value
        yield Shown(
            platform="site",
            address=feed.parent.name,
            at=moment(entry.published_parsed),
            ids={"guid": entry.id},
            text=unescape(re.sub(r"<[^>]+>", "", html)),
            html=html,
            subject=entry.title,
        )


def moment(parsed: struct_time) -> datetime:
    return datetime(*parsed[:6], tzinfo=UTC)


def channel(
    platform: Platform,
    turnstile: Turnstile,
    uploads: Uploads,
    patience: float,
) -> Channel:
    assert isinstance(platform, SiteFolder)
    config = Site.Config(
        folder=platform.folder,
        public_url=platform.base_url,
        title="Школа № 5",
        description="Объявления школы",
    )
    return Site(config, turnstile=turnstile, uploads=uploads)


row = Row(
    name="site",
    platform=SiteFolder,
    channel=channel,
    address="kapelki",
    another="lastochki",
    max_text=20_000,
    secrets=(),
    spellings={" Kapelki ": "kapelki", "FEED": "feed", "3B": "3b", "1-a": "1-a"},
    junk=("3б", "a b", "../a", "a/b", "-", "a--b", "https://school.example/", "a" * 41),
    troubles=(
        Trouble(
            fault=Fault(FaultKind.SERVER_ERROR, times=None),
            outcome=Deferred,
            reason=Reason.SERVER_ERROR,
        ),
    ),
    absent={
        FaultKind.RATE_LIMIT: NO_SERVER,
        FaultKind.SLOW: NO_SERVER,
        FaultKind.DROP: NO_SERVER,
        FaultKind.CUT: NO_SERVER,
        FaultKind.GARBAGE: NO_SERVER,
        FaultKind.BAD_TOKEN: NO_SERVER,
        FaultKind.MIGRATED: NO_SERVER,
        FaultKind.DEFER: NO_SERVER,
        Ability.QUESTION: NO_SERVER,
        FaultKind.CONTENT: NO_SERVER,
        FaultKind.BLOCKED: PUBLIC,
        FaultKind.GONE: PUBLIC,
        FaultKind.LOST: PUBLIC,
        Ability.CONNECTION: NO_SERVER,
        Ability.CREDENTIALS: NO_SERVER,
        Ability.PARTS: "two texts of one announcement are one page",
    },
)
