"""What may be done to an announcement that repeats itself, and how it is stopped."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any
from uuid import UUID

import pytest

from broadcaster.domain.permissions import Role
from broadcaster.domain.writing import Shut
from broadcaster.services import approvals
from broadcaster.services.calendar.series_keeping import (
    NotASeries,
    change_series,
    start_series,
    stop_series,
)
from broadcaster.services.control import cancel
from broadcaster.services.drafts import (
    DraftChanged,
    DraftShut,
    NoSuchDraft,
    OutOfReach,
    drop_draft,
    repeat,
    sheet_for,
    write_draft,
)
from broadcaster.services.drafts_leaving import send_off
from broadcaster.services.drafts_ready import NotReady
from broadcaster.services.outlets import Office
from broadcaster.services.release import NotThisOne, release
from broadcaster.store.models import Announcement, Revision, Staff
from tests.auditing import audited
from tests.services.calendar_stage import moscow
from tests.services.series_stage import (
    FIRST,
    FRIDAYS,
    SECOND,
    START,
    beat,
    copies,
    draft_of,
    written,
)
from tests.web.staff import member

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = moscow(START)


# While it goes on


@pytest.mark.parametrize("does", [send_off, approvals.ask, start_series])
def test_what_goes_on_is_not_sent_itself(
    desk: Office, author: Staff, mould: UUID, does: Any
) -> None:
    version = sheet_for(author, mould).version
    with pytest.raises(DraftShut) as refused:
        does(desk, author, mould, version=version, now=NOW)
    assert refused.value.why is Shut.REPEATS


def test_nobody_releases_a_mould(desk: Office, mould: UUID) -> None:
    with pytest.raises(NotThisOne):
        release(desk, mould, now=NOW)
    assert Announcement.objects.get(pk=mould).released_at is None


def test_what_wishes_to_repeat_is_not_sent_once(desk: Office, author: Staff) -> None:
    key = draft_of(author)
    with pytest.raises(DraftChanged):
        send_off(desk, author, key, version=1, now=NOW)


def test_what_goes_on_is_not_deleted(author: Staff, mould: UUID) -> None:
    with pytest.raises(DraftShut):
        drop_draft(author, mould, now=NOW)


def test_half_a_word_is_not_saved_into_what_goes_on(author: Staff, mould: UUID) -> None:
    version = sheet_for(author, mould).version
    with pytest.raises(DraftShut):
        write_draft(author, mould, written(title="Смен"), version=version)


def test_the_next_copy_has_what_was_saved_meanwhile(
    desk: Office, author: Staff, mould: UUID
) -> None:
    beat(desk, FIRST)
    version = sheet_for(author, mould).version
    said = written(body="И форму!")
    change_series(desk, author, mould, said, version=version, now=moscow(FIRST))
    beat(desk, SECOND)
    bodies = [Revision.objects.get(announcement=one).body for one in copies(mould)]
    assert bodies == ["Не забудьте!", "И форму!"]


def test_a_change_that_could_not_be_sent_is_not_saved(
    desk: Office, author: Staff, mould: UUID
) -> None:
    version = sheet_for(author, mould).version
    with pytest.raises(NotReady):
        change_series(desk, author, mould, written(body=""), version=version, now=NOW)
    assert sheet_for(author, mould).written.body == "Не забудьте!"


def test_a_change_over_somebody_elses_is_refused(desk: Office, author: Staff, mould: UUID) -> None:
    with pytest.raises(DraftChanged):
        change_series(desk, author, mould, written(body="И форму!"), version=1, now=NOW)


def test_another_rule_moves_the_dates(desk: Office, author: Staff, mould: UUID) -> None:
    version = sheet_for(author, mould).version
    mondays = replace(FRIDAYS, rule="FREQ=WEEKLY;BYDAY=MO", at=time(9))
    change_series(desk, author, mould, written(repeats=mondays), version=version, now=NOW)
    assert [beat(desk, at) for at in (FIRST, "2026-11-30 09:00")] == [0, 1]


def test_an_hour_that_is_over_today_is_not_made_up_for(
    desk: Office, author: Staff, mould: UUID
) -> None:
    version, now = sheet_for(author, mould).version, moscow("2026-11-27 15:00")
    earlier = written(repeats=replace(FRIDAYS, at=time(14, 30)))
    change_series(desk, author, mould, earlier, version=version, now=now)
    assert beat(desk, "2026-11-27 15:01") == 0


def test_an_administrator_does_not_choose_for_a_teacher_whom_she_may_not_write_to(
    desk: Office, author: Staff, mould: UUID
) -> None:
    boss, version = member(Role.ADMINISTRATOR), sheet_for(author, mould).version
    with pytest.raises(OutOfReach):
        change_series(desk, boss, mould, written("1А", "2Б"), version=version, now=NOW)


def test_a_copy_of_the_mould_is_an_ordinary_draft(author: Staff, mould: UUID) -> None:
    sheet = sheet_for(author, repeat(author, mould, now=NOW))
    assert (sheet.going_on, sheet.written.repeats) == (False, None)
    assert sheet.written.body == "Не забудьте!"


# Stopping


def test_what_is_stopped_sends_nothing_more_and_is_a_draft_again(
    desk: Office, author: Staff, mould: UUID
) -> None:
    beat(desk, FIRST)
    stop_series(author, mould, now=moscow(FIRST))
    assert beat(desk, SECOND) == 0
    sheet = sheet_for(author, mould)
    assert (sheet.going_on, sheet.shut, sheet.written.repeats) == (False, None, FRIDAYS)


def test_what_is_stopped_twice_is_refused(author: Staff, mould: UUID) -> None:
    stop_series(author, mould, now=NOW)
    with pytest.raises(NotASeries):
        stop_series(author, mould, now=NOW)


def test_a_teacher_does_not_stop_anothers(mould: UUID) -> None:
    with pytest.raises(NoSuchDraft):
        stop_series(member(Role.TEACHER, "1А"), mould, now=NOW)


def test_what_is_begun_again_goes_on(desk: Office, author: Staff, mould: UUID) -> None:
    stop_series(author, mould, now=NOW)
    beat(desk, START)
    start_series(desk, author, mould, version=sheet_for(author, mould).version, now=NOW)
    assert beat(desk, FIRST) == 1


def test_a_mould_that_is_cancelled_sends_nothing_more(desk: Office, mould: UUID) -> None:
    cancel(mould, now=NOW)
    assert beat(desk, FIRST) == 0


def test_every_step_stands_in_the_log(desk: Office, author: Staff, mould: UUID) -> None:
    version = sheet_for(author, mould).version
    change_series(desk, author, mould, written(body="Иное"), version=version, now=NOW)
    stop_series(author, mould, now=NOW)
    assert audited() == ["draft_made", "series_started", "series_changed", "series_stopped"]
