"""Two channels for the sweep to look after, an evening, a night and a morning."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from broadcaster.domain.policy import QuietHours
from broadcaster.services.outlets import Office
from broadcaster.store.models import Delivery
from tests import school
from tests.services.stage import MOSCOW, Platform, office, outlet

NOW = school.NOON
QUIET = QuietHours(time(21), time(7), MOSCOW)
EVENING = datetime(2026, 11, 20, 20, 50, tzinfo=MOSCOW)
NIGHT = EVENING + timedelta(hours=2)
MORNING = datetime(2026, 11, 21, 7, tzinfo=MOSCOW)


def both(**also: Any) -> Office:
    """An office with both channels."""
    return office(outlet(Platform(), "alpha"), outlet(Platform(), "beta"), **also)


def copy(channel: str = "alpha", **also: Any) -> Delivery:
    """A copy that waits, for somebody new."""
    return school.copy(school.address(school.guardian(), channel), **also)


def scheduled(at: datetime = NOW, **also: Any) -> UUID:
    """An announcement to 1А that leaves at this time."""
    return school.announcement("1А", release_at=at, **also)
