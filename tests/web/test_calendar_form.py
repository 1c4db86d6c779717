"""The form of a calendar item: every key is written, every mistake is told at its field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from broadcaster.domain.days_off import Shift
from broadcaster.domain.occasions import Missed, Unanswered
from broadcaster.domain.policy import Importance
from broadcaster.services.audit import Action
from broadcaster.services.calendar.items import Consent, own_calendar
from broadcaster.store.models import AuditEntry
from tests import school
from tests.web.calendar_pages import (
    EDIT,
    ICICLES,
    NEW,
    OF_FEW_ITEMS,
    WRONG,
    form,
    now_in_files,
    own,
    page,
    said,
)
from tests.web.sheet import hidden

pytestmark = OF_FEW_ITEMS


def test_the_form_shows_what_the_files_say(office_: Client) -> None:
    told = page(office_.get(EDIT))
    assert 'value="year_date" data-how checked' in told
    assert '<option value="3" selected>марта</option>' in told


def test_memos_are_offered_by_the_alphabet(office_: Client) -> None:
    offered = re.findall(r">([^<]+)</option>", page(office_.get(NEW)).partition("</select>")[0])
    firsts = [title[0].replace("Ё", "Е") for title in offered]
    assert "Е" in firsts
    assert firsts == sorted(firsts)


def test_saving_what_is_there_changes_nothing(office_: Client) -> None:
    answer = office_.post(EDIT, form())
    assert "Ничего не изменилось" in said(answer)
    assert not own_calendar().exists()


def test_only_what_differs_is_written(office_: Client) -> None:
    office_.post(EDIT, form(year_day="5", time="17:30"))
    text = own_calendar().read_text("utf-8")
    assert "rule: FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=5" in text
    assert "importance" not in text
    assert now_in_files()["icicles"].time == time(17, 30)


def test_it_is_written_down_who_changed_it(office_: Client) -> None:
    office_.post(EDIT, form(year_day="5"))
    assert AuditEntry.objects.get(action=Action.CALENDAR_CHANGED).facts == {
        "keys": ["icicles.rule"]
    }


def test_the_order_of_a_rules_parts_is_left_as_it_is(office_: Client) -> None:
    file = own("icicles: {rule: FREQ=YEARLY;BYMONTHDAY=1;BYMONTH=3}\n")
    before = file.read_text("utf-8")
    office_.post(EDIT, form())
    assert file.read_text("utf-8") == before


@pytest.mark.parametrize(
    ("chosen", "rule"),
    [
        (
            {"how": "year_weekday", "weekday_number": "-1", "weekday": "TH", "weekday_month": "4"},
            "FREQ=YEARLY;BYMONTH=4;BYDAY=-1TH",
        ),
        ({"how": "month_date", "month_day": "-1"}, "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ({"how": "month_weekday", "month_number": "2"}, "FREQ=MONTHLY;BYDAY=2MO"),
        ({"how": "week", "week_days": ["FR", "MO"]}, "FREQ=WEEKLY;BYDAY=MO,FR"),
        ({"how": "other", "rule": "FREQ=DAILY;INTERVAL=3"}, "FREQ=DAILY;INTERVAL=3"),
    ],
)
def test_every_choice_becomes_its_rule(
    office_: Client, chosen: Mapping[str, Any], rule: str
) -> None:
    office_.post(EDIT, form(**chosen))
    assert now_in_files()["icicles"].rule == rule


def test_everything_else_is_written_too(office_: Client) -> None:
    school.group("2Б")
    school.group("5А")
    office_.post(
        EDIT,
        form(
            memo="gas",
            title="Лёд на крыше",
            begins="",
            shift="previous",
            to="классы 5-11\n\n 2Б ",
            importance="urgent",
            channels=["site"],
            approval="administrator",
            lead_days="3",
            unanswered="send",
            missed="skip",
            late_days="1",
        ),
    )
    entry = now_in_files()["icicles"]
    assert (entry.memo, entry.title, entry.begins) == ("gas", "Лёд на крыше", None)
    assert (entry.to, entry.channels) == (("классы 5-11", "2Б"), ("site",))
    assert (entry.shift, entry.importance) == (Shift.PREVIOUS, Importance.URGENT)
    assert (entry.approval, entry.lead_days, entry.late_days) == (Consent.ADMINISTRATOR, 3, 1)
    assert (entry.unanswered, entry.missed) == (Unanswered.SEND, Missed.SKIP)


def test_words_of_a_file_are_the_same_as_the_defaults(office_: Client) -> None:
    office_.post(EDIT, form(unanswered="send", missed="skip"))
    entry = now_in_files()["icicles"]
    assert entry.unanswered is Unanswered.SEND
    assert entry.missed is Missed.SKIP


def test_an_item_can_be_switched_off_in_the_form(office_: Client) -> None:
    given = {key: value for key, value in form().items() if key != "enabled"}
    office_.post(EDIT, given)
    assert not now_in_files()["icicles"].enabled


@pytest.mark.parametrize(("wrong", "field"), WRONG, ids=str)
def test_what_is_wrong_is_told_at_its_field(
    office_: Client, wrong: Mapping[str, Any], field: str
) -> None:
    told = page(office_.post(EDIT, form(**wrong)))
    assert "Не сохранено" in told
    assert f'id="id_{field}_error"' in told
    assert not own_calendar().exists()


def test_what_was_typed_is_kept(office_: Client) -> None:
    told = page(office_.post(EDIT, form(title="Моё название", to="11Ъ", time="17:45")))
    assert 'value="Моё название"' in told
    assert "11Ъ</textarea>" in told
    assert 'value="17:45"' in told


def test_an_unknown_group_is_told_with_the_nearest(office_: Client) -> None:
    school.group("11А")
    assert "такой группы нет" in page(office_.post(EDIT, form(to="11Ъ")))


def test_a_broken_item_can_be_mended_in_the_form(office_: Client) -> None:
    own("icicles: {rule: FREQ=HOURLY, lead_days: много}\n")
    assert "FREQ=HOURLY" in page(office_.get(EDIT))
    office_.post(EDIT, form())
    entry = now_in_files()["icicles"]
    assert (entry.rule, entry.lead_days) == ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1", 7)


@pytest.mark.parametrize(
    "block",
    [
        "5",
        "[]",
        "{time: 16:00, begins: 5, to: {a: b}, channels: 3, shift: [1], enabled: 'да'}",
        "{rule: 5, memo: [x], title: {y: z}, lead_days: [], importance: null, approval: 7}",
        "{чепуха: 1}",
    ],
)
def test_the_form_of_whatever_stands_in_a_file_opens_and_mends_it(
    office_: Client, block: str
) -> None:
    own(f"icicles: {block}\n")
    assert office_.get(EDIT).status_code == 200
    office_.post(EDIT, form())
    assert office_.get(ICICLES).status_code == (200 if "чепуха" not in block else 302)


@pytest.mark.parametrize("look", [{}, {"look": "1"}])
def test_a_broken_file_is_told_and_loses_nothing(office_: Client, look: Mapping[str, str]) -> None:
    own("gas: [")
    told = page(office_.post(NEW, form(item="", name="ours", title="Моё название", **look)))
    assert "Не сохранено" in told
    assert 'value="Моё название"' in told


def test_a_file_that_cannot_be_written_is_told_and_loses_nothing(
    office_: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blocked = tmp_path / "no-folder"
    blocked.write_text("")
    monkeypatch.setattr(
        "broadcaster.services.calendar.changing.own_calendar", lambda: blocked / "seasonal.yaml"
    )
    told = page(office_.post(EDIT, form(title="Моё название")))
    assert "Настройки не записаны" in told
    assert 'value="Моё название"' in told


def test_what_somebody_else_has_changed_meanwhile_is_not_overwritten_unseen(
    office_: Client,
) -> None:
    seen = hidden(office_.get(EDIT), "seen")
    office_.post(EDIT, form(time="17:30", seen=seen))
    answer = office_.post(EDIT, form(year_day="5", seen=seen))
    assert "кто-то другой изменил" in page(answer)
    assert "BYMONTHDAY=5" not in own_calendar().read_text("utf-8")
    office_.post(EDIT, form(year_day="5", seen=hidden(answer, "seen")))
    assert "BYMONTHDAY=5" in own_calendar().read_text("utf-8")


@pytest.mark.parametrize("also", [{"look": "1"}, {"year_day": "32"}, {"to": "11Ъ"}], ids=str)
def test_looking_or_a_slip_of_the_pen_does_not_hide_what_somebody_else_has_changed(
    office_: Client, also: Mapping[str, str]
) -> None:
    seen = hidden(office_.get(EDIT), "seen")
    office_.post(EDIT, form(time="17:30", seen=seen))
    answer = office_.post(EDIT, form(**({"year_day": "5", "seen": seen} | dict(also))))
    again = office_.post(EDIT, form(year_day="5", seen=hidden(answer, "seen")))
    assert "кто-то другой изменил" in page(again)
    assert now_in_files()["icicles"].time == time(17, 30)
