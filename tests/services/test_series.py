"""Announcements that repeat themselves: how one begins, and on which dates its copies leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from broadcaster.domain.days_off import Shift
from broadcaster.domain.occasions import GRACE
from broadcaster.domain.permissions import Role
from broadcaster.domain.repeating import Repetition, with_end
from broadcaster.services.calendar.planning import tick
from broadcaster.services.calendar.series_ahead import ahead
from broadcaster.services.calendar.series_keeping import start_series
from broadcaster.services.drafts import DraftChanged, DraftShut, NoSuchDraft, sheet_for, write_draft
from broadcaster.services.drafts_leaving import outlook
from broadcaster.services.drafts_ready import NotReady
from broadcaster.services.outlets import Office
from broadcaster.services.sweep import sweep
from broadcaster.store.models import Announcement, Occasion, Revision, Series, Staff
from tests.auditing import audited
from tests.services.calendar_stage import dates, moscow
from tests.services.series_stage import (
    FIRST,
    FRIDAYS,
    SECOND,
    START,
    beat,
    begun,
    copies,
    draft_of,
    written,
)
from tests.together import together
from tests.web.staff import member

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = moscow(START)


# Beginning


def test_a_wish_to_repeat_lets_nothing_leave(desk: Office, author: Staff) -> None:
    draft_of(author)
    assert beat(desk, FIRST) == 0
    assert dates() == []


def test_each_date_gets_its_own_copy(desk: Office, mould: UUID) -> None:
    assert [beat(desk, at) for at in (FIRST, FIRST, "2026-12-01 16:00", SECOND)] == [1, 0, 0, 1]
    assert dates() == [
        ("2026-11-27", "27.11 16:00", "sent"),
        ("2026-12-04", "04.12 16:00", "sent"),
    ]


def test_the_mould_itself_never_leaves(desk: Office, mould: UUID) -> None:
    beat(desk, FIRST)
    sweep(desk, moscow(SECOND))
    assert Announcement.objects.get(pk=mould).released_at is None


def test_a_copy_is_like_its_mould(desk: Office, mould: UUID) -> None:
    beat(desk, FIRST)
    (copy,) = copies(mould)
    text = Revision.objects.get(announcement=copy)
    assert (text.title, text.body, copy.author) == (
        "Сменная обувь",
        "Не забудьте!",
        "Мария Ивановна",
    )
    assert [group.name for group in copy.groups.all()] == ["1А"]


def test_what_begins_in_the_minute_of_a_date_still_sends_it(desk: Office, author: Staff) -> None:
    begun(desk, author, at="2026-11-27 15:59:30")
    assert beat(desk, "2026-11-27 16:00:20") == 1


def test_dates_before_the_beginning_are_not_sent(desk: Office, author: Staff) -> None:
    begun(desk, author, at="2026-11-27 16:00:01")
    assert beat(desk, "2026-11-27 16:01") == 0


@pytest.mark.parametrize(
    ("repeats", "words"),
    [
        (replace(FRIDAYS, rule="FREQ=HOURLY"), "Правило повторения"),
        (replace(FRIDAYS, rule="FREQ=WEEKLY;BYDAY=FR;UNTIL=20261120"), "ни одна дата"),
        (replace(FRIDAYS, rule="FREQ=WEEKLY;BYDAY=FR;UNTIL=20270231"), "Правило повторения"),
        (replace(FRIDAYS, rule="FREQ=WEEKLY;BYDAY=FR;UNTIL=20990101"), "не дальше пяти лет"),
        (replace(FRIDAYS, rule="FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2"), "Правило повторения"),
    ],
)
def test_a_rule_without_dates_begins_nothing(
    desk: Office, author: Staff, repeats: Repetition, words: str
) -> None:
    key = draft_of(author, repeats=repeats)
    with pytest.raises(NotReady) as refused:
        start_series(desk, author, key, version=1, now=NOW)
    assert [lack.field for lack in refused.value.lacks] == ["repeats"]
    assert words in refused.value.lacks[0].words
    assert not sheet_for(author, key).going_on


@pytest.mark.parametrize("also", [{"title": ""}, {"body": ""}, {"groups": frozenset()}])
def test_what_could_not_be_sent_does_not_begin(
    desk: Office, author: Staff, also: dict[str, Any]
) -> None:
    key = draft_of(author)
    write_draft(author, key, replace(written(), **also), version=1)
    with pytest.raises(NotReady):
        start_series(desk, author, key, version=2, now=NOW)


def test_another_version_than_the_one_looked_at_does_not_begin(desk: Office, author: Staff) -> None:
    key = draft_of(author)
    write_draft(author, key, written(title="Иное"), version=1)
    with pytest.raises(DraftChanged):
        start_series(desk, author, key, version=1, now=NOW)


def test_a_teacher_does_not_begin_anothers_draft(desk: Office, author: Staff) -> None:
    key = draft_of(author)
    with pytest.raises(NoSuchDraft):
        start_series(desk, member(Role.TEACHER, "1А"), key, version=1, now=NOW)


def test_an_administrator_may(desk: Office, author: Staff) -> None:
    key = draft_of(author)
    start_series(desk, member(Role.ADMINISTRATOR), key, version=1, now=NOW)
    assert sheet_for(author, key).going_on


@pytest.mark.django_db(transaction=True)
def test_two_presses_begin_one_series(desk: Office, author: Staff) -> None:
    key = draft_of(author)

    def press() -> str:
        try:
            start_series(desk, author, key, version=1, now=NOW)
        except (DraftShut, DraftChanged) as refused:
            return type(refused).__name__
        return "begun"

    assert together(*[press] * 4).count("begun") == 1
    assert audited().count("series_started") == 1


def test_what_names_no_end_ends_after_two_years(desk: Office, author: Staff) -> None:
    key = begun(desk, author, repeats=replace(FRIDAYS, rule="FREQ=WEEKLY;BYDAY=FR"))
    assert Series.objects.get(mould=key).rule == "FREQ=WEEKLY;BYDAY=FR;UNTIL=20281124"


def test_its_dates_are_told_before_it_begins(desk: Office, author: Staff) -> None:
    seen = outlook(desk, author, draft_of(author), now=NOW)
    assert [one.day.isoformat() for one in seen.dates[:2]] == ["2026-11-27", "2026-12-04"]
    assert (len(seen.dates), seen.dates[-1].day.isoformat()) == (27, "2027-05-28")


# Which dates


def test_a_date_moves_with_a_day_off(desk: Office, author: Staff) -> None:
    moved = replace(FRIDAYS, rule="FREQ=MONTHLY;BYMONTHDAY=1", shift=Shift.NEXT)
    begun(desk, author, repeats=moved, at="2026-12-20 12:00")
    beat(desk, "2027-01-01 16:00")
    assert dates() == []
    beat(desk, "2027-01-11 16:00")
    assert dates() == [("2027-01-01", "11.01 16:00", "sent")]


def test_what_was_late_by_more_than_an_hour_does_not_leave(desk: Office, mould: UUID) -> None:
    assert beat(desk, "2026-11-27 17:01") == 0
    assert dates() == [("2026-11-27", "27.11 16:00", "missed")]


def test_a_series_that_is_over_is_a_draft_that_sends_nothing(desk: Office, mould: UUID) -> None:
    beat(desk, "2027-05-28 16:00")
    now = moscow("2027-06-04 16:00")
    assert all(
        beat(desk, f"{now + timedelta(days=7 * week):%Y-%m-%d 16:00}") == 0 for week in (0, 1)
    )


# Half a year of it


@pytest.mark.parametrize("seed", range(2))
def test_half_a_year_of_beats_at_any_times_makes_each_date_once(
    desk: Office, author: Staff, seed: int
) -> None:
    fate = Random(seed)
    rule = fate.choice(
        ["FREQ=WEEKLY;BYDAY=FR", "FREQ=WEEKLY;BYDAY=TU,SA", "FREQ=MONTHLY;BYMONTHDAY=-1"]
    )
    last = NOW.date() + timedelta(days=182)
    repeats = Repetition(with_end(rule, last), time(16), fate.choice(list(Shift)))
    wanted = {one.day for one in ahead(desk, repeats, now=NOW)}
    key = begun(desk, author, repeats=repeats)
    beats, now = [NOW], NOW
    while now < NOW + timedelta(days=200):
        now += fate.choice(
            [timedelta(0), timedelta(minutes=59), timedelta(hours=9), timedelta(days=4)]
        )
        beats.append(now)
        for _beat in range(fate.choice([1, 1, 2])):
            tick(desk, now, at_once=True)
    rows = Occasion.objects.filter(announcement__isnull=False).select_related("announcement")
    sent = [row for row in rows if row.announcement and row.announcement.released_at]
    assert {row.day for row in sent} <= wanted
    assert len({row.day for row in sent}) == len(sent) == Announcement.objects.count() - 1
    told = Occasion.objects.exclude(skipped="coincides").values_list("day", flat=True)
    assert sorted(told) == sorted(wanted)
    for row in Occasion.objects.exclude(skipped="coincides"):
        in_time = any(row.send_at <= one <= row.send_at + GRACE for one in beats)
        assert (row in sent) is in_time
    assert len(copies(key)) == len(sent)
