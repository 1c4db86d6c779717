"""The harness's own clock: wrong on the wall, right for what lasts."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults.clock import WallClock
from tests.faults.scene import Skipped
from tests.lacking import lacking

LOOK = "import time; print(time.time(), time.monotonic())"


@pytest.fixture
def clock(tmp_path: Path) -> WallClock:
    try:
        return WallClock(tmp_path)
    except Skipped as why:
        lacking(str(why))


def looked(clock: WallClock) -> tuple[float, float]:
    """What a process sees on the wall and on the clock that nobody sets."""
    surroundings = {**os.environ, **clock.environment}
    told = subprocess.run(
        [sys.executable, "-c", LOOK], env=surroundings, capture_output=True, text=True, check=True
    )
    wall, steady = told.stdout.split()
    return float(wall), float(steady)


@pytest.mark.parametrize("seconds", [-600, 0, 600])
def test_only_the_wall_clock_is_wrong(clock: WallClock, seconds: int) -> None:
    clock.set(seconds)
    wall, steady = looked(clock)
    assert abs(wall - clock.now()) < 5
    assert 0 <= time.monotonic() - steady < 5


def test_a_clock_is_right_until_it_is_set(clock: WallClock) -> None:
    assert abs(clock.now() - time.time()) < 1
