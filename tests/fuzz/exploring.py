"""One way to fuzz everything: a few fixed examples in the suite, else as many as there is time for.

`make fuzz` sets FUZZ_MINUTES: then each target gets its share of them with other examples every
time, is asked not to keep what it was given, and stands in a table at the end.
"""

from __future__ import annotations

import gc
import os
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, process_time
from typing import Any

from hypothesis import HealthCheck, Phase, example, given, seed, settings
from hypothesis import strategies as st

MINUTES = float(os.environ.get("FUZZ_MINUTES") or 0)
"""For each target; 0 in the suite."""
SLOW = 5.0
"""Seconds of the processor that no single input may take."""
BATCH = 250
MOST_GROWTH = 30_000_000
"""Bytes by which the process may grow while one target is fuzzed, after it has warmed up."""

_UNHURRIED = settings(
    deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=False
)
settings.register_profile("ci", _UNHURRIED, derandomize=True, max_examples=40)
LONG = "long"
settings.register_profile(LONG, _UNHURRIED, max_examples=BATCH)


@dataclass(slots=True)
class Explored:
    """A row of the table."""

    name: str
    examples: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    grown: int = 0
    finding: str = ""


EXPLORED: list[Explored] = []


def explore(
    name: str,
    strategy: st.SearchStrategy[Any],
    run: Callable[[Any], None],
    *,
    known: Iterable[Any] = (),
    examples: int | None = None,
) -> None:
    """Run with many inputs, first those that are `known`; raises what they make it raise."""
    row = Explored(name)
    EXPLORED.append(row)
    begun = monotonic()
    try:
        if MINUTES:
            _at_length(row, strategy, run, tuple(known))
        else:
            profile = settings.get_profile("ci")
            few = settings(profile, max_examples=examples or profile.max_examples)
            _batch(row, strategy, run, tuple(known), few)
    except BaseException as fault:
        row.finding = f"{type(fault).__name__}: {fault}".partition("\n")[0][:80]
        raise
    finally:
        row.seconds = monotonic() - begun


def _at_length(
    row: Explored,
    strategy: st.SearchStrategy[Any],
    run: Callable[[Any], None],
    known: tuple[Any, ...],
) -> None:
    end = monotonic() + MINUTES * 60
    long = settings(
        settings.get_profile(LONG), phases=[Phase.explicit, Phase.generate, Phase.shrink]
    )
    _batch(row, strategy, run, known, long)
    warm = monotonic() + (end - monotonic()) / 4
    while monotonic() < warm:
        _batch(row, strategy, run, (), long)
    before = resident()
    while monotonic() < end:
        _batch(row, strategy, run, (), long)
    row.grown = resident() - before
    assert row.grown < MOST_GROWTH, f"the process has grown by {row.grown} bytes"


def _batch(
    row: Explored,
    strategy: st.SearchStrategy[Any],
    run: Callable[[Any], None],
    known: tuple[Any, ...],
    how: settings,
) -> None:
    def one(value: Any) -> None:
        begun = process_time()
        run(value)
        taken = process_time() - begun
        row.examples += 1
        row.slowest = max(row.slowest, taken)
        assert taken < SLOW, f"{taken:.1f} seconds"

    test = given(strategy)(one)
    for value in known:
        test = example(value)(test)
    if not how.derandomize:
        test = seed(random.getrandbits(64))(test)
    how(test)()


def resident() -> int:
    """Bytes of memory that the process holds, with nothing left to collect."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
