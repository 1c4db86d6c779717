"""How many copies a lane claims at once, so that urgent ones wait briefly behind them."""

from __future__ import annotations

import pytest

from broadcaster.domain.tempo import AHEAD, CONNECTED, LARGEST, Tempo, tempo


def unlimited() -> Tempo:
    """That of a channel without limits which takes a thousand copies at once."""
    return tempo(0, together=1, batch=1000)


def test_before_anything_is_known_little_is_claimed() -> None:
    assert unlimited().size(answered=0, now=5.0) == CONNECTED


def test_what_was_answered_since_the_last_claim_tells_how_much_is_claimed() -> None:
    pulse = unlimited()
    pulse.size(answered=0, now=5.0)
    assert pulse.size(answered=2000, now=7.0) == 1000 * AHEAD
    assert pulse.size(answered=2600, now=8.0) == 600 * AHEAD


def test_a_fast_server_is_given_as_much_as_the_channel_takes_at_once() -> None:
    pulse = unlimited()
    pulse.size(answered=0, now=5.0)
    assert pulse.size(answered=9000, now=6.0) == 1000


def test_a_slow_server_is_given_enough_for_all_its_connections() -> None:
    pulse = unlimited()
    pulse.size(answered=0, now=5.0)
    assert pulse.size(answered=3, now=6.0) == CONNECTED


def test_a_channel_that_takes_little_at_once_is_never_given_more() -> None:
    assert tempo(0, together=1, batch=30).size(answered=0, now=5.0) == 30


def test_two_claims_at_the_same_moment_are_no_speed() -> None:
    pulse = unlimited()
    pulse.size(answered=0, now=5.0)
    assert pulse.size(answered=10, now=5.0) == CONNECTED


@pytest.mark.parametrize(
    ("requests", "together", "first"), [(30, 1, 15), (20, 100, 100), (1, 1, 1)]
)
def test_under_a_limit_the_first_batch_is_no_more_than_leaves_soon_but_fills_a_request(
    requests: int, together: int, first: int
) -> None:
    pulse = tempo(requests, together=together, batch=1000)
    assert pulse.size(answered=0, now=5.0) == first
    assert pulse.size(answered=1, now=9.0) == first


@pytest.mark.parametrize(("copies", "claimed"), [(500, 200), (2000, 1000), (9000, LARGEST)])
def test_under_a_limit_of_requests_it_follows_how_many_copies_leave_in_full_requests(
    copies: int, claimed: int
) -> None:
    pulse = tempo(20, together=100, batch=1000)
    pulse.size(answered=0, now=5.0)
    assert pulse.size(answered=copies, now=6.0) == claimed
