"""What follows from a channel's outcome: the next state of copy, address and channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, assert_never

from broadcaster.contract import (
    Accepted,
    Between,
    Deferred,
    Outcome,
    Reason,
    Rejected,
    Scope,
    Unconfirmed,
    Unreachable,
)
from broadcaster.domain.reasons import End
from broadcaster.domain.states import State

FOR_A_PERSON = frozenset({Reason.CREDENTIALS, Reason.NEEDS_PERSON})
"""Reasons that waiting does not cure: the channel stays shut until somebody reopens it."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a copy is tried and how long it rests between tries; waits are in seconds.

    A routine copy waits for a channel out of order for `patience` before it leaves by another one.
    """

    tries: Annotated[int, Between(1, 100)] = 8
    first_wait: Annotated[float, Between(0.1, 86_400)] = 30.0
    factor: Annotated[float, Between(1, 100)] = 2.0
    longest_wait: Annotated[float, Between(1, 604_800)] = 3600.0
    patience: Annotated[float, Between(60, 604_800)] = 3600.0

    def wait(self, attempt: int, platform_wait: float | None, jitter: float) -> timedelta:
        """The rest after try number `attempt` (from 1): ours with up to a fifth of `jitter` (0–1)
        on top, or the platform's when that is longer.
        """
        ours = min(self.first_wait * self.factor ** (attempt - 1), self.longest_wait)
        ours *= 1 + 0.2 * jitter
        return timedelta(seconds=max(ours, platform_wait or 0.0))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The consequences of one outcome.

    `counts` says whether the try is used up. `closes_address` shuts the address. `hold_until` holds
    the whole channel back; `pauses_channel` shuts it until a person looks.
    """

    state: State
    reason: str = ""
    due_at: datetime | None = None
    counts: bool = True
    closes_address: bool = False
    hold_until: datetime | None = None
    pauses_channel: bool = False


SENT = Verdict(State.SENT)
"""By far the most frequent one."""


def judge(
    outcome: Outcome,
    *,
    attempt: int,
    now: datetime,
    policy: RetryPolicy,
    repeatable: bool,
    jitter: float = 0.0,
) -> Verdict:
    """Decide what becomes of a copy after try number `attempt` (from 1) ended with `outcome`."""
    match outcome:
        case Accepted():
            return SENT
        case Rejected():
            return Verdict(State.FAILED, outcome.reason)
        case Unreachable():
            return Verdict(State.FAILED, outcome.reason, closes_address=True)
        case Unconfirmed():
            if not repeatable or attempt >= policy.tries:
                return Verdict(State.UNCONFIRMED, Reason.CONNECTION)
            later = Deferred(Reason.CONNECTION, parts=outcome.parts)
        case Deferred():
            later = outcome
        case _:
            assert_never(outcome)
    if later.scope is Scope.CHANNEL:
        return _held_back(later, now, policy)
    return _later(later, attempt, now, policy, jitter)


def _later(
    outcome: Deferred, attempt: int, now: datetime, policy: RetryPolicy, jitter: float
) -> Verdict:
    if outcome.reason is Reason.HELD_BACK:  # its place must wait: no try was made
        due_at = now + timedelta(seconds=outcome.retry_after or 0.0)
        return Verdict(State.DEFERRED, outcome.reason, due_at, counts=False)
    if attempt >= policy.tries:
        return Verdict(State.FAILED, End.TRIES_SPENT)
    due_at = now + policy.wait(attempt, outcome.retry_after, jitter)
    return Verdict(State.DEFERRED, outcome.reason, due_at)


def _held_back(outcome: Deferred, now: datetime, policy: RetryPolicy) -> Verdict:
    """The channel's trouble is not the copy's: its tries are not used up."""
    if outcome.reason in FOR_A_PERSON:
        return Verdict(
            State.DEFERRED, outcome.reason, due_at=now, counts=False, pauses_channel=True
        )
    if outcome.reason is Reason.HELD_BACK and outcome.retry_after is None:
        return Verdict(State.DEFERRED, outcome.reason, due_at=now, counts=False)
    ours = policy.longest_wait if outcome.reason is Reason.QUOTA else policy.first_wait
    wait = ours if outcome.retry_after is None else outcome.retry_after
    until = now + timedelta(seconds=wait)
    return Verdict(State.DEFERRED, outcome.reason, due_at=until, counts=False, hold_until=until)
