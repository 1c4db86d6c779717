"""Broadcaster's web releasing announcements, one after the other, beside a worker that runs."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime
from typing import Any

from benchmarks import school
from broadcaster.bootstrap import office
from broadcaster.services.release import release
from broadcaster.web.bell import ring_for_release

LOOK_EVERY = 0.05
PATIENCE = 60.0
SWEEP = 2.0
"""Seconds between two sweeps: a release falls anywhere between them."""


def run(*, group: str, times: int, personal: bool = True) -> dict[str, Any]:
    """The moments at which each release was committed and had rung, and the announcements."""
    announcements, committed, rung = [], [], []
    chance = random.Random(times)
    for _ in range(times):
        one = school.write(office(), group, personal=personal)
        time.sleep(chance.uniform(0.0, SWEEP / 4))
        release(office(), one, now=datetime.now(UTC))
        committed.append(time.time())
        ring_for_release()
        rung.append(time.time())
        _wait(str(one))
        announcements.append(str(one))
    return {"announcements": announcements, "committed": committed, "rung": rung} | school.recorded(
        announcements
    )


def _wait(announcement: str) -> None:
    """Return when nothing waits any more."""
    deadline = time.monotonic() + PATIENCE
    while school.waiting([announcement]):
        if time.monotonic() > deadline:
            raise TimeoutError(announcement)
        time.sleep(LOOK_EVERY)
