"""Broadcaster's report of one announcement: its page, or its copies as CSV, inside this process."""

from __future__ import annotations

import time
from typing import Any

import django
from django.conf import settings
from django.test import Client

django.setup()

from benchmarks.child import peak  # noqa: E402
from benchmarks.stopwatch import stopwatch  # noqa: E402
from broadcaster.store.models import Staff  # noqa: E402

TENTH = 10
COUNTING = b'id="counting-title"'
"""What the page has in place of its figures while they are counted."""


def run(*, announcement: str, requests: int = 0, rows: int = 0) -> dict[str, Any]:
    """Milliseconds of the `first` request of the page, after which it was `counted`, and of as many
    `requests` more; or figures of the CSV."""
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client(raise_request_exception=True)
    client.force_login(
        Staff.objects.get().user, backend="django.contrib.auth.backends.ModelBackend"
    )
    client.get("/account/login", secure=True)  # what a web server has loaded long ago
    path = f"/announcements/{announcement}/"
    return _csv(client, path, rows) if rows else _page(client, path, requests)


def _page(client: Client, path: str, requests: int) -> dict[str, Any]:
    with stopwatch() as whole:
        with stopwatch() as first:
            page = client.get(path, secure=True)
        while COUNTING in page.content:
            time.sleep(0.1)
            page = client.get(path, secure=True)
    laps, cpu = [], []
    for _ in range(requests):
        with stopwatch() as lap:
            page = client.get(path, secure=True)
        assert page.status_code == 200, page.status_code
        laps.append(lap.seconds * 1000)
        cpu.append(lap.cpu * 1000)
    return {
        "first": first.seconds * 1000,
        "counted": whole.seconds * 1000,
        "laps": laps,
        "cpu": cpu,
    }


def _csv(client: Client, path: str, rows: int) -> dict[str, Any]:
    """What the browser gets is thrown away; the peak of memory after a tenth, and at the end."""
    read, size, tenth = -1, 0, 0  # the first line is the header
    with stopwatch() as lap:
        for piece in client.get(f"{path}copies.csv", secure=True):
            read += piece.count(b"\r\n")
            size += len(piece)
            if not tenth and read * TENTH >= rows:
                tenth = peak()
    return {
        "rows": read,
        "size": size,
        "seconds": lap.seconds,
        "cpu": lap.cpu,
        "tenth": tenth,
    }
