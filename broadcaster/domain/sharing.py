"""How several workers share one channel's copies."""

from __future__ import annotations

LEAST = 100
"""Copies that are always worth a claim."""


def fair_share(due: int, *, lanes: int, most: int) -> int:
    """How many of the `due` copies a lane takes at once: half of what falls to it, `most` at most.

    So batches become smaller towards the end and the lanes are ready at the same time. The only
    lane of a channel leaves nothing to others.
    """
    if lanes == 1:
        return most
    return min(most, max(LEAST, -(-due // (2 * lanes))))


def enough(*, lanes: int, most: int) -> int:
    """So many copies need not be counted further: a lane takes `most` of them anyway."""
    return 2 * lanes * most
