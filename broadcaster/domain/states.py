"""The life of a delivery as one table; every write of a state takes its sources from here."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where one copy stands."""

    QUEUED = "queued"
    HELD = "held"
    SENDING = "sending"
    DEFERRED = "deferred"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


MOVES: Mapping[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.SENDING, State.HELD}),
    State.HELD: frozenset({State.QUEUED, State.DEFERRED}),
    State.SENDING: frozenset({State.QUEUED, State.DEFERRED}),
    State.DEFERRED: frozenset({State.SENDING}),
    State.SENT: frozenset({State.SENDING, State.UNCONFIRMED}),
    State.DELIVERED: frozenset({State.SENT, State.UNCONFIRMED}),
    State.READ: frozenset({State.SENT, State.DELIVERED, State.UNCONFIRMED}),
    State.FAILED: frozenset({State.SENDING, State.SENT, State.UNCONFIRMED}),
    State.UNCONFIRMED: frozenset({State.SENDING}),
    State.SKIPPED: frozenset({State.QUEUED, State.HELD, State.DEFERRED}),
    State.EXPIRED: frozenset({State.QUEUED, State.HELD, State.DEFERRED}),
    State.CANCELLED: frozenset({State.QUEUED, State.HELD, State.DEFERRED}),
}
"""Target → the states it may be entered from. Rows are born QUEUED, HELD, SKIPPED or EXPIRED."""

BY_HAND: Mapping[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.FAILED, State.UNCONFIRMED}),
    State.HELD: frozenset({State.FAILED, State.UNCONFIRMED}),
    State.SENT: frozenset({State.UNCONFIRMED}),
    State.FAILED: frozenset({State.UNCONFIRMED}),
}
"""The moves that only a person makes: sending what failed again, and deciding what nobody knows.

Nothing that a platform took is in it: no person can make a family get the same copy twice.
"""

WAITING = frozenset({State.QUEUED, State.HELD, State.DEFERRED})
"""Not handed to the platform and still meant to be."""

UNDERWAY = WAITING | {State.SENDING}
"""Not decided yet."""

MAY_LEAVE = UNDERWAY.union(*BY_HAND.values())
"""Not decided yet, or decided so that a person may send it again."""

REACHED = frozenset({State.SENT, State.DELIVERED, State.READ})
"""The platform took the copy."""


def sources(target: State) -> tuple[str, ...]:
    """The states from which a row may move to `target`, for the WHERE of a guarded write."""
    return tuple(sorted(MOVES[target]))


def by_hand(target: State) -> tuple[str, ...]:
    """The states from which a person may move a row to `target`."""
    return tuple(sorted(BY_HAND[target]))
