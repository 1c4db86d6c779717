"""Publish a batch, renew the site, withdraw an announcement; one publisher at a time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from broadcaster.contract import Accepted, Deferred, Envelope, Outcome, Part, Reason
from channels.site.build import build
from channels.site.config import SiteConfig
from channels.site.folder import bring, find, holdings, item_file, keep, locked
from channels.site.item import Item

log = logging.getLogger(__name__)


def publish(
    config: SiteConfig, envelopes: Sequence[Envelope], *, now: datetime
) -> list[tuple[Envelope, Outcome]]:
    """Put a batch on the site and make feeds and pages anew once.

    A copy whose files cannot be had is deferred alone; when the site cannot be made, all are.
    Doing it again changes nothing.
    """
    try:
        with locked(config.folder):
            outcomes = [(envelope, _shelve(config, envelope, now)) for envelope in envelopes]
            build(config, holdings(config.folder))
    except OSError as error:
        return [(envelope, _deferred(error)) for envelope in envelopes]
    log.info("site.published", extra={"copies": len(envelopes)})
    return outcomes


def renew(config: SiteConfig) -> None:
    """Make feeds and pages anew: the configuration or the templates may have changed.

    A site without announcements gets its empty pages and feeds, so that it can be linked to.
    Raises OSError.
    """
    with locked(config.folder):
        build(config, holdings(config.folder))


def withdraw(config: SiteConfig, guid: str) -> bool:
    """Take an announcement, its page and its files off the site; say whether it was there.

    Readers of feeds keep what they have fetched. Raises OSError.
    """
    with locked(config.folder):
        file = item_file(config.folder, guid)
        was_there = file.exists()
        file.unlink(missing_ok=True)
        build(config, holdings(config.folder))
    log.info("site.withdrawn", extra={"was_there": was_there})
    return was_there


def _shelve(config: SiteConfig, envelope: Envelope, now: datetime) -> Outcome:
    try:
        item = _keep(config, envelope, now)
    except OSError as error:
        return _deferred(error)
    return Accepted((Part(0, {"guid": item.guid, "url": config.url(item.path)}),))


def _keep(config: SiteConfig, envelope: Envelope, now: datetime) -> Item:
    content = envelope.content
    item = Item.of(content, section=envelope.address, now=now)
    for attachment, file in zip(content.attachments, item.files, strict=True):
        bring(attachment.path, config.folder / "files" / file.digest / file.name)
    item = item.after(find(config.folder, item.guid))
    keep(config.folder, item)
    return item


def _deferred(error: OSError) -> Deferred:
    """A full or read-only disk, a busy lock, a missing file: later it may do."""
    return Deferred(Reason.SERVER_ERROR, detail=error.strerror or type(error).__name__)
