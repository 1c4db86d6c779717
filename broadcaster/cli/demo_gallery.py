"""What every parent of the sample school saw, gathered from the sandbox and the site's own feed."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from urllib.request import urlopen
from uuid import UUID

from broadcaster.bootstrap import office
from broadcaster.cli.clock import school_time
from broadcaster.cli.playground import Playground
from broadcaster.cli.reporting import tried
from broadcaster.sandbox.gallery import FeedEntry, FeedLook, Parent, Place, write_gallery
from broadcaster.store.models import Destination, Guardian
from broadcaster.store.queries.reports import unreached

PATIENCE = 10.0
"""Seconds for the feed to answer."""


def write_demo_gallery(file: Path, announcement: UUID, playground: Playground, feed: str) -> None:
    """Write the page; the feed is read over its socket, as a parent's program would."""
    school_time(office().school.time_zone)
    write_gallery(
        file,
        _parents(announcement),
        playground.shown(),
        _feed(feed),
        school=office().school.name,
        places=_places(),
    )


def _parents(announcement: UUID) -> list[Parent]:
    missed = {one.guardian: tried(one.tries) for one in unreached(announcement)}
    guardians = Guardian.objects.prefetch_related("pupils", "addresses").order_by("name")
    return [
        Parent(
            name=guardian.name,
            children=tuple(pupil.name for pupil in guardian.pupils.all()),
            addresses={one.channel: one.value for one in guardian.addresses.all()},
            unreached=missed.get(guardian.pk, ""),
        )
        for guardian in guardians
    ]


def _places() -> list[Place]:
    return [Place(one.channel, one.value, one.title) for one in Destination.objects.all()]


def _feed(address: str) -> FeedLook:
    with urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310 - our own page on 127.0.0.1
        read = json.load(answer)
    entries = [
        FeedEntry(
            title=item["title"],
            at=datetime.fromisoformat(item["date_published"]),
            html=item["content_html"],
            link=item["url"],
        )
        for item in read["items"]
    ]
    return FeedLook(read["title"], address, tuple(entries))
