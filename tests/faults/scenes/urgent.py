"""Urgent copies overtake a bulk that is loaded and draining at the platforms' real limits."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tests.faults.installation import Installation, Release
from tests.faults.parts import until
from tests.faults.scene import Stage, scene
from tests.faults.traffic import Traffic

BULK: Mapping[str, int] = {"email": 20_000, "telegram": 15_000, "vk": 15_000}
"""Fifty thousand copies of an ordinary announcement."""
URGENT = 10
"""Families of a class that is sent home, on each channel."""
TIMES = 3
AIM = 2.0
"""Seconds of platform time from the release to the last urgent copy."""


SPEEDS: Mapping[str, float] = {"email": 150.0, "telegram": 30.0, "vk": 20.0 * 25}
"""Copies a second that a platform takes: Telegram and VK at their limits, where one call of VK
carries 25 texts that name people; a modest mail server, or what this one has just taken.
"""
LATELY = 5.0
"""Seconds before a release in which the speed of the mail server is measured."""


@dataclass(frozen=True, slots=True)
class Lap:
    """How long urgent copies took on one channel.

    `seconds` are ours, on a machine that may be busy. `before` counts others that came after the
    release and before the last urgent copy, `own` the urgent ones, `speed` the copies that the
    platform takes a second, `left` the others that were still to come then.
    """

    seconds: float
    before: int
    own: int
    speed: float
    left: int

    @property
    def platform(self) -> float:
        """Seconds in which the platform takes what came before the last urgent copy, and those."""
        return (self.before + self.own) / self.speed

    def __str__(self) -> str:
        speed = f"{self.before:,} others at {self.speed:,.0f} a second"
        here = f"{self.seconds:.1f} s here; {self.left:,} of the bulk were still to come"
        return f"{self.platform:.2f} s of platform time, {speed}; {here}"


@scene("urgent copies overtake 50,000", weight=120, quick=False, alone=True)
def overtake(stage: Stage) -> None:
    """Telegram and VK at their limits of 30 and 20 requests a second, mail as fast as it goes."""
    limits = {"telegram": ["30/second"], "vk": ["20/second"]}
    with stage.installation(limits=limits) as school:
        groups = [school.enrol(name, URGENT, group=f"1А {name}") for name in BULK]
        Traffic(school, BULK).start()
        time.sleep(5.0)
        tries = [_urgent(school, groups) for _ in range(TIMES)]
        for name in BULK:
            _tell(stage, name, [(release, laps[name]) for release, laps in tries], school)


def _tell(
    stage: Stage,
    channel: str,
    tries: Sequence[tuple[Release, Lap]],
    school: Installation,
) -> None:
    """A row for a channel: the slowest of its releases decides, and each must have had a bulk."""
    mine = [
        replace(release, copies=tuple(one for one in release.copies if one.channel == channel))
        for release, _ in tries
    ]
    slowest = max((lap for _, lap in tries), key=lambda lap: lap.platform)
    also = [f"took {slowest.platform:.1f} s"] if slowest.platform > AIM else []
    also += [] if all(lap.left for _, lap in tries) else ["nothing was left to overtake"]
    remark = f"the slowest: {slowest}"
    what = f"urgent copies behind 50,000 ordinary ones · {channel}"
    stage.tell(what, len(tries), school.ledger(*mine), also=also, remark=remark)


def _urgent(school: Installation, groups: list[str]) -> tuple[Release, dict[str, Lap]]:
    """Release an urgent announcement; how long its copies took on each channel."""
    draft = school.draft(*groups, importance="urgent")
    released = time.time()
    school.let_go(draft)
    until(
        lambda: sum(map(len, _times(school, draft.mark).values())) >= len(draft.copies),
        "all urgent copies arrive",
        patience=180.0,
        every=0.2,
    )
    until(lambda: _recorded(school, draft), "all urgent copies are on record", every=0.2)
    laps = {}
    for name, times in _times(school, draft.mark).items():
        others = _times(school, school.released[0].mark)[name]
        last = max(times)
        before = sum(released < one < last for one in others)
        left = BULK[name] - sum(one < last for one in others)
        speed = _speed(name, others, released)
        laps[name] = Lap(last - released, before, len(times), speed, left)
    return draft, laps


def _speed(channel: str, others: Sequence[float], released: float) -> float:
    """Copies a second that a platform takes."""
    if channel != "email":
        return SPEEDS[channel]
    return max(SPEEDS[channel], sum(released - LATELY < one <= released for one in others) / LATELY)


def _times(school: Installation, mark: str) -> dict[str, list[float]]:
    found: dict[str, list[float]] = school.platforms.ask("times", mark=mark)
    return found


def _recorded(school: Installation, release: Release) -> bool:
    return int(school.clerk.ask("waiting", announcements=[release.id])) == 0
