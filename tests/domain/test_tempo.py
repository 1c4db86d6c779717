"""How many copies a lane claims at once, so that urgent ones wait briefly behind them."""

from __future__ import annotations

from broadcaster.domain.tempo import AHEAD, LEAST, Tempo


def test_before_anything_is_known_little_is_claimed() -> None:
    assert Tempo().size(1000, answered=0, now=5.0) == LEAST


def test_what_was_answered_since_the_last_claim_tells_how_much_is_claimed() -> None:
    tempo = Tempo()
    tempo.size(1000, answered=0, now=5.0)
    assert tempo.size(1000, answered=2000, now=7.0) == 1000 * AHEAD


def test_a_fast_server_is_given_as_much_as_the_channel_takes_at_once() -> None:
    tempo = Tempo()
    tempo.size(1000, answered=0, now=5.0)
    assert tempo.size(1000, answered=9000, now=6.0) == 1000


def test_a_slow_server_is_given_enough_for_all_its_connections() -> None:
    tempo = Tempo()
    tempo.size(1000, answered=0, now=5.0)
    assert tempo.size(1000, answered=3, now=6.0) == LEAST


def test_a_channel_that_takes_little_at_once_is_never_given_more() -> None:
    assert Tempo().size(30, answered=0, now=5.0) == 30


def test_two_claims_at_the_same_moment_are_no_speed() -> None:
    tempo = Tempo()
    tempo.size(1000, answered=0, now=5.0)
    assert tempo.size(1000, answered=10, now=5.0) == LEAST
