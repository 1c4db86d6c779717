"""Workers that die at random moments of a broadcast over all channels."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from tests.faults.flight import orphaned
from tests.faults.installation import Installation, Kind
from tests.faults.scene import Stage, scene
from tests.faults.school_file import SLOW
from tests.faults.traffic import Traffic

KILLS = 50
"""Of one scene; there are two of them on each kind, two hundred kills together."""
BLIND = 0.2
"""Of so many kills the moment does not depend on whether anything moves."""
LANES: Mapping[str, Any] = {
    "channels": {name: {"lanes": 2} for name in ("email", "telegram", "vk", "site")}
}
"""With two workers each channel has two lanes, so that both are at work."""


def _random(stage: Stage) -> None:
    kills = stage.times(KILLS, 3)
    several = stage.kind is Kind.POSTGRESQL
    with stage.installation(limits=SLOW, settings=LANES if several else {}) as school:
        traffic = Traffic(school)
        traffic.start()
        flown: set[int] = set()
        for number in range(kills):
            flown |= _kill(stage, school, traffic, number)
        stage.close(
            school,
            "kill -9 of a worker at random moments, all channels at once",
            kills,
            in_flight=len(flown),
            remark=f"{len(flown)} copies on record as handed over at the kills",
        )


def _kill(stage: Stage, school: Installation, traffic: Traffic, number: int) -> set[int]:
    """Kill one worker and start it again; which copies it had with platforms that cannot refuse."""
    traffic.keep()
    if stage.random.random() < BLIND:
        time.sleep(stage.random.uniform(0, 4))
    else:
        traffic.flows()
        time.sleep(stage.random.uniform(0, 0.8))
    worker = stage.random.choice(school.workers)
    worker.kill()
    flown = orphaned(school)
    worker.start()
    stage.say(f"kill {number + 1} of {worker.name}: {len(flown)} were handed over")
    return flown


for place in ("first", "second"):
    _play = partial(_random)
    _play.__module__, _play.__name__ = __name__, place  # type: ignore[attr-defined]
    scene("kill -9 of a worker at random moments", weight=400, quick=place == "first")(_play)
