"""How several workers share one channel's copies."""

from __future__ import annotations

from broadcaster.domain.sharing import LEAST, enough, fair_share


def test_the_only_lane_takes_all_it_can() -> None:
    assert fair_share(7, lanes=1, most=1000) == 1000


def test_with_much_to_do_a_lane_takes_a_whole_batch() -> None:
    assert fair_share(enough(lanes=2, most=1000), lanes=2, most=1000) == 1000


def test_towards_the_end_a_lane_takes_half_of_what_falls_to_it() -> None:
    assert fair_share(800, lanes=2, most=1000) == 200


def test_a_handful_is_not_divided() -> None:
    assert fair_share(10, lanes=2, most=1000) == LEAST


def test_never_more_is_taken_than_a_channel_wants() -> None:
    assert fair_share(10, lanes=2, most=20) == 20
