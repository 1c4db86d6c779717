"""Where an announcement stands, what its copies wait for, and what a person may move."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from broadcaster.domain.deciding import Refusal, refusal
from broadcaster.domain.policy import Importance, Plan, plan
from broadcaster.domain.reasons import Hold
from broadcaster.domain.standing import Delay, Gate, Pending, Stage, Wait, delays, stage
from broadcaster.domain.states import BY_HAND, MOVES, REACHED, UNDERWAY, State, by_hand
from tests.school import LATER, NOON

BEFORE: dict[str, Any] = {
    "release_at": None, "released_at": None, "paused_at": None, "cancelled_at": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "underway", "expected"),
    [
        ({}, 0, Stage.DRAFT),
        ({"release_at": LATER}, 0, Stage.SCHEDULED),
        ({"release_at": LATER, "paused_at": NOON}, 0, Stage.SET_ASIDE),
        ({"release_at": LATER, "cancelled_at": NOON}, 0, Stage.CANCELLED),
        ({"released_at": NOON}, 3, Stage.UNDERWAY),
        ({"released_at": NOON}, 0, Stage.DONE),
        ({"released_at": NOON, "paused_at": LATER}, 3, Stage.PAUSED),
        ({"released_at": NOON, "paused_at": LATER}, 0, Stage.DONE),
        ({"released_at": NOON, "cancelled_at": LATER}, 0, Stage.CANCELLED),
        ({"released_at": NOON, "cancelled_at": LATER, "paused_at": NOON}, 3, Stage.CANCELLED),
    ],
)
def test_where_an_announcement_stands(
    fields: dict[str, Any], underway: int, expected: Stage
) -> None:
    assert stage(**BEFORE | fields, underway=underway) is expected


def waiting(state: State, reason: str = "", channel: str = "alpha") -> Pending:
    return Pending(channel, state, reason, 2, LATER)


def why(one: Pending, gate: Gate | None = Gate(), *, awake: bool = True) -> list[Delay]:  # noqa: B008
    gates = {} if gate is None else {"alpha": gate}
    return delays([one], gates, now=NOON, awake=awake)


@pytest.mark.parametrize("state", [State.QUEUED, State.SENDING])
def test_what_is_next_in_turn_waits_for_nothing(state: State) -> None:
    assert why(waiting(state)) == []


@pytest.mark.parametrize(
    ("one", "gate", "expected"),
    [
        (waiting(State.HELD, Hold.PAUSED), Gate(), Delay(Wait.PAUSED, "alpha", 2)),
        (waiting(State.HELD, Hold.QUIET_HOURS), Gate(), Delay(Wait.QUIET_HOURS, "alpha", 2, LATER)),
        (waiting(State.QUEUED), None, Delay(Wait.CHANNEL_OFF, "alpha", 2)),
        (
            waiting(State.QUEUED),
            Gate(shut=True, reason="credentials"),
            Delay(Wait.CHANNEL_SHUT, "alpha", 2, None, "credentials"),
        ),
        (
            waiting(State.QUEUED),
            Gate(hold_until=LATER, reason="quota"),
            Delay(Wait.CHANNEL_HELD, "alpha", 2, LATER, "quota"),
        ),
        (
            waiting(State.DEFERRED, "greylisted"),
            Gate(hold_until=NOON),
            Delay(Wait.RETRY, "alpha", 2, LATER, "greylisted"),
        ),
    ],
)
def test_what_keeps_copies_from_leaving(one: Pending, gate: Gate | None, expected: Delay) -> None:
    assert why(one, gate) == [expected]


def test_a_sleeping_worker_comes_before_everything_else() -> None:
    told = why(waiting(State.HELD, Hold.PAUSED), awake=False)
    assert [one.wait for one in told] == [Wait.WORKER_ASLEEP, Wait.PAUSED]


def test_when_nothing_waits_nobody_need_be_awake() -> None:
    assert delays([], {}, now=NOON, awake=False) == []


def test_nobody_moves_by_hand_what_a_platform_took() -> None:
    assert not REACHED & frozenset().union(*BY_HAND.values())


def test_nobody_moves_by_hand_what_is_under_way() -> None:
    assert not UNDERWAY & frozenset().union(*BY_HAND.values())


def test_the_program_itself_never_sends_again_what_failed() -> None:
    assert not any(State.FAILED in MOVES[target] for target in UNDERWAY)
    assert by_hand(State.QUEUED) == (State.FAILED, State.UNCONFIRMED)


def refused(planned: Plan | None = None, **fields: Any) -> Refusal | None:
    about = {"released_at": NOON, "paused_at": None, "cancelled_at": None} | fields
    return refusal(planned or plan(Importance.ROUTINE, now=NOON, quiet=None), now=NOON, **about)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, None),
        ({"released_at": None}, Refusal.NOT_RELEASED),
        ({"cancelled_at": NOON, "paused_at": NOON}, Refusal.CANCELLED),
        ({"paused_at": NOON}, Refusal.PAUSED),
    ],
)
def test_what_keeps_an_announcement_from_being_sent_again(
    fields: dict[str, Any], expected: Refusal | None
) -> None:
    assert refused(**fields) is expected


@pytest.mark.parametrize(("minutes", "expected"), [(0, Refusal.EXPIRED), (1, None)])
def test_a_term_that_has_passed_keeps_it(minutes: int, expected: Refusal | None) -> None:
    ends = NOON + timedelta(minutes=minutes)
    planned = plan(Importance.URGENT, now=NOON, quiet=None, expires_at=ends)
    assert refused(planned) is expected
