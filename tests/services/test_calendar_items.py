"""The calendar's files: what is wrong is told by file, item and key, and the others go on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from broadcaster.domain.occasions import Missed, Unanswered, occasions
from broadcaster.domain.permissions import Role
from broadcaster.services.calendar import items
from broadcaster.services.calendar.days_off import school_days
from broadcaster.services.calendar.items import Calendar, read_calendar
from broadcaster.services.calendar.memos import memos
from tests.services.stage import MOSCOW

TODAY = date(2026, 11, 20)
GROUPS = ("1А", "4Б", "5А", "10А", "Ромашка")
CHANNELS = ("telegram", "email")

Read = Callable[..., Calendar]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Reads the school's own file over a shipped one with two items."""
    shipped = tmp_path / "shipped.yaml"
    shipped.write_text(
        "ticks: {rule: FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=14, time: '16:00', lead_days: 5}\n"
        "heat: {rule: FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=2, time: '16:00'}\n"
    )
    monkeypatch.setattr(items, "SHIPPED", shipped)
    own = tmp_path / "seasonal.yaml"

    def from_text(text: str, today: date = TODAY) -> Calendar:
        own.write_text(text)
        return read_calendar(own, channels=CHANNELS, groups=GROUPS, today=today)

    return from_text


def test_the_schools_own_words_lie_over_the_shipped_ones_key_by_key(read: Read) -> None:
    ticks = read("ticks: {time: '09:30'}\n").items["ticks"]
    assert (ticks.rhythm.at.hour, ticks.rhythm.lead.days) == (9, 5)


def test_an_item_takes_its_title_from_its_memo(read: Read) -> None:
    assert read("").items["ticks"].title == memos().memos["ticks"].title


def test_an_item_that_is_switched_off_is_not_followed(read: Read) -> None:
    found = read("heat: {enabled: false}\n")
    assert set(found.items) == {"ticks"}
    assert set(found.entries) == {"ticks", "heat"}


@pytest.mark.parametrize(
    ("block", "key", "words"),
    [
        ("{rule: FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30}", "rule", "никогда"),
        ("{rule: каждый год}", "rule", "FREQ=YEARLY"),
        ("{rule: FREQ=WEEKLY;BYDAY=FR;UNTIL=20250531}", "rule", "уже прошли"),
        ("{time: 9}", "time", "21:00"),
        ("{to: [9Я]}", "to", "9Я"),
        ("{to: []}", "to", "классы 1-4"),
        ("{channels: [telegran]}", "channels", "telegram"),
        ("{memo: tikcs}", "memo", "ticks"),
        ("{importance: huge}", "importance", "routine"),
        ("{lead_days: 400}", "lead_days", "60"),
        ("{late_days: -1}", "late_days", "30"),
        ("{approval: headmaster}", "approval", "approver"),
        ("{unanswered: perhaps}", "unanswered", "skip"),
        ("{begins: завтра}", "begins", "2026-11-05"),
        ("{remind: 3}", "remind", "такого имени нет"),
        ("3", "", "блок ключей"),
    ],
)
def test_a_wrong_item_is_told_and_the_others_go_on(
    read: Read, block: str, key: str, words: str
) -> None:
    found = read(f"ticks: {block}\n")
    (problem,) = found.problems
    assert (problem.file.name, problem.item, problem.key) == ("seasonal.yaml", "ticks", key)
    assert words in problem.text
    assert set(found.items) == {"heat"}
    assert found.is_broken("ticks")
    assert not found.is_broken("heat")


def test_an_item_without_a_rule_or_a_memo_is_told(read: Read) -> None:
    found = read("picnic: {time: '16:00'}\nwalk: {rule: FREQ=DAILY, time: '16:00'}\n")
    assert [(one.item, one.key) for one in found.problems] == [("picnic", "rule"), ("walk", "memo")]


def test_a_file_that_cannot_be_read_leaves_everything_as_it_is(read: Read) -> None:
    found = read("ticks: {time: '16:00'\nheat\n")
    assert found.items == {}
    assert not found.readable
    assert found.is_broken("heat")


def test_classes_are_meant_by_their_numbers_and_a_group_by_its_name(read: Read) -> None:
    found = read("ticks: {to: классы 1-5}\nheat: {to: [ромашка, 10А]}\n")
    assert found.problems == ()
    assert found.items["ticks"].to == ("классы 1-5",)


def test_an_item_for_classes_that_are_not_here_waits_without_a_word(read: Read) -> None:
    found = read("ticks: {to: классы 7-9}\n")
    assert found.problems == ()
    assert "ticks" not in found.items


def test_a_memo_past_its_review_does_not_go_unseen(tmp_path: Path) -> None:
    late = date(2040, 1, 1)
    found = read_calendar(tmp_path / "none", channels=CHANNELS, groups=GROUPS, today=late)
    for item in found.items.values():
        assert item.rhythm.consent is not None
        assert item.rhythm.unanswered is Unanswered.SKIP


def test_a_memo_whose_review_ends_before_it_leaves_is_asked_about(read: Read) -> None:
    last = memos().memos["ticks"].review_by
    assert last > TODAY
    text = "ticks: {approval: none, unanswered: send, lead_days: 5}\n"
    for ahead, consent in ((6, None), (5, None), (4, Role.APPROVER), (-1, Role.APPROVER)):
        found = read(text, last - timedelta(days=ahead))
        assert found.items["ticks"].rhythm.consent is consent


def test_the_shipped_calendar_is_in_order_for_a_school_and_for_a_kindergarten(
    tmp_path: Path,
) -> None:
    none = tmp_path / "none"
    for groups in (GROUPS, ("Ромашка", "Солнышко")):
        found = read_calendar(none, channels=CHANNELS, groups=groups, today=TODAY)
        assert found.problems == ()
        assert len(found.items) >= 24


def test_every_shipped_item_comes_once_a_year_for_ten_years(tmp_path: Path) -> None:
    found = read_calendar(tmp_path / "none", channels=CHANNELS, groups=GROUPS, today=TODAY)
    days = school_days(5).days
    for item in found.items.values():
        dates = occasions(item.rhythm, date(2027, 1, 1), date(2036, 12, 31), zone=MOSCOW, days=days)
        assert sorted(one.day.year for one in dates) == list(range(2027, 2037)), item.name
        assert all(days.works(one.send_at.astimezone(MOSCOW).date()) for one in dates), item.name


def test_memos_that_save_lives_leave_although_nobody_answers(tmp_path: Path) -> None:
    found = read_calendar(tmp_path / "none", channels=CHANNELS, groups=GROUPS, today=TODAY)
    ice = found.items["thin-ice-autumn"].rhythm
    assert (ice.consent, ice.unanswered, ice.missed) == (
        Role.APPROVER,
        Unanswered.SEND,
        Missed.SEND,
    )


def test_files_that_have_not_changed_are_looked_at_once(read: Read, tmp_path: Path) -> None:
    found = read("heat: {to: [5А]}\n")
    own = tmp_path / "seasonal.yaml"
    again = read_calendar(own, channels=CHANNELS, groups=GROUPS, today=TODAY)
    assert again.items["heat"] is found.items["heat"]


def test_a_group_that_is_new_is_seen_at_once(read: Read, tmp_path: Path) -> None:
    assert "heat" not in read("heat: {to: [6А]}\n").items
    own = tmp_path / "seasonal.yaml"
    found = read_calendar(own, channels=CHANNELS, groups=(*GROUPS, "6А"), today=TODAY)
    assert "heat" in found.items


def test_a_channel_that_is_off_now_is_seen_at_once(read: Read, tmp_path: Path) -> None:
    assert not read("heat: {channels: [email]}\n").problems
    own = tmp_path / "seasonal.yaml"
    found = read_calendar(own, channels=("telegram",), groups=GROUPS, today=TODAY)
    assert [problem.key for problem in found.problems] == ["channels"]
