"""The harness breaks a real installation, and sees it come back."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.installation import Kind
from tests.faults.parts import until
from tests.faults.proxy import Proxy
from tests.faults.scene import SCENES, Stage, fits, found, played
from tests.faults.stores import Templates

LIMIT = 120.0


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    templates = Templates(tmp_path)
    yield Stage("test", Kind.SQLITE, True, random.Random(1), templates)
    templates.close()


def test_a_worker_killed_after_its_claim_loses_nothing_and_another_sends_all(stage: Stage) -> None:
    with stage.installation() as school:
        group = school.enrol("email", 12)
        sprung = school.lay_trap("after claim", "email")
        school.release(group)
        until(sprung.exists, "the worker dies", patience=LIMIT, meanwhile=school.tend)
        ledger = stage.close(school, "kill -9 after claim", 1)
    assert (ledger.asked, ledger.arrived, stage.rows[0].broken) == (12, 12, ())
    assert school.workers[0].restarts == 1


def test_every_scene_has_a_name_of_its_own_and_a_title() -> None:
    names = [one.name for one in found()]
    assert len(names) == len(set(names)) == len(SCENES)
    assert all(one.title for one in SCENES.values())


def test_scenes_are_chosen_by_their_module_or_by_a_glob() -> None:
    chosen = {one.name for one in found(["steps", "*flush*"])}
    assert {"steps.email", "redis.flushed"} <= chosen
    assert not any(fits(SCENES[name], "databases") for name in chosen)


def test_a_scene_that_fails_is_a_broken_row(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    found()
    scene = SCENES["redis.flushed"]

    def fault(_: Stage) -> None:
        raise ValueError("on purpose")

    broken = type(scene)(scene.name, "a fault", fault, scene.on, 1, True, False)
    (row,) = played(broken, Kind.SQLITE, quick=True, seed=1, templates=stage.templates)
    assert not row.kept
    assert "on purpose" in capsys.readouterr().err


def test_a_closed_proxy_keeps_its_port() -> None:
    with Proxy(9) as wire:
        port = wire.port
        wire.close()
        wire.open()
        assert wire.port == port
