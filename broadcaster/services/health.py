"""How everything is, from the database alone: quick, and without a word to any platform."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from broadcaster.domain.health import ChannelHealth, Health
from broadcaster.services.broker import broker_problem
from broadcaster.services.outlets import Office
from broadcaster.store.queries import health as facts
from broadcaster.store.queries.heartbeats import (
    CALENDAR_BROKEN,
    CALENDAR_SKIPPED,
    SWEEP,
    WORKER,
    beats,
)


def look(office: Office, now: datetime) -> Health:
    """Everything at `now`, in a fixed number of queries, however much has been sent.

    A worker lives when any of its parts does; a sweep runs in one.
    """
    seen = beats()
    disk = _disk(settings.HOME)
    return Health(
        at=now,
        channels=_channels(office, now),
        worker_at=max((seen[part] for part in (WORKER, SWEEP) if part in seen), default=None),
        sweep_at=seen.get(SWEEP),
        queue_problem=broker_problem(),
        disk_free=disk.free,
        disk_total=disk.total,
        set_aside_at=facts.set_aside(),
        calendar_broken_at=seen.get(CALENDAR_BROKEN),
        calendar_skipped_at=seen.get(CALENDAR_SKIPPED),
    )


def _channels(office: Office, now: datetime) -> list[ChannelHealth]:
    """The channels that are on, and those that copies still wait for."""
    queues, held = facts.queues(now), facts.held()
    parts = (facts.gates(), queues, held, facts.sent(now), facts.failed(now), facts.lanes(now))
    others = sorted({*queues, *held} - {*office.outlets, ""})
    return [
        ChannelHealth(name=name, on=name in office.outlets, **_of(name, parts))
        for name in (*office.outlets, *others)
    ]


def _of(channel: str, parts: Iterable[facts.Facts]) -> dict[str, Any]:
    """All that the parts know of a channel."""
    return {name: fact for part in parts for name, fact in part.get(channel, {}).items()}


def _disk(folder: Path) -> Any:
    """The disk of a folder, which need not be there yet."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder)
