"""The calendar as people look at it: what was, what waits, what is to come, and for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from broadcaster.config import Calendar
from broadcaster.domain.occasions import Skipped
from broadcaster.domain.permissions import Role
from broadcaster.services import approvals
from broadcaster.services.calendar import items
from broadcaster.services.calendar.going import skip
from broadcaster.services.calendar.planning import tick
from broadcaster.services.calendar.showing import Fate, Kind, Shown, between, upcoming
from broadcaster.services.outlets import Office
from broadcaster.store.models import Announcement, ApprovalRequest, Occasion, Revision, Staff
from tests import school
from tests.services.calendar_stage import moscow
from tests.services.stage import Platform, office
from tests.web.staff import member

pytestmark = [pytest.mark.database, pytest.mark.django_db]

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
NOW = "2026-10-30 12:00"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Office:
    """An office whose calendar has one item: thin ice on Wednesday 4 November, a day off."""
    settings.HOME = tmp_path
    shipped = tmp_path / "shipped.yaml"
    shipped.write_text(
        "ice: {rule: FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=4, time: '16:00', shift: next,"
        " memo: thin-ice-autumn}\n"
    )
    monkeypatch.setattr(items, "SHIPPED", shipped)
    monkeypatch.setenv("BROADCASTER_CONFIG", str(tmp_path / "school.yaml"))
    school.guardian(alpha="here")
    return replace(office(Platform()), calendar=Calendar(enabled=True))


def shown(desk: Office, at: str = NOW, *, by: Staff | None = None) -> list[Shown]:
    return between(desk, *YEAR, by=by, now=moscow(at))


def test_a_date_to_come_stands_on_the_day_to_which_a_day_off_moves_it(desk: Office) -> None:
    (one,) = shown(desk, "2026-10-01 12:00")
    assert (one.fate, one.day, one.on) == (Fate.PLANNED, date(2026, 11, 4), date(2026, 11, 5))
    assert one.moved


def test_while_the_calendar_is_off_its_dates_are_only_offered(desk: Office) -> None:
    (one,) = shown(replace(desk, calendar=Calendar()), "2026-10-01 12:00")
    assert one.fate is Fate.OFF


def test_a_date_tells_what_becomes_of_it(desk: Office) -> None:
    boss = member(Role.APPROVER)
    tick(desk, moscow(NOW))
    assert [one.fate for one in shown(desk)] == [Fate.ASKED]
    approvals.approve(desk, boss, ApprovalRequest.objects.get().pk, now=moscow(NOW))
    assert [one.fate for one in shown(desk)] == [Fate.READY]
    tick(desk, moscow("2026-11-05 16:00"), at_once=True)
    assert [one.fate for one in shown(desk, "2026-11-05 16:01")] == [Fate.SENT]


def test_a_date_that_was_left_out_says_why(desk: Office) -> None:
    tick(desk, moscow(NOW))
    skip(Occasion.objects.get(), Skipped.BY_HAND, now=moscow(NOW))
    (one,) = shown(desk)
    assert (one.fate, one.why) == (Fate.SKIPPED, Skipped.BY_HAND)


def test_a_teacher_sees_the_schools_dates_and_not_others_drafts(desk: Office) -> None:
    other = member(Role.TEACHER, "2Б")
    mine = Announcement.objects.create(
        author="Олег", created_at=moscow(NOW), release_at=moscow("2026-12-01 10:00")
    )
    Revision.objects.create(announcement=mine, title="Ёлка", body="…", created_at=moscow(NOW))
    mine.groups.set([school.group("1А")])
    tick(desk, moscow(NOW))
    assert [one.kind for one in shown(desk, by=other)] == [Kind.MEMO]
    assert [one.title for one in shown(desk)][1:] == ["Ёлка"]
    hers = member(Role.TEACHER, "1А", name="Анна")
    assert [one.kind for one in shown(desk, by=hers)] == [Kind.MEMO, Kind.ONCE]


def test_what_is_next_leaves_out_what_has_come_to_its_end(desk: Office) -> None:
    tick(desk, moscow(NOW))
    skip(Occasion.objects.get(), Skipped.BY_HAND, now=moscow(NOW))
    (one,) = upcoming(desk, within=timedelta(days=366), by=None, now=moscow("2026-11-10 12:00"))
    assert one.on == date(2027, 11, 8)  # the 4th and the 5th are days off
