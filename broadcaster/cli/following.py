"""Following a sending: one bar a channel until nothing more happens by itself."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from broadcaster.cli.doors import worker_awake
from broadcaster.cli.output import out, short, warn
from broadcaster.domain.reasons import Hold
from broadcaster.domain.states import UNDERWAY
from broadcaster.i18n import _
from broadcaster.services.follow import progress
from broadcaster.store.models import Delivery
from broadcaster.words import channel_word

LOOK_EVERY = 0.25
FAR = timedelta(seconds=30)
"""A copy that rests longer is reported as waiting, not waited for."""
WORKER_PATIENCE = 10.0
"""Seconds in which a worker that has just been started shows life."""


def follow(announcement: UUID, *, quiet: bool, deadline: float = 3600.0) -> None:
    """Show progress until every copy is decided or rests for long; at most `deadline` seconds.

    Returns early when no worker shows life.
    """
    ends = time.monotonic() + deadline
    try:
        with _bars(quiet=quiet) as bars:
            tasks: dict[str, TaskID] = {}
            began = time.monotonic()
            while True:
                _draw(bars, tasks, announcement)
                if not _moving(announcement) or time.monotonic() > ends:
                    return
                if time.monotonic() - began > WORKER_PATIENCE and not worker_awake():
                    return
                time.sleep(LOOK_EVERY)
    except KeyboardInterrupt:
        words = _("Отправка идёт дальше и без этого окна. Отчёт: broadcaster report {id}")
        warn(words.format(id=short(announcement)))
        raise


def _bars(*, quiet: bool) -> Progress:
    return Progress(
        TextColumn("{task.description:<12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=out,
        disable=quiet,
    )


def _draw(bars: Progress, tasks: dict[str, TaskID], announcement: UUID) -> None:
    """Bring the bars up to date; a channel that takes over for another gets a bar of its own."""
    for line in progress(announcement):
        if line.channel not in tasks:
            tasks[line.channel] = bars.add_task(channel_word(line.channel))
        bars.update(tasks[line.channel], completed=line.decided, total=line.total)


def _moving(announcement: UUID) -> bool:
    soon = datetime.now(UTC) + FAR
    open_copies = Delivery.objects.filter(announcement=announcement, state__in=UNDERWAY)
    return open_copies.filter(due_at__lte=soon).exclude(reason=Hold.PAUSED).exists()
