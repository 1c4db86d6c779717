"""When the last copy leaves, told from the forecast, the queues, holds and what left today."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from broadcaster.contract import Content
from broadcaster.domain.planner import Bound
from broadcaster.domain.policy import Importance, Priority, QuietHours
from broadcaster.domain.states import State
from broadcaster.services.city import City, survey
from broadcaster.services.foretelling import Foretold, foretell, foretell_waiting
from broadcaster.services.outlets import Office
from broadcaster.services.release import forecast
from broadcaster.store.models import Announcement, ChannelState, Delivery
from tests import school
from tests.services.stage import MOSCOW, Platform, drained, office, outlet

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOON = school.NOON
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
QUIET = QuietHours(time(21), time(7), MOSCOW)


def limited(*limits: str, quiet: QuietHours | None = None, **also: Any) -> Office:
    return office(outlet(Platform(), limits=limits, **also), quiet=quiet)


def draft(people: int, **also: Any) -> UUID:
    """A draft for a class of so many."""
    for number in range(people):
        school.guardian(groups=("1А",), alpha=f"{number}")
    return school.announcement("1А", **also)


def told(of: Office, announcement: UUID, now: datetime = NOON) -> Foretold:
    return foretell(of, announcement, forecast(of, announcement, now=now), now=now)


def test_a_draft_leaves_at_the_pace_of_the_limit() -> None:
    one = told(limited("1/minute"), draft(3))
    (line,) = one.lines
    assert (line.copies, line.requests, line.binds, line.ahead) == (3, 3, Bound.LIMIT, 0)
    assert 2 * MINUTE <= line.last - NOON < 2 * MINUTE + timedelta(seconds=5)  # type: ignore[operator]


def test_it_leaves_behind_what_waits_already() -> None:
    made = draft(1)
    school.waiting(5)
    (line,) = told(limited("1/minute"), made).lines
    assert (line.copies, line.ahead, line.binds) == (1, 5, Bound.QUEUE)


def test_an_urgent_one_overtakes_what_waits() -> None:
    made = draft(1, importance=Importance.URGENT)
    school.waiting(5)
    assert told(limited("1/minute"), made).last == NOON


def test_what_somebody_stopped_is_in_nobodys_way() -> None:
    made = draft(1)
    school.waiting(5)
    Announcement.objects.exclude(pk=made).update(paused_at=NOON)
    assert told(limited("1/minute"), made).last == NOON


def test_what_left_today_counts_against_a_quota() -> None:
    made = draft(1)
    for row in school.waiting(5):
        Delivery.objects.filter(pk=row.pk).update(state=State.SENT, sent_at=NOON - HOUR)
    (line,) = told(limited("5/day"), made).lines
    assert line.binds is Bound.QUOTA
    assert DAY - HOUR <= line.last - NOON < DAY - HOUR + 2 * MINUTE  # type: ignore[operator]


def test_a_hold_of_the_platform_is_waited_for() -> None:
    ChannelState.objects.create(channel="alpha", hold_until=NOON + HOUR)
    (line,) = told(limited(), draft(1)).lines
    assert (line.last, line.binds) == (NOON + HOUR, Bound.HOLD)


def test_a_shut_channel_has_no_end() -> None:
    ChannelState.objects.create(channel="alpha", paused_at=NOON)
    one = told(limited(), draft(1))
    assert (one.last, one.seconds, one.lines[0].binds) == (None, None, Bound.PAUSED)


def test_a_draft_of_the_night_leaves_in_the_morning() -> None:
    night = datetime(2026, 11, 20, 23, tzinfo=MOSCOW)
    one = told(limited(quiet=QUIET), draft(1), now=night)
    assert one.last == datetime(2026, 11, 21, 7, tzinfo=MOSCOW)
    assert one.lines[0].binds is Bound.QUIET


def test_what_the_adapter_needs_is_what_counts() -> None:
    def hundreds(content: Content, copies: int, *, place: bool) -> int:
        assert content.texts
        return 7 if place else -(-copies // 100)

    of = limited("1/minute")
    object.__setattr__(of.outlets["alpha"], "requests_for", hundreds)
    assert told(of, draft(3)).lines[0].requests == 1


def test_everything_that_waits_is_one_plan() -> None:
    school.waiting(2)
    row = school.waiting(1)[0]
    Delivery.objects.filter(pk=row.pk).update(priority=Priority.URGENT, state=State.SENDING)
    (line,) = foretell_waiting(limited("1/minute"), now=NOON).lines
    assert (line.copies, line.requests, line.ahead) == (3, 3, 0)


def test_nothing_waits_nothing_leaves() -> None:
    one = foretell_waiting(limited(), now=NOON)
    assert (one.lines, one.last) == ((), None)


@pytest.mark.django_db(transaction=True)
def test_the_plan_is_what_then_happens() -> None:
    of = limited("20/second")
    school.waiting(20)
    planned = foretell_waiting(of, now=timezone.now())
    assert drained(of) == planned.lines[0].requests


def test_a_city_with_one_account_takes_hours_and_schools_with_their_own_take_seconds() -> None:
    city = City(
        families=100_000, schools=100, shares={"alpha": 50.0}, personal=False, within=15 * MINUTE
    )
    seen = survey(limited("30/second"), city, now=NOON)
    (part,) = seen.parts
    assert (part.copies, part.limits, part.accounts) == (50_000, ("30/second",), 2)
    assert (round(part.whole.seconds / 60), round(part.school.seconds)) == (28, 17)
    assert seen.rows == 100_000


def test_with_a_quota_of_one_each_copy_needs_an_account() -> None:
    city = City(families=10, schools=1, shares={"alpha": 100.0}, personal=True, within=MINUTE)
    (part,) = survey(limited("1/day"), city, now=NOON).parts
    assert part.accounts == 10
