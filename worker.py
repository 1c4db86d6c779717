"""The Celery application: `celery -A worker worker --with-schedule`. Queues, the schedule, no more.

Without REDIS_URL the broker is a folder under BROADCASTER_HOME and there must be one worker only,
because rate limits then live in its memory. Threads, not processes: a drain waits for sockets, and
a slow platform must not take a process away from the others.
"""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadcaster.settings")
# Django's checks import every page of the web, which a worker never shows.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

import django
from celery import Celery
from django.conf import settings

django.setup()

from broadcaster.config import load  # noqa: E402 - needs the settings above
from broadcaster.schedule import schedule_inside  # noqa: E402
from broadcaster.services.alarms import LOOK_EVERY  # noqa: E402

app = Celery("broadcaster", include=["broadcaster.tasks"])

REDIS_PATIENCE = 5.0
"""Seconds to wait for a Redis that is silent: whoever clicks waits for the bell to be taken."""


def _broker() -> dict[str, object]:
    if settings.REDIS_URL:
        return {
            "broker_url": settings.REDIS_URL,
            "broker_transport_options": {
                "socket_timeout": REDIS_PATIENCE,
                "socket_connect_timeout": REDIS_PATIENCE,
                "socket_keepalive": True,
            },
        }
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


config = load()
sweep_every = config.dispatch.sweep_every
lanes = sum(one.lanes for one in config.channels.values() if one.enabled)
app.conf.update(
    **_broker(),
    worker_pool="threads",
    worker_concurrency=max(8, lanes + 4),  # a sweep must not wait until a sending is over
    task_ignore_result=True,
    worker_hijack_root_logger=False,
    worker_enable_remote_control=False,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # a broker may be away for a night
    task_publish_retry=False,  # the next sweep makes up for a bell that was lost
    beat_scheduler="broadcaster.steady_beat:Scheduler",
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
schedule_inside(app)
app.set_default()
