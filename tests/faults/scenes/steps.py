"""A worker dies at every named step of a copy's life, on each channel."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial

from tests.faults.installation import Installation, Release
from tests.faults.parts import until
from tests.faults.scene import IN_FLIGHT, Stage, scene

STEPS: Mapping[str, tuple[int, bool]] = {
    "before claim": (1, False),
    "after claim": (1, False),
    "before hand-over": (1, False),
    "handed over": (1, True),
    "in flight": (1, True),
    "after the answer": (2, True),
    "before recording": (1, True),
    "not committed": (1, True),
    "after recording": (2, True),
}
"""Step → at which call of it the worker dies, and whether copies may be with the platform then."""
QUICK = ("after claim", "in flight", "after recording")
FAMILIES = {"email": 400, "telegram": 60, "vk": 500, "site": 6}
"""More than may be with the platform at once, so that the bound shows."""
SILENCE = 20.0
"""Seconds for which a platform keeps its answer back, so that its request is in flight."""


def _steps(stage: Stage, channel: str) -> None:
    """One broadcast a step; each is let go when the one before has settled by itself."""
    with stage.installation() as school:
        group = school.enrol(channel, FAMILIES[channel])
        for step in QUICK if stage.quick else STEPS:
            die = _in_flight if step == "in flight" and channel != "site" else _trapped
            released = die(school, group, step)
            bound = IN_FLIGHT[channel] if STEPS[step][1] else 0
            stage.close(school, f"kill -9 {step} · {channel}", 1, released, in_flight=bound)


def _trapped(school: Installation, group: str, step: str) -> Release:
    """The worker kills itself when it passes the step."""
    sprung = school.lay_trap(step, group, STEPS[step][0])
    released = school.release(group)
    until(sprung.exists, f"a worker passes «{step}» on {group}", meanwhile=school.tend)
    return released


def _in_flight(school: Installation, channel: str, step: str) -> Release:
    """The platform has the request and is silent; whoever waits for its answer is killed."""
    school.platforms.ask("fault", platform=channel, kind="slow", seconds=SILENCE)
    before = school.platforms.ask("count")[channel]
    released = school.release(channel)
    until(
        lambda: school.platforms.ask("count")[channel] > before,
        f"a request is in flight on {channel}",
        meanwhile=school.tend,
        every=0.02,
    )
    time.sleep(0.3)  # all that the silence does not hold up has its answer by now
    for worker in school.workers:
        worker.kill()
    school.platforms.ask("behave", platform=channel)
    return released


for name in IN_FLIGHT:
    _play = partial(_steps, channel=name)
    _play.__module__, _play.__name__ = __name__, name  # type: ignore[attr-defined]
    scene(f"kill -9 at every step · {name}", weight=100, quick=name != "site")(_play)
