"""How much a lane claims at once.

What is claimed goes before whatever more urgent comes meanwhile: a mail server that takes fifty
letters a second would keep urgent ones waiting behind two thousand for most of a minute.
"""

from __future__ import annotations

from dataclasses import dataclass, field

AHEAD = 0.5
"""Seconds of work in a batch; the next is claimed when half of it is done."""
CONNECTED = 128
"""Copies: with fewer, connections would stand idle between batches."""
LARGEST = 2_000
"""Copies, of a platform that takes thousands a second."""


@dataclass(slots=True)
class Tempo:
    """Remembers how many copies had been answered at the last claim.

    `least` is claimed before anything is known, and `most` however fast it goes, always whole
    requests of `together` copies.
    """

    least: int
    most: int
    together: int = 1
    _answered: int = field(default=0, init=False)
    _at: float | None = field(default=None, init=False)

    def size(self, *, answered: int, now: float) -> int:
        """How many to claim; `now` is on a clock that only goes forward."""
        lap = 0.0 if self._at is None else now - self._at
        rate = (answered - self._answered) / lap if lap > 0 else 0.0
        self._answered, self._at = answered, now
        size = min(self.most, max(self.least, round(rate * AHEAD)))
        return size - size % self.together


def tempo(requests: int, *, together: int, batch: int) -> Tempo:
    """The tempo of a platform that takes so many requests a second, 0 when nobody knows.

    `together` copies fit into one request: fewer would not show what it takes. A `batch` is the
    most where nothing else limits it.
    """
    if not requests:
        return Tempo(least=min(CONNECTED, batch), most=batch)
    least = max(round(requests * AHEAD), together)
    return Tempo(least=least, most=LARGEST, together=together)
