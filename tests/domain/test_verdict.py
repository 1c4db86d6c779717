from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.contract import (
    Accepted,
    Deferred,
    Held,
    Part,
    Reason,
    Rejected,
    Scope,
    Unconfirmed,
    Unreachable,
    held,
)
from broadcaster.domain.reasons import End
from broadcaster.domain.states import MOVES, State, sources
from broadcaster.domain.verdict import RetryPolicy, judge

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
POLICY = RetryPolicy(tries=3, first_wait=10, factor=2, longest_wait=60)


def verdict(outcome, *, attempt=1, repeatable=False, jitter=0.0):
    return judge(
        outcome, attempt=attempt, now=NOW, policy=POLICY, repeatable=repeatable, jitter=jitter
    )


def rest(outcome, **given):
    return (verdict(outcome, **given).due_at - NOW).total_seconds()


def test_an_accepted_copy_is_sent():
    assert verdict(Accepted((Part(0, {"id": 1}),))).state is State.SENT


def test_a_rejected_copy_fails_and_its_address_stays_open():
    judged = verdict(Rejected(Reason.CONTENT))
    assert (judged.state, judged.closes_address) == (State.FAILED, False)


def test_an_unreachable_person_s_address_is_closed():
    judged = verdict(Unreachable(Reason.BLOCKED))
    assert (judged.state, judged.reason, judged.closes_address) == (State.FAILED, "blocked", True)


def test_an_unconfirmed_copy_waits_for_a_person():
    assert verdict(Unconfirmed()).state is State.UNCONFIRMED


def test_an_unconfirmed_copy_is_repeated_where_the_platform_removes_doubles():
    assert verdict(Unconfirmed(), repeatable=True).state is State.DEFERRED


def test_what_may_have_arrived_has_not_failed_even_after_the_last_try():
    assert verdict(Unconfirmed(), attempt=3, repeatable=True).state is State.UNCONFIRMED


def test_waits_grow_from_try_to_try():
    assert [rest(Deferred(Reason.SERVER_ERROR), attempt=n) for n in (1, 2)] == [10, 20]


def test_waits_never_grow_past_the_longest():
    assert RetryPolicy(longest_wait=60).wait(50, None, 0).total_seconds() == 60


def test_the_platforms_wait_wins_when_longer():
    assert rest(Deferred(Reason.GREYLISTED, retry_after=300)) == 300


def test_our_wait_wins_when_longer():
    assert rest(Deferred(Reason.GREYLISTED, retry_after=1)) == 10


def test_jitter_adds_at_most_a_fifth():
    assert rest(Deferred(Reason.SERVER_ERROR), jitter=1.0) == 12


def test_the_last_try_fails():
    judged = verdict(Deferred(Reason.SERVER_ERROR), attempt=3)
    assert (judged.state, judged.reason) == (State.FAILED, End.TRIES_SPENT)


def test_a_channel_s_trouble_never_uses_up_a_copy_s_tries():
    judged = verdict(Deferred(Reason.RATE_LIMITED, 5, scope=Scope.CHANNEL), attempt=99)
    assert (judged.state, judged.counts) == (State.DEFERRED, False)


def test_a_rate_limit_holds_the_channel_for_the_platform_s_own_time():
    judged = verdict(Deferred(Reason.RATE_LIMITED, 5, scope=Scope.CHANNEL))
    assert judged.hold_until == NOW + timedelta(seconds=5)


def test_a_spent_quota_rests_the_channel_for_the_longest_wait():
    judged = verdict(Deferred(Reason.QUOTA, scope=Scope.CHANNEL))
    assert judged.hold_until == NOW + timedelta(seconds=POLICY.longest_wait)


@pytest.mark.parametrize("reason", [Reason.CREDENTIALS, Reason.NEEDS_PERSON])
def test_a_wrong_token_pauses_the_channel_until_a_person_looks(reason):
    judged = verdict(Deferred(reason, scope=Scope.CHANNEL))
    assert (judged.pauses_channel, judged.hold_until) == (True, None)
    assert not judged.counts


def test_a_copy_that_met_a_shut_turnstile_is_not_tried():
    judged = verdict(held(Held(2.5)))
    assert (judged.counts, judged.hold_until) == (False, NOW + timedelta(seconds=2.5))


def test_a_copy_whose_place_is_full_waits_alone_and_is_not_tried():
    judged = verdict(held(Held(30.0, place=True)), attempt=POLICY.tries)
    assert (judged.state, judged.counts, judged.hold_until) == (State.DEFERRED, False, None)
    assert judged.due_at == NOW + timedelta(seconds=30)


def test_a_copy_that_met_a_paused_channel_is_due_as_soon_as_somebody_opens_it():
    judged = verdict(held(Held(None)))
    assert (judged.due_at, judged.hold_until, judged.counts) == (NOW, None, False)


outcomes = st.one_of(
    st.just(Accepted(())),
    st.builds(Rejected, st.sampled_from(Reason)),
    st.builds(Unreachable, st.sampled_from(Reason)),
    st.just(Unconfirmed()),
    st.builds(
        Deferred,
        st.sampled_from(Reason),
        st.none() | st.floats(0, 1e6),
        scope=st.sampled_from(Scope),
    ),
)


@given(outcomes, st.integers(1, 20), st.booleans(), st.floats(0, 1))
def test_every_verdict_is_a_move_that_sending_may_make(outcome, attempt, repeatable, jitter):
    judged = verdict(outcome, attempt=attempt, repeatable=repeatable, jitter=jitter)
    assert State.SENDING in MOVES[judged.state]


@given(outcomes, st.integers(1, 20), st.booleans(), st.floats(0, 1))
def test_a_deferred_copy_always_knows_when_it_is_due(outcome, attempt, repeatable, jitter):
    judged = verdict(outcome, attempt=attempt, repeatable=repeatable, jitter=jitter)
    assert (judged.due_at is not None) == (judged.state is State.DEFERRED)


def test_what_has_ended_never_moves_again():
    ended = {State.FAILED, State.SKIPPED, State.EXPIRED, State.CANCELLED, State.READ}
    assert not ended & {source for target in State for source in MOVES[target]}


def test_every_state_names_its_sources():
    assert set(MOVES) == set(State)
    assert sources(State.DEFERRED) == ("sending",)
