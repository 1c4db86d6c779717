"""A school's site in a temporary folder, and announcements for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import feedparser
from lxml import etree

from broadcaster.contract import Attachment, Content, Envelope, Outcome, Wording
from channels.site.config import SiteConfig
from channels.site.publish import publish

MORNING = datetime(2026, 9, 1, 5, 30, tzinfo=UTC)
URL = "https://school.example/news/"


def site(folder: Path, **changes: Any) -> SiteConfig:
    settings = {
        "folder": folder,
        "public_url": URL,
        "title": "Школа № 5",
        "description": "Объявления школы",
    }
    return SiteConfig(**(settings | changes))


def content(
    title: str = "Утренник",
    text: str = "Завтра утренник.",
    *,
    html: str | None = None,
    guid: str = "",
    files: Sequence[Attachment] = (),
    labels: Sequence[str] = (),
) -> Content:
    return Content(
        guid=guid or str(uuid4()),
        subject=Wording.plain(title),
        texts=(Wording.plain(text),),
        html=Wording.plain(f"<p>{text}</p>" if html is None else html),
        attachments=tuple(files),
        labels=tuple(labels),
    )


def envelope(what: Content, section: str = "feed") -> Envelope:
    return Envelope(uuid4(), section, what)


def put_up(config: SiteConfig, what: Content, section: str = "feed", *, after: int = 0) -> Outcome:
    """Publish one announcement `after` minutes past the morning."""
    now = MORNING + timedelta(minutes=after)
    [(_, outcome)] = publish(config, [envelope(what, section)], now=now)
    return outcome


def attachment(folder: Path, name: str = "меню.pdf", body: bytes = b"%PDF-1.7") -> Attachment:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / uuid4().hex
    path.write_bytes(body)
    kind = "image/png" if name.endswith(".png") else "application/pdf"
    return Attachment.of(path, kind, name=name)


def feed(config: SiteConfig, name: str = "feed.rss") -> Any:
    """A feed as a reader understands it; its bytes are well-formed and no parser complains."""
    body = (config.folder / name).read_bytes()
    etree.fromstring(body)
    read = feedparser.parse(body)
    assert not read.bozo, read.bozo_exception
    return read


def titles(config: SiteConfig, name: str = "feed.rss") -> list[str]:
    return [entry.title for entry in feed(config, name).entries]


def page(config: SiteConfig, path: str) -> str:
    return (config.folder / path).read_text(encoding="utf-8")
