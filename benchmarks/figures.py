"""What one contender did in one round, and rounds of several contenders by turns."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MEGABYTE = 1024 * 1024


class Void(Exception):
    """The figures are worth nothing: what was sent, received and recorded is not the same."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One run: `count` copies in `seconds`; `told` is everything the contender said."""

    count: int
    told: Mapping[str, Any]

    @property
    def seconds(self) -> float:
        """From the first copy to the last answer."""
        return float(self.told["seconds"])

    @property
    def rate(self) -> float:
        """Copies a second."""
        return self.count / self.seconds

    @property
    def cpu(self) -> float:
        """Processor seconds for a thousand copies."""
        return float(self.told["cpu"]) / self.count * 1000

    @property
    def server(self) -> float:
        """Processor seconds of the server for a thousand copies."""
        return float(self.told["server"]) / self.count * 1000

    @property
    def memory(self) -> float:
        """The peak, in megabytes; nan where the contender does not tell."""
        return float(self.told.get("rss", math.nan)) / MEGABYTE


Contender = Callable[[], Figures]
Rounds = Mapping[str, Sequence[Figures]]


def by_turns(contenders: Mapping[str, Contender], *, least: int, most: int, until: float) -> Rounds:
    """At least and at most so many rounds.

    After the least, none is begun that would probably end after `until` (monotonic). Every round
    begins with another contender.
    """
    done: dict[str, list[Figures]] = defaultdict(list)
    longest = 0.0
    for number in range(most):
        started = time.monotonic()
        if number >= least and started + longest > until:
            break
        for name in _turned(list(contenders), number):
            done[name].append(contenders[name]())
        longest = max(longest, time.monotonic() - started)
    return done


def _turned(names: Sequence[str], by: int) -> Iterator[str]:
    for place in range(len(names)):
        yield names[(place + by) % len(names)]


def rounds_of(runs: Sequence[Figures]) -> str:
    """How many rounds there were."""
    return "1 round" if len(runs) == 1 else f"{len(runs)} rounds"
