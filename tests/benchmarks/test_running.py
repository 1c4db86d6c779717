"""A run of some parts: what is kept of it, and what is not."""

from __future__ import annotations

import pytest

from benchmarks.__main__ import PARTS, Part, chosen, run
from benchmarks.kept import kept
from benchmarks.plan import QUICK, Plan
from benchmarks.table import Table


def rated(rate: float) -> Part:
    """A part that finds this."""
    return Part(lambda _: [Table("E-mail", ("a second",), [(f"{rate}",)])])


def broken(_: Plan) -> list[Table]:
    raise OSError("no server")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "measured"


def rates(folder, *names: str) -> list[str]:
    return [one.tables[0].rows[0][0] for one in kept(names, folder=folder)]


def test_a_part_that_fails_does_not_keep_the_next_from_running(folder):
    assert run({"mail": Part(broken), "vk": rated(3)}, Plan(), folder=folder) == ["mail"]
    assert rates(folder, "mail", "vk") == ["3"]


def test_a_part_that_fails_leaves_what_was_kept_of_it(folder):
    run({"mail": rated(5)}, Plan(), folder=folder)
    run({"mail": Part(broken)}, Plan(), folder=folder)
    assert rates(folder, "mail") == ["5"]


def test_a_quick_look_keeps_nothing(folder):
    run({"mail": rated(5)}, Plan(), folder=folder)
    assert run({"mail": rated(9)}, QUICK, folder=folder) == []
    assert rates(folder, "mail") == ["5"]


def test_each_part_has_its_own_time_from_its_own_start(folder):
    plans = []

    def measure(plan: Plan) -> list[Table]:
        plans.append(plan)
        return []

    parts = {"mail": Part(measure, 200), "vk": Part(measure, 50)}
    run(parts, Plan(started=0.0), folder=folder)
    mail, vk = plans
    assert (mail.until - mail.started, vk.until - vk.started) == (200, 50)
    assert vk.started >= mail.started > 0


SOME = {"mail": rated(1), "million": Part(broken, long=True)}


def test_a_long_part_is_left_out_unless_it_is_asked_for():
    assert list(chosen(SOME, None, long=False)) == ["mail"]
    assert list(chosen(SOME, None, long=True)) == ["mail", "million"]


def test_a_long_part_that_is_named_is_run():
    assert list(chosen(SOME, ["million"], long=False)) == ["million"]


@pytest.mark.parametrize("name", PARTS)
def test_every_part_can_be_asked_for(name):
    """A part whose module is missing would be noticed only at its turn."""
    assert callable(PARTS[name].measure())
