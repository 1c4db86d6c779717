"""The trap knows functions that exist, and dies where it is told to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from signal import SIGKILL

import pytest

from tests.faults.trap import sitecustomize as trap

HERE = Path(trap.__file__).parent

CHILD = """
from sitecustomize import Trap
from pathlib import Path
import sys
laid = Trap(Path(sys.argv[1]))
for call in range(3):
    laid.passed("after claim", "vk")
    laid.passed("after claim", "email")
    print(call, flush=True)
"""


@pytest.mark.parametrize("step", trap.STEPS)
def test_every_step_is_named_after_a_function_that_exists(step: str) -> None:
    module, name, side = trap.STEPS[step]
    assert callable(attrgetter(name)(import_module(module)))
    assert side in {"before", "after"}


def died(laid: Path) -> tuple[int, list[str]]:
    """How a process ended that passed a step three times on two channels, and what it had said."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(laid)],
        env={**os.environ, "PYTHONPATH": str(HERE)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.split()


def test_a_process_dies_at_the_call_that_the_trap_names(tmp_path: Path) -> None:
    laid = tmp_path / "trap.json"
    laid.write_text(json.dumps({"step": "after claim", "channel": "email", "call": 2}), "utf-8")
    assert died(laid) == (-SIGKILL, ["0"])
    assert (tmp_path / "trap.sprung").exists()


def test_a_trap_kills_once(tmp_path: Path) -> None:
    laid = tmp_path / "trap.json"
    laid.write_text(json.dumps({"step": "after claim", "channel": "email", "call": 1}), "utf-8")
    died(laid)
    assert died(laid) == (0, ["0", "1", "2"])
