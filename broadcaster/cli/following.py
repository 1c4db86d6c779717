"""Following a sending: one bar a channel until nothing more happens by itself."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from broadcaster.cli.output import out
from broadcaster.cli.words import channel_word
from broadcaster.domain.states import UNDERWAY
from broadcaster.services.follow import progress
from broadcaster.store.models import Delivery

LOOK_EVERY = 0.25
FAR = timedelta(seconds=30)
"""A copy that rests longer is reported as waiting, not waited for."""


def follow(announcement: UUID, *, quiet: bool, deadline: float = 3600.0) -> None:
    """Show progress until every copy is decided or rests for long; at most `deadline` seconds."""
    ends = time.monotonic() + deadline
    columns = (
        TextColumn("{task.description:<12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=out, disable=quiet) as bars:
        tasks = {
            line.channel: bars.add_task(channel_word(line.channel), total=line.total)
            for line in progress(announcement)
        }
        while True:
            for line in progress(announcement):
                if line.channel in tasks:
                    bars.update(tasks[line.channel], completed=line.decided, total=line.total)
            if not _moving(announcement) or time.monotonic() > ends:
                return
            time.sleep(LOOK_EVERY)


def _moving(announcement: UUID) -> bool:
    soon = datetime.now(UTC) + FAR
    open_copies = Delivery.objects.filter(announcement=announcement, state__in=UNDERWAY)
    return open_copies.filter(due_at__lte=soon).exclude(reason="paused").exists()
