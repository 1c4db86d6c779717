"""How the share of a limit is told from what a platform saw."""

from __future__ import annotations

import pytest

from benchmarks.platform import steady


def test_the_first_second_does_not_count() -> None:
    burst = [0.0] * 50
    even = [0.01 + number / 10 for number in range(31)]
    told = steady([*burst, *even])
    assert told["many"] == 20
    assert abs(told["seconds"] - 2.0) < 1e-9


def test_messages_of_one_request_came_together() -> None:
    requests = [number / 10 + copy / 1000 for number in range(31) for copy in range(5)]
    told = steady(requests, 5)
    assert told["many"] / told["seconds"] == pytest.approx(50)


def test_nothing_is_told_of_what_was_over_within_a_second() -> None:
    assert steady([0.0, 0.5]) == {"many": 0, "seconds": 0.0}
