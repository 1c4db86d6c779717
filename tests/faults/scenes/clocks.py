"""The clock is set while copies are on their way; the schedule rings twice.

Wall-clock times are in rows: when a copy is due, until when a channel is held and a lane is kept.
Durations inside a process are monotonic. What follows from a jump of ten minutes:

* back: beat's own schedule and the limits' windows would stand still for ten minutes, and so would
  what rests, is held or lies in a dead worker's lane. `broadcaster.steady_beat`,
  `broadcaster.services.clock` and the turnstile put it right within a sweep.
* forward: every lane looks abandoned. Copies in flight are taken for unconfirmed until their answer
  comes, and what is worth nothing after its expiry expires as much too early.
* quiet hours, planned releases and dates of the calendar follow the clock as it is set: each leaves
  once, at the time the clock first shows.
* a login that is locked out after wrong passwords stays so for ten minutes more or less.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import yaml

from tests.faults.clock import WallClock
from tests.faults.flight import flying
from tests.faults.installation import Installation, Kind, Release
from tests.faults.parts import until
from tests.faults.scene import Stage, scene
from tests.faults.talk import Child

TEN_MINUTES = 600
A_MINUTE = 61
"""Seconds after which the calendar is planned again."""
SENDS: Mapping[str, int] = {"email": 90, "telegram": 120, "vk": 60}
LIMITS = {"email": ["15/second"], "telegram": ["20/second"], "vk": ["1/second"]}
"""So slow that the clock is set in the middle."""
SOON = 90.0
"""Seconds within which everything has left after a jump, however busy this machine is."""


@scene("the clock is set ten minutes back", weight=45)
def back(stage: Stage) -> None:
    """In the middle of a broadcast, while one channel is held and one worker is dead."""
    jump(stage, -TEN_MINUTES, "back")


@scene("the clock is set ten minutes forward", weight=45)
def forward(stage: Stage) -> None:
    """In the middle of a broadcast, while one channel is held and one worker is dead."""
    jump(stage, TEN_MINUTES, "forward")


def jump(stage: Stage, seconds: int, words: str) -> None:
    """One row: kill a worker in the middle of a broadcast, and set the clock at that moment.

    Only what was with a platform just then, or the living worker's beside it, may be unknown.
    """
    with clocked(stage) as (school, clock):
        share = stage.times(1, 2)
        groups = [school.enrol(channel, count // share) for channel, count in SENDS.items()]
        school.platforms.ask("fault", platform="vk", kind="rate_limit", times=2)
        release = school.release(*groups, personal=False)
        until(
            lambda: all(school.platforms.ask("count").values()),
            "every channel has begun",
            meanwhile=school.tend,
        )
        school.workers[0].kill()
        flown = len(flying(school))
        clock.set(seconds)
        began = time.monotonic()
        settled = school.settle(SOON)
        took = time.monotonic() - began
        stage.close(
            school,
            f"the clock is set 10 minutes {words}, and a worker dies",
            1,
            release,
            in_flight=flown,
            also=[] if settled else [f"not everything has left within {SOON:.0f} s"],
            remark=f"everything had left {took:.0f} s after; {flown} copies were with platforms",
        )


@scene("the clock goes forward and back over a planned release", weight=30)
def planned(stage: Stage) -> None:
    """An announcement is planned for in five minutes: the clock passes that time twice."""
    with clocked(stage) as (school, clock):
        group = school.enrol("email", 40)
        draft = school.draft(group)
        planner = asking(school)
        planner.ask("plan", announcement=draft.id, at=clock.now() + 300)
        clock.set(TEN_MINUTES)
        until(lambda: planner.ask("left", announcement=draft.id), "it has left")
        school.released.append(draft)
        school.settle()
        clock.set(0)
        school.waited(3)
        clock.set(TEN_MINUTES)
        school.waited(3)
        stage.close(school, "a planned release: 10 minutes forward, back, forward", 3, draft)
        planner.end()


@scene("two beats at once", weight=45)
def two_beats(stage: Stage) -> None:
    """Two schedules ring at once for planned releases and for a date of the calendar."""
    title, item = "Памятка метка-9001a", "ice-of-the-harness"
    with clocked(stage, calendar={"enabled": True}) as (school, clock):
        group = school.enrol("telegram", stage.times(60, 30))
        second_beat(school, clock)
        at = (int(clock.now()) // 60 + 4) * 60
        write_item(school, item, title=title, to=group, at=at)
        planner = asking(school)
        drafts = [school.draft(group, personal=False) for _ in range(stage.times(5, 3))]
        for draft in drafts:
            planner.ask("plan", announcement=draft.id, at=at)
        clock.set(A_MINUTE)
        until(lambda: planner.ask("follows", item=item), "the calendar knows its item")
        clock.set(clock.offset + int(at - clock.now()) + 1)
        until(lambda: planner.ask("dates", item=item), "the calendar has made its draft")
        [made, *more] = planner.ask("dates", item=item)
        memo = Release(made, "9001a", tuple(one._replace(mark="9001a") for one in drafts[0].copies))
        for one in (memo, *drafts):
            until(lambda d=one: planner.ask("left", announcement=d.id), "it has left")  # type: ignore[misc]
            school.released.append(one)
        school.waited(3)
        extra = planner.ask("written") - len(drafts)
        stage.close(
            school,
            "two beats at once: planned releases and a date of the calendar",
            len(drafts) + 1,
            *school.released,
            also=["more announcements than were planned"] if more or extra else [],
        )
        planner.end()


def write_item(school: Installation, name: str, *, title: str, to: str, at: float) -> None:
    """An item of the calendar that leaves today at this minute, without asking anybody."""
    moment = time.gmtime(at + 3 * 3600)  # Moscow's, where the school is
    item = {
        "memo": "thin-ice-spring",
        "title": title,
        "rule": "FREQ=DAILY",
        "time": time.strftime("%H:%M", moment),
        "to": [to],
        "lead_days": 0,
        "approval": "none",
        "shift": "stay",
    }
    text = yaml.safe_dump({name: item}, allow_unicode=True)
    (school.home / "seasonal.yaml").write_text(text, "utf-8")


def second_beat(school: Installation, clock: WallClock) -> None:
    """Another schedule, as on another machine, or as when somebody starts `serve` twice."""
    if school.kind is Kind.SQLITE:
        school.start_worker(**clock.environment)
        return
    elsewhere = school.home / "elsewhere"
    elsewhere.mkdir()
    first, school.beat = school.beat, None
    school.start_beat(BROADCASTER_HOME=str(elsewhere), **clock.environment)
    if first is not None:
        school.workers.append(first)


@contextmanager
def clocked(stage: Stage, **settings: Any) -> Iterator[tuple[Installation, WallClock]]:
    """An installation whose workers and beat have a clock that can be set."""
    with stage.installation(started=False, limits=LIMITS, settings=settings) as school:
        clock = WallClock(school.home)
        school.start(**clock.environment)
        yield school, clock


def asking(school: Installation) -> Child:
    """A child that plans."""
    environment = {k: v for k, v in school.environment.items() if k != "FAULTS_TRAP"}
    return Child("tests.faults.planner", environment=environment, log=school.home / "planner.log")
