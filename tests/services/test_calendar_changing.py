"""The school changes its calendar, after a look at the dates that change."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from broadcaster.config import Calendar
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.calendar import items
from broadcaster.services.calendar.changing import (
    ItemRefused,
    NoSuchItem,
    compare,
    remove_item,
    save_item,
    switch_item,
    tried,
)
from broadcaster.services.calendar.items import calendar, own_calendar
from broadcaster.services.outlets import Office, local_day
from broadcaster.store.models import AuditEntry
from tests import school
from tests.services.calendar_stage import item
from tests.services.stage import MOSCOW, Platform, office

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON
TICKS = "ticks: {rule: FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=14, time: '16:00'}\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Office:
    """An office whose calendar has one shipped item, and whose own file is not there yet."""
    settings.HOME = tmp_path
    shipped = tmp_path / "shipped.yaml"
    shipped.write_text(TICKS)
    monkeypatch.setattr(items, "SHIPPED", shipped)
    monkeypatch.setenv("BROADCASTER_CONFIG", str(tmp_path / "school.yaml"))
    school.group("1А")
    return replace(office(Platform()), calendar=Calendar(enabled=True))


def read(desk: Office) -> items.Calendar:
    return calendar(desk, today=local_day(desk, NOW))


def save(desk: Office, name: str = "ticks", **values: Any) -> list[str]:
    return save_item(desk, name, values, by=COMMAND_LINE, now=NOW)


def test_what_is_saved_counts_at_once_and_stands_in_the_log(desk: Office) -> None:
    save(desk, time="09:30", to=["1А"])
    ticks = read(desk).items["ticks"]
    assert (ticks.rhythm.at, ticks.to) == (time(9, 30), ("1А",))
    assert AuditEntry.objects.get().facts == {"keys": ["ticks.time", "ticks.to"]}


def test_comments_in_the_schools_file_are_kept(desk: Office) -> None:
    own_calendar().write_text("# наш лёд встаёт рано\nticks: {lead_days: 3}  # клещи\n")
    save(desk, time="09:30")
    assert "# наш лёд встаёт рано" in own_calendar().read_text()
    assert "# клещи" in own_calendar().read_text()


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"rule": "FREQ=HOURLY"}, "rule"),
        ({"rule": "FREQ=WEEKLY;BYDAY=FR;UNTIL=20261119"}, "rule"),
        ({"to": ["7Ж"]}, "to"),
        ({"memo": "nothing"}, "memo"),
        ({"time": "25:00"}, "time"),
    ],
)
def test_a_wrong_item_is_refused_and_the_file_stays(
    desk: Office, values: dict[str, Any], key: str
) -> None:
    with pytest.raises(ItemRefused) as refused:
        save(desk, **values)
    assert [problem.key for problem in refused.value.problems] == [key]
    assert not own_calendar().exists()


@pytest.mark.parametrize("name", ["series-1", "Лёд", "a b", "", "x" * 61])
def test_an_item_is_not_called_anything(desk: Office, name: str) -> None:
    with pytest.raises(ItemRefused):
        save(desk, name, rule="FREQ=DAILY", time="16:00", memo="ticks")


def test_trying_writes_nothing(desk: Office) -> None:
    made, problems = tried(desk, "ticks", {"time": "09:30"}, now=NOW)
    assert made is not None
    assert problems == ()
    assert not own_calendar().exists()


def test_a_new_day_shows_which_dates_go_and_which_come(desk: Office) -> None:
    before = item(rule="FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20261203")
    after = item(rule="FREQ=WEEKLY;BYDAY=TH,FR;UNTIL=20261203")
    found = compare(desk, before, after, now=NOW)
    assert [f"{at:%d.%m %H:%M}" for at in found.gone] == ["24.11 16:00", "01.12 16:00"]
    assert [f"{at:%d.%m %H:%M}" for at in found.new] == ["20.11 16:00", "27.11 16:00"]
    assert found.kept == 2
    assert {at.tzinfo for at in found.new} == {MOSCOW}


def test_an_item_switched_off_loses_every_date(desk: Office) -> None:
    found = compare(desk, item(), None, now=NOW)
    assert len(found.gone) == 3
    assert found.new == ()


def test_an_item_is_switched_off_and_on_again(desk: Office) -> None:
    switch_item(desk, "ticks", on=False, by=COMMAND_LINE, now=NOW)
    assert "ticks" not in read(desk).items
    switch_item(desk, "ticks", on=True, by=COMMAND_LINE, now=NOW)
    assert "ticks" in read(desk).items


def test_an_item_of_the_schools_own_goes_and_a_shipped_one_is_as_it_was(desk: Office) -> None:
    save(desk, "lice", rule="FREQ=DAILY", time="16:00", memo="ticks")
    save(desk, time="09:30")
    for name in ("lice", "ticks"):
        remove_item(name, by=COMMAND_LINE, now=NOW)
    assert set(read(desk).items) == {"ticks"}
    assert read(desk).items["ticks"].rhythm.at == time(16)


def test_what_is_not_there_is_neither_switched_nor_removed(desk: Office) -> None:
    with pytest.raises(NoSuchItem):
        switch_item(desk, "lice", on=False, by=COMMAND_LINE, now=NOW)
    with pytest.raises(NoSuchItem):
        remove_item("lice", by=COMMAND_LINE, now=NOW)
