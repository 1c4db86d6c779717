"""Which bells are rung: for a release, and by a sweep."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from broadcaster import tasks
from broadcaster.bootstrap import office
from broadcaster.contract import Reason
from broadcaster.services.outlets import Office
from broadcaster.store.models import Delivery
from broadcaster.store.queries.lanes import pause_channel, take_lane
from tests import school
from tests.services.stage import Platform, outlet
from tests.services.stage import office as channels

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def two_lanes(monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office whose one channel may be sent on by two workers."""
    ready = office()
    site = replace(ready.outlets["site"], lanes=2)
    mine = replace(ready, outlets={"site": site})
    monkeypatch.setattr(tasks, "office", lambda: mine)
    return mine


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The channels that were rung for, instead of a broker."""
    rung: list[str] = []

    def ring(arguments: tuple[str, ...] = (), **_options: Any) -> None:
        rung.extend(arguments)

    monkeypatch.setattr(tasks.send, "apply_async", ring)
    return rung


def waiting(due_at: datetime) -> None:
    """One copy for the site."""
    place = school.destination("site", "1a", data_class=0)
    school.copy(place, school.announcement("1А", released_at=due_at), state="queued")
    Delivery.objects.update(due_at=due_at, channel="site")


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.usefixtures("two_lanes")
def test_a_release_rings_once_for_each_free_lane(bells: list[str]) -> None:
    waiting(now())
    tasks.ring_for_release()
    assert bells == ["site", "site"]


@pytest.mark.usefixtures("two_lanes")
def test_a_lane_that_is_taken_is_not_rung_for(bells: list[str]) -> None:
    waiting(now())
    take_lane("site", slots=2, token=uuid4(), now=now(), lease=timedelta(minutes=1))
    tasks.ring_for_release()
    assert bells == ["site"]


@pytest.mark.usefixtures("two_lanes")
def test_a_channel_whose_lanes_are_all_taken_is_rung_for_once(bells: list[str]) -> None:
    waiting(now())
    for _ in range(2):
        take_lane("site", slots=2, token=uuid4(), now=now(), lease=timedelta(minutes=1))
    tasks.ring_for_release()
    assert bells == ["site"]


@pytest.mark.usefixtures("two_lanes")
def test_for_what_waits_until_the_morning_nobody_is_rung(bells: list[str]) -> None:
    waiting(now() + timedelta(hours=8))
    tasks.ring_for_release()
    assert bells == []


def test_the_watch_lets_routine_copies_leave_a_channel_that_has_long_been_shut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = channels(outlet(Platform(), "alpha"), outlet(Platform(), "beta"))
    monkeypatch.setattr(tasks, "office", lambda: both)
    parent = school.guardian(alpha="first", beta="second")
    school.copy(parent.addresses.get(channel="alpha"), school.announcement(released_at=now()))
    long_ago = now() - timedelta(hours=2)
    pause_channel("alpha", now=long_ago, reason=Reason.CREDENTIALS, detail="")
    tasks.keep_watch()
    rows = Delivery.objects.order_by("pk").values_list("channel", "state")
    assert list(rows) == [("alpha", "skipped"), ("beta", "queued")]
