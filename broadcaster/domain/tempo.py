"""How much a lane claims at once where no limit says how fast its platform is.

What is claimed goes before whatever more urgent comes meanwhile: a mail server that takes fifty
letters a second would keep urgent ones waiting behind two thousand for most of a minute.
"""

from __future__ import annotations

AHEAD = 0.7
"""Seconds of work in a batch; while one is on its way, the next is ready behind it."""
LEAST = 128
"""Copies: with fewer, connections would stand idle between batches."""


class Tempo:
    """Remembers how many copies had been answered at the last claim."""

    def __init__(self) -> None:
        self._answered = 0
        self._at: float | None = None

    def size(self, most: int, *, answered: int, now: float) -> int:
        """How many to claim, `most` at once; `now` is on a clock that only goes forward."""
        lap = 0.0 if self._at is None else now - self._at
        rate = (answered - self._answered) / lap if lap > 0 else 0.0
        self._answered, self._at = answered, now
        return min(most, max(LEAST, round(rate * AHEAD)))
