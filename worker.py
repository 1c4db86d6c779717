"""The Celery application: `celery -A worker worker -B`. Queues, beat's schedule, nothing else.

Without REDIS_URL the broker is a folder under BROADCASTER_HOME and there must be one worker only,
because rate limits then live in its memory. Threads, not processes: a drain waits for sockets, and
a slow platform must not take a process away from the others.
"""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadcaster.settings")

import django
from celery import Celery
from django.conf import settings

django.setup()

from broadcaster.config import load  # noqa: E402 - needs the settings above
from broadcaster.services.alarms import LOOK_EVERY  # noqa: E402

app = Celery("broadcaster", include=["broadcaster.tasks"])


def _broker() -> dict[str, object]:
    if settings.REDIS_URL:
        return {"broker_url": settings.REDIS_URL}
    folder = settings.HOME / "broker"
    for name in ("queue", "processed", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "broker_url": "filesystem://localhost",
        "broker_transport": "broadcaster.folder_broker:Transport",
        "broker_transport_options": {
            "data_folder_in": str(folder / "queue"),
            "data_folder_out": str(folder / "queue"),
            "processed_folder": str(folder / "processed"),
            "control_folder": str(folder / "control"),
            "store_processed": False,
            "polling_interval": 0.1,
        },
    }


sweep_every = load().dispatch.sweep_every
app.conf.update(
    **_broker(),
    worker_pool="threads",
    worker_concurrency=8,
    task_ignore_result=True,
    worker_hijack_root_logger=False,
    worker_enable_remote_control=False,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    beat_schedule_filename=str(settings.HOME / "beat"),
    beat_schedule={
        "sweep": {
            "task": "broadcaster.sweep",
            "schedule": sweep_every,
            "options": {"expires": max(sweep_every * 3, 10)},
        },
        "watch": {
            "task": "broadcaster.watch",
            "schedule": LOOK_EVERY,
            "options": {"expires": LOOK_EVERY},
        },
    },
)
app.set_default()
