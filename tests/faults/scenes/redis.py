"""Redis: killed, flushed, restarted empty, full, slow, unreachable."""

from __future__ import annotations

import signal
import time

from tests.faults.installation import Installation, Kind
from tests.faults.proxy import Proxy
from tests.faults.scene import Stage, scene
from tests.faults.school_file import SLOW
from tests.faults.stores import RedisServer
from tests.faults.traffic import Hurt, Traffic

ON = (Kind.POSTGRESQL,)
PATIENCE = 30.0
"""Seconds that a person's click may take while Redis does not answer; nobody waits longer."""


def _store(school: Installation) -> RedisServer:
    assert school.redis is not None
    return school.redis


def _wire(school: Installation) -> Proxy:
    assert school.wire is not None
    return school.wire


def _hurt(stage: Stage, what: str, times: int, hurt: Hurt) -> None:
    """Hurt Redis so often in the middle of broadcasts, then let everything come to rest."""
    with stage.installation(limits=SLOW, wired=True) as school:
        traffic = Traffic(school)
        traffic.suffer(times, hurt)
        longest = max(traffic.clicks)
        also = [f"a release took {longest:.0f} s"] if longest > PATIENCE else []
        stage.close(school, what, times, also=also, remark=f"longest release {longest:.1f} s")


@scene("Redis is killed and comes back empty", on=ON, weight=60)
def killed(stage: Stage) -> None:
    """What it held, bells and limits, is gone."""

    def hurt(school: Installation, traffic: Traffic) -> None:
        _store(school).part.kill()
        traffic.more()
        traffic.go_on(stage.random.uniform(1, 4))
        _store(school).start()

    _hurt(stage, "Redis: kill -9, started again empty", stage.times(4, 1), hurt)


@scene("Redis is restarted", on=ON, weight=50, quick=False)
def restarted(stage: Stage) -> None:
    """It ends in order and is back at once."""

    def hurt(school: Installation, _: Traffic) -> None:
        _store(school).part.stop(signal.SIGTERM)
        _store(school).start()

    _hurt(stage, "Redis: restarted, empty", stage.times(4, 1), hurt)


@scene("Redis is flushed", on=ON, weight=50)
def flushed(stage: Stage) -> None:
    """Bells, limits and Celery's own bindings are gone under running workers."""

    def hurt(school: Installation, _: Traffic) -> None:
        _store(school).tell("FLUSHALL")
        time.sleep(stage.random.uniform(0, 1))

    _hurt(stage, "Redis: FLUSHALL", stage.times(10, 2), hurt)


@scene("Redis is full", on=ON, weight=70)
def full(stage: Stage) -> None:
    """`maxmemory` with `noeviction`: everything that writes is refused."""

    def hurt(school: Installation, traffic: Traffic) -> None:
        _store(school).tell("CONFIG", "SET", "maxmemory-policy", "noeviction")
        _store(school).tell("CONFIG", "SET", "maxmemory", "1")
        traffic.more()
        traffic.go_on(stage.times(10, 5))
        _store(school).tell("CONFIG", "SET", "maxmemory", "0")

    _hurt(stage, "Redis: full (maxmemory, noeviction)", stage.times(2, 1), hurt)


@scene("Redis is slow", on=ON, weight=60, quick=False)
def slow(stage: Stage) -> None:
    """Every word to it and from it takes a fifth of a second."""

    def hurt(school: Installation, traffic: Traffic) -> None:
        _wire(school).delay = 0.2
        traffic.more()
        traffic.go_on(stage.times(20, 6))
        _wire(school).delay = 0.0

    _hurt(stage, "Redis: slow, 0.4 s an answer for 20 s", 1, hurt)


@scene("Redis stops for a while", on=ON, weight=60, quick=False)
def stopped(stage: Stage) -> None:
    """It takes connections and does not answer (SIGSTOP)."""

    def hurt(school: Installation, traffic: Traffic) -> None:
        _store(school).part.send(signal.SIGSTOP)
        traffic.more()
        traffic.go_on(15.0)
        _store(school).part.send(signal.SIGCONT)

    _hurt(stage, "Redis: silent for 15 s (SIGSTOP)", 1, hurt)


@scene("Redis cannot be reached for a minute", on=ON, weight=110)
def unreachable(stage: Stage) -> None:
    """Packets vanish, then connections are refused."""
    seconds = stage.times(30, 6)

    def hurt(school: Installation, traffic: Traffic) -> None:
        _wire(school).silent = True
        traffic.more()
        traffic.go_on(seconds)
        _wire(school).close()
        traffic.go_on(seconds)
        _wire(school).silent = False
        _wire(school).open()

    _hurt(stage, f"Redis: unreachable for {2 * seconds} s", 1, hurt)
