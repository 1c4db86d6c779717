"""The harness breaks a real installation, and sees it come back."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import previous
from tests.faults.installation import Installation, Kind
from tests.faults.ledger import Copy
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


def test_the_version_before_is_unpacked_with_the_harness_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources, folder = tmp_path / "sources", tmp_path / "before" / "abc"
    harness = sources / "tests" / "faults"
    harness.mkdir(parents=True)
    (sources / "worker.py").write_text("before")
    git = ["git", "-C", str(sources), "-c", "user.name=A", "-c", "user.email=a@b.example"]
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "x"]):
        subprocess.run([*git, *words], check=True)
    for name in previous.NEEDED:
        (harness / name).write_text("now")
    monkeypatch.setattr(previous, "ROOT", sources)
    previous.unpacked("HEAD", folder)
    found = {file.name: file.read_text() for file in folder.rglob("*.py")}
    assert found == {"worker.py": "before", **dict.fromkeys(previous.NEEDED, "now")}


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


def published(home: Path, *, pages: int, entries: int) -> dict[Copy, int]:
    """What is found of an announcement to one section that was put on the shelf twice."""
    site = home / "site"
    for folder in ("items", "a"):
        (site / folder).mkdir(parents=True)
    for number in range(2):
        item = {"title": "Гололёд: 1a", "sections": ["s1"]}
        (site / "items" / f"{number}.json").write_text(json.dumps(item), "utf-8")
    for number in range(pages):
        (site / "a" / f"{number}.html").touch()
    feed = {"items": [{"title": "Гололёд: 1a"}] * entries}
    (site / "feed.json").write_text(json.dumps(feed), "utf-8")
    return Installation(Kind.SQLITE, home, print)._published()


@pytest.mark.parametrize(
    ("pages", "entries", "times"), [(0, 0, 0), (0, 1, 0), (1, 1, 1), (1, 2, 2), (2, 0, 2)]
)
def test_what_visitors_find_is_counted_not_what_lies_on_the_shelf(
    tmp_path: Path, pages: int, entries: int, times: int
) -> None:
    found_there = published(tmp_path, pages=pages, entries=entries)
    assert found_there.get(Copy("site", "s1", "1a"), 0) == times


def test_a_closed_proxy_keeps_its_port() -> None:
    with Proxy(9) as wire:
        port = wire.port
        wire.close()
        wire.open()
        assert wire.port == port
