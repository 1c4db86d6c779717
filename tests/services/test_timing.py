"""Is there still time: an announcement must leave later than now and before it is out of date."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broadcaster.contract import DataClass
from broadcaster.domain.policy import Importance
from broadcaster.services.drafting import Draft
from broadcaster.services.timing import timing_problems
from tests.school import NOON
from tests.services.stage import MOSCOW

HOUR = timedelta(hours=1)


def problems(at: timedelta | None = None, expires: timedelta | None = None) -> list[str]:
    """Which keys are wrong, when they are so far from now."""
    draft = Draft(
        title="Собрание",
        body="Приходите!",
        importance=Importance.ROUTINE,
        groups=(),
        channels=(),
        data_class=DataClass.PUBLIC,
        attachments=(),
        at=None if at is None else NOON + at,
        expires=None if expires is None else NOON + expires,
    )
    return [problem.where for problem in timing_problems(draft, now=NOON, zone=MOSCOW)]


@pytest.mark.parametrize(
    ("at", "expires"), [(None, None), (HOUR, None), (None, HOUR), (HOUR, 2 * HOUR)]
)
def test_what_lies_ahead_in_order_is_right(at: timedelta | None, expires: timedelta | None) -> None:
    assert problems(at, expires) == []


@pytest.mark.parametrize("at", [timedelta(), -HOUR])
def test_a_time_that_is_over_cannot_be_kept(at: timedelta) -> None:
    assert problems(at) == ["at"]


@pytest.mark.parametrize("expires", [timedelta(), -HOUR])
def test_what_is_out_of_date_is_not_sent(expires: timedelta) -> None:
    assert problems(None, expires) == ["expires"]


@pytest.mark.parametrize("expires", [HOUR, HOUR / 2])
def test_what_would_be_out_of_date_when_it_leaves_is_not_scheduled(expires: timedelta) -> None:
    assert problems(HOUR, expires) == ["expires"]


def test_both_may_be_wrong() -> None:
    assert problems(-HOUR, -HOUR) == ["at", "expires"]
