"""For which channels, and how often, a bell is rung."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from broadcaster.store.models import Delivery
from broadcaster.store.queries.lanes import (
    due,
    free_lanes,
    hold_channel,
    leave_lane,
    pause_channel,
    ready,
    take_lane,
)
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON
LEASE = timedelta(seconds=45)


def test_a_channel_with_a_copy_due_is_ready() -> None:
    school.waiting(1)
    (channel,) = Delivery.objects.values_list("channel", flat=True).distinct()
    assert ready([channel, "other"], now=NOW) == [channel]


def test_a_channel_whose_copies_wait_for_later_is_not() -> None:
    school.waiting(1)
    (channel,) = Delivery.objects.values_list("channel", flat=True).distinct()
    Delivery.objects.update(due_at=NOW + timedelta(minutes=1))
    assert ready([channel], now=NOW) == []


def test_a_channel_that_is_shut_or_held_is_not() -> None:
    school.waiting(1)
    (channel,) = Delivery.objects.values_list("channel", flat=True).distinct()
    hold_channel(channel, until=NOW + timedelta(minutes=1), reason="rate_limited", detail="")
    assert ready([channel], now=NOW) == []
    assert ready([channel], now=NOW + timedelta(minutes=2)) == [channel]
    pause_channel(channel, now=NOW, reason="token", detail="")
    assert ready([channel], now=NOW + timedelta(minutes=2)) == []


def test_no_channel_at_all_is_ready_when_none_is_asked_for() -> None:
    assert ready([], now=NOW) == []


def test_lanes_nobody_has_ever_taken_are_free() -> None:
    assert free_lanes({"alpha": 2, "beta": 1}, now=NOW) == {"alpha": 2, "beta": 1}


def test_a_taken_lane_is_free_again_when_it_is_left_or_lost() -> None:
    mine, lost = uuid4(), uuid4()
    take_lane("alpha", slots=2, token=mine, now=NOW, lease=LEASE)
    take_lane("alpha", slots=2, token=lost, now=NOW, lease=LEASE)
    assert free_lanes({"alpha": 2}, now=NOW) == {"alpha": 0}
    leave_lane(mine, now=NOW)
    assert free_lanes({"alpha": 2}, now=NOW) == {"alpha": 1}
    assert free_lanes({"alpha": 2}, now=NOW + LEASE) == {"alpha": 2}


def test_a_lane_that_the_school_has_taken_away_counts_no_more() -> None:
    for _ in range(2):
        take_lane("alpha", slots=2, token=uuid4(), now=NOW, lease=LEASE)
    assert free_lanes({"alpha": 1}, now=NOW) == {"alpha": 0}


def test_copies_that_are_due_are_counted_so_far() -> None:
    school.waiting(3)
    (channel,) = Delivery.objects.values_list("channel", flat=True).distinct()
    assert [due(channel, most=most, now=NOW) for most in (2, 9)] == [2, 3]
