"""A person shuts a channel or opens it again, and the audit log knows who."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from broadcaster.domain.actions import Action
from broadcaster.domain.alarms import Trouble
from broadcaster.domain.health import BY_HAND
from broadcaster.services.audit import Actor, record
from broadcaster.store.models import Alarm
from broadcaster.store.queries.health import queues
from broadcaster.store.queries.lanes import gate, open_channel, pause_channel

MENDED = (Trouble.CREDENTIALS, Trouble.NEEDS_PERSON, Trouble.HELD_LONG)
"""What is over when somebody opens a channel; it is told anew when it was not mended."""


def shut(channel: str, *, by: Actor, now: datetime) -> bool:
    """Keep a channel from sending until somebody opens it; False when it was shut already.

    What a worker has claimed is given back before the next batch; nothing is lost.
    """
    with transaction.atomic():
        changed = pause_channel(channel, now=now, reason=BY_HAND, detail="")
        if changed:
            record(by, Action.PAUSED, now=now, kind="channel", subject=channel)
    return changed


def reopen(channel: str, *, by: Actor, now: datetime) -> bool:
    """End a channel's pause and the platform's hold; False when there was neither."""
    with transaction.atomic():
        changed = gate(channel).shut_for(now) != 0
        if changed:
            open_channel(channel)
            Alarm.objects.filter(part=channel, kind__in=MENDED, until=None).update(until=now)
            record(by, Action.CHANNEL_REOPENED, now=now, kind="channel", subject=channel)
    return changed


def waiting(channel: str, *, now: datetime) -> int:
    """How many copies wait their turn on a channel."""
    return int(queues(now).get(channel, {}).get("waiting", 0))
