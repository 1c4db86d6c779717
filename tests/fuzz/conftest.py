"""A school to fire at, and the table of what was fuzzed."""

from __future__ import annotations

from typing import Any

import pytest

from broadcaster.store.models import Guardian, Pupil, Revision
from tests.fuzz.exploring import EXPLORED, MINUTES
from tests.fuzz.shots import SECRET, Gun
from tests.web.conftest import nobody_has_asked_yet, own_settings, person, quick
from tests.web.desk import Write
from tests.web.test_every_address import World, small_world

__all__ = ["nobody_has_asked_yet", "own_settings", "person", "quick"]


@pytest.fixture
def world(own_settings: Write) -> World:
    """The small school, with a file of settings of its own; what is fired at it may change it."""
    return small_world()


@pytest.fixture
def gun(world: World, settings: Any) -> Gun:
    """Fires at the small school, in which class 1А has a secret."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    Guardian.objects.update(name=f"Пелагея {SECRET}а")
    Pupil.objects.update(name=f"Фрол {SECRET}")
    Revision.objects.update(title=f"Кружок {SECRET}а", body=f"Фрол {SECRET} приносит краски.")
    return Gun(world)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What was fuzzed at length, how often, how long, what was found, how memory grew."""
    if not MINUTES or not EXPLORED:
        return
    line = "{:<28}{:>10}{:>9}{:>10}{:>10}  {}".format
    terminalreporter.section("fuzzing")
    terminalreporter.line(line("target", "examples", "time", "slowest", "growth", "finding"))
    for one in EXPLORED:
        shown = (one.name, one.examples, f"{one.seconds:.0f} s", f"{one.slowest:.2f} s")
        grown = f"{one.grown / 1e6:+.1f} MB"
        terminalreporter.line(line(*shown, grown, one.finding or "none"))
