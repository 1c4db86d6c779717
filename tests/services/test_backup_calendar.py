"""After a restore the calendar looks ahead: what fell in between is recorded, and never sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from broadcaster.config import Calendar
from broadcaster.domain.occasions import Skipped
from broadcaster.domain.permissions import Role
from broadcaster.services.calendar import items
from broadcaster.services.calendar import memos as library
from broadcaster.services.calendar.planning import tick
from broadcaster.services.outlets import Office
from broadcaster.store.models import Announcement, Occasion, Series
from tests import school
from tests.memo_files import write_memo
from tests.services.backup_stage import copied, put_back
from tests.services.calendar_stage import dates, moscow
from tests.services.series_stage import FIRST, begun
from tests.services.stage import Platform, office
from tests.web.staff import member

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clean_home"),
]

DAILY = """\
ice: {rule: FREQ=DAILY, time: "16:00", shift: stay, approval: none, lead_days: 0, missed: send}
"""
TAKEN = moscow("2026-11-17 18:00")
"""A Tuesday."""
BACK = moscow("2026-11-20 12:00")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A school whose calendar has one memo, every day at 16:00."""
    own = tmp_path / "own"
    (own / "memos").mkdir(parents=True)
    write_memo(own / "memos", "ice")
    (own / "seasonal.yaml").write_text(DAILY, "utf-8")
    (own / "school.yaml").write_text(f"templates: {own}\n", "utf-8")
    (own / "shipped.yaml").touch()
    monkeypatch.setenv("BROADCASTER_CONFIG", str(own / "school.yaml"))
    monkeypatch.setattr(items, "SHIPPED", own / "shipped.yaml")
    monkeypatch.setattr(library, "SHIPPED", own / "none")
    school.guardian(alpha="here")
    return replace(office(Platform()), calendar=Calendar(enabled=True, week=7))


@pytest.fixture
def archive(desk: Office, tmp_path: Path) -> Path:
    """A copy of Tuesday evening; Monday's and Tuesday's memos have left before it."""
    for day in (16, 17):
        tick(desk, moscow(f"2026-11-{day} 12:00"), at_once=True)
        tick(desk, moscow(f"2026-11-{day} 16:00"), at_once=True)
    return copied(tmp_path / "backups", now=TAKEN).file


def test_dates_between_the_copy_and_now_are_told_and_recorded(desk: Office, archive: Path) -> None:
    done = put_back(archive, desk, now=BACK)
    assert [one.day.day for one in done.missed] == [18, 19]
    assert done.needs_person
    assert [became for _day, _at, became in dates()] == ["sent", "sent", "missed", "missed"]


def test_dates_between_the_copy_and_now_are_never_sent(desk: Office, archive: Path) -> None:
    put_back(archive, desk, now=BACK)
    assert tick(desk, BACK + timedelta(minutes=5), at_once=True) == 0


def test_the_calendar_goes_on_with_the_next_date(desk: Office, archive: Path) -> None:
    put_back(archive, desk, now=BACK)
    assert tick(desk, moscow("2026-11-20 16:00"), at_once=True) == 1


def test_a_draft_of_the_calendar_waits_for_a_person(desk: Office, tmp_path: Path) -> None:
    (tmp_path / "own" / "seasonal.yaml").write_text(DAILY.replace("lead_days: 0", "lead_days: 1"))
    tick(desk, moscow("2026-11-17 17:00"), at_once=True)
    (waits,) = Occasion.objects.filter(skipped="", announcement__released_at=None)
    archive = copied(tmp_path / "backups", now=TAKEN).file
    done = put_back(archive, desk, now=BACK)
    assert [one.announcement for one in done.held.announcements] == [waits.announcement_id]
    assert tick(desk, BACK, at_once=True) == 0
    assert Announcement.objects.get(pk=waits.announcement_id).released_at is None


def test_what_repeats_itself_stops_and_is_named(desk: Office, tmp_path: Path) -> None:
    begun(desk, member(Role.APPROVER, name="Мария Ивановна"), "1А", at="2026-11-17 12:00")
    archive = copied(tmp_path / "backups", now=TAKEN).file
    done = put_back(archive, desk, now=BACK)
    assert done.held.series == ["Сменная обувь"]
    assert Series.objects.get().started_at is None
    (own := tmp_path / "own" / "seasonal.yaml").write_text("", "utf-8")
    assert own.exists()
    assert tick(desk, moscow(FIRST), at_once=True) == 0


def test_a_missed_date_says_so_in_the_calendar(desk: Office, archive: Path) -> None:
    put_back(archive, desk, now=BACK)
    assert set(Occasion.objects.exclude(skipped="").values_list("skipped", flat=True)) == {
        Skipped.MISSED
    }
