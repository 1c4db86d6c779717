"""Changing the calendar: which dates would change, items that come, go and are switched."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

import pytest
from django.test import Client

from broadcaster.services.calendar.items import own_calendar
from tests.web.calendar_pages import (
    EDIT,
    ICICLES,
    NEW,
    NEXT,
    NOW,
    OF_FEW_ITEMS,
    REMOVE,
    TRY,
    TURN,
    WRONG,
    days_from_now,
    form,
    now_in_files,
    occasion,
    own,
    page,
    said,
)

pytestmark = OF_FEW_ITEMS


def test_which_dates_go_and_which_come_is_shown(office_: Client) -> None:
    told = page(office_.post(TRY, form(year_day="5")))
    gone, _mark, new = told.partition("Новые даты")
    assert f"1 марта {NEXT}, 16:00" in gone
    assert f"5 марта {NEXT}, 16:00" in new
    assert not own_calendar().exists()


def test_no_change_is_told_too(office_: Client) -> None:
    assert "Даты не изменятся" in page(office_.post(TRY, form(importance="routine")))


def test_another_hour_changes_the_dates(office_: Client) -> None:
    assert f"1 марта {NEXT}, 18:00" in page(office_.post(TRY, form(time="18:00")))


def test_the_trial_is_told_without_a_script(office_: Client) -> None:
    told = page(office_.post(EDIT, form(year_day="5", look="1")))
    assert "Пока ничего не сохранено" in told
    assert f"5 марта {NEXT}, 16:00" in told
    assert not own_calendar().exists()


def test_a_draft_that_would_be_withdrawn_is_named(office_: Client) -> None:
    occasion("icicles", date(NEXT, 3, 1))
    assert "Черновики, которые будут сняты" in page(office_.post(TRY, form(year_day="5")))


def test_a_draft_that_would_be_moved_is_named(office_: Client) -> None:
    occasion("icicles", date(NEXT, 3, 1))
    assert "Черновики, которые сдвинутся" in page(office_.post(TRY, form(time="19:00")))


def test_a_date_soon_after_a_sending_is_warned_of(office_: Client) -> None:
    occasion("icicles", days_from_now(-3), released_at=NOW)
    soon = days_from_now(7)
    chosen = form(year_day=str(soon.day), year_month=str(soon.month), begins="")
    assert "меньше чем за два месяца" in page(office_.post(TRY, chosen))


def test_the_29_of_february_gets_an_advice(office_: Client) -> None:
    told = page(office_.post(TRY, form(year_day="29", year_month="2", begins="")))
    assert "раз в четыре года" in told


def test_switching_off_shows_what_goes(office_: Client) -> None:
    given = {key: value for key, value in form().items() if key != "enabled"}
    told = page(office_.post(TRY, given))
    assert "Этих дат не станет" in told
    assert "Выключено" in told


@pytest.mark.parametrize(("wrong", "field"), WRONG, ids=str)
def test_the_trial_tells_what_is_wrong(
    office_: Client, wrong: Mapping[str, Any], field: str
) -> None:
    told = page(office_.post(TRY, form(**wrong)))
    assert "Так сохранить не получится" in told
    assert f'href="#id_{field}"' in told


@pytest.mark.parametrize("item", ["nothing", "\0", "../x"])
def test_a_trial_of_no_item_is_not_found(office_: Client, item: str) -> None:
    assert office_.post(TRY, form(item=item)).status_code == 404


# A new item


def test_a_new_item_is_added(office_: Client) -> None:
    answer = office_.post(NEW, form(item="", name="our-icicles", year_day="9"))
    assert answer.headers["Location"] == "/calendar/items/our-icicles/"
    assert now_in_files()["our-icicles"].rule == "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=9"


def test_without_a_name_it_gets_the_memos(office_: Client) -> None:
    office_.post(NEW, form(item="", name="", year_day="9"))
    assert now_in_files()["icicles-2"].memo == "icicles"


@pytest.mark.parametrize("name", ["icicles", "Сосульки", "A", "new", "series-1", "a b", "-", "a/b"])
def test_a_name_that_cannot_be_is_refused(office_: Client, name: str) -> None:
    told = page(office_.post(NEW, form(item="", name=name)))
    assert "Не сохранено" in told
    assert not own_calendar().exists()


def test_the_form_of_a_new_item_begins_with_a_memo_that_was_asked_for(office_: Client) -> None:
    assert '<option value="gas" selected>' in page(office_.get(f"{NEW}?memo=gas"))


# On, off, and as it was


def test_an_item_is_switched_off_and_on(office_: Client) -> None:
    office_.post(TURN, {"on": "0"})
    assert not now_in_files()["icicles"].enabled
    office_.post(TURN, {"on": "1"})
    assert now_in_files()["icicles"].enabled


def test_what_cannot_go_out_is_not_switched_on(office_: Client) -> None:
    own("skating: {memo: nothing}")
    answer = office_.post("/calendar/items/skating/turn/", {"on": "1"})
    assert "памятки «nothing» нет" in said(answer)
    assert answer.headers["Location"] == "/calendar/items/skating/edit/"


def test_taking_the_schools_words_away_is_asked_about_first(office_: Client) -> None:
    own("icicles: {time: '10:00'}")
    assert "Вернуть как было в программе?" in page(office_.get(REMOVE))
    assert now_in_files()["icicles"].time == time(10)


def test_a_shipped_item_is_as_it_was(office_: Client) -> None:
    own("icicles: {time: '10:00'}")
    assert office_.post(REMOVE).headers["Location"] == ICICLES
    assert now_in_files()["icicles"].time == time(16)


def test_an_item_of_the_schools_own_goes(office_: Client) -> None:
    own("ours: {memo: gas, rule: FREQ=DAILY, time: '10:00'}")
    assert office_.post("/calendar/items/ours/remove/").headers["Location"] == "/calendar/"
    assert "ours" not in now_in_files()


def test_taking_away_nothing_is_no_fault(office_: Client) -> None:
    assert "как было" in said(office_.post(REMOVE))
