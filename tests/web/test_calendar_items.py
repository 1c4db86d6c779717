"""An item of the calendar: what its page tells, and who may change it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from broadcaster.domain.permissions import Role
from broadcaster.services.calendar.items import own_calendar
from tests import school
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
    days_from_now,
    form,
    occasion,
    overdue,
    own,
    page,
)
from tests.web.desk import Write
from tests.web.staff import auditor, browser, member, teacher

pytestmark = OF_FEW_ITEMS


# Looking


def test_everybody_of_the_staff_may_look() -> None:
    assert teacher().get(ICICLES).status_code == 200


def test_the_rule_is_told_in_words(office_: Client) -> None:
    assert "Каждый год 1 марта в 16:00" in page(office_.get(ICICLES))


def test_the_next_dates_are_told(office_: Client) -> None:
    told = page(office_.get(ICICLES))
    assert [f"1 марта {NEXT + number}, 16:00" in told for number in range(5)] == [True] * 5


def test_a_date_that_a_day_off_moves_says_from_where(office_: Client) -> None:
    own("icicles: {rule: FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1, shift: next}")
    assert f"сдвинуто с 1 января {NEXT} из-за выходного" in page(office_.get(ICICLES))


def test_whom_it_means_today_is_told(office_: Client) -> None:
    for name in ("5А", "6Б", "1А"):
        school.group(name)
    own("icicles: {to: классы 5-11}")
    assert "сейчас это: 5А, 6Б" in page(office_.get(ICICLES))


def test_the_text_is_shown_as_telegram_and_the_site_show_it(
    office_: Client, own_settings: Write
) -> None:
    told = page(office_.get(ICICLES))
    assert 'class="bubble telegram"' in told
    assert f"{ICICLES}look/" in told
    assert office_.get(f"{ICICLES}look/").headers["Content-Security-Policy"].endswith("sandbox")


def test_the_basis_and_the_review_are_told(office_: Client) -> None:
    told = page(office_.get(ICICLES))
    assert "Основание" in told
    assert "проверить снова до" in told


def test_a_text_past_its_review_says_so(
    office_: Client, own_settings: Write, tmp_path: Path
) -> None:
    own_settings(overdue(tmp_path))
    assert "Текст просрочен" in page(office_.get(ICICLES))


def test_an_item_that_is_switched_off_shows_its_dates_too(office_: Client) -> None:
    told = page(office_.get("/calendar/items/skating/"))
    assert "Выключена: сама не уйдёт" in told
    assert "Следующие даты по правилу" in told


def test_the_last_years_are_told_with_their_figures(office_: Client) -> None:
    row = occasion("icicles", days_from_now(-300), released_at=NOW)
    told = page(office_.get(ICICLES))
    assert f"/announcements/{row.announcement_id}/" in told


def test_a_teacher_gets_no_link_to_a_report_that_is_not_hers() -> None:
    row = occasion("icicles", days_from_now(-300), released_at=NOW)
    assert str(row.announcement_id) not in page(teacher("2Б").get(ICICLES))


@pytest.mark.parametrize("name", ["nothing", "a%00b", "%2e%2e", "series-1", "чепуха"])
@pytest.mark.parametrize("of_it", ["", "look/", "edit/", "remove/"])
def test_an_item_that_is_none_is_not_found(office_: Client, name: str, of_it: str) -> None:
    assert office_.get(f"/calendar/items/{name}/{of_it}").status_code == 404


def test_a_broken_item_says_what_is_wrong(office_: Client) -> None:
    own("icicles: {rule: FREQ=HOURLY}")
    told = page(office_.get(ICICLES))
    assert "не действует" in told
    assert "правило начинается с" in told


@pytest.mark.parametrize("text", ["icicles: [", "icicles: {rule: 5}", "icicles: {pigeon: true}"])
def test_an_item_that_cannot_be_read_leads_to_where_that_is_told(
    office_: Client, text: str
) -> None:
    file = own(text)
    answer = office_.get(ICICLES, follow=True)
    assert answer.redirect_chain
    assert str(file) in page(answer)


# Who may change


@pytest.mark.parametrize("address", [EDIT, TURN, REMOVE, NEW, TRY])
@pytest.mark.parametrize(
    "who",
    [teacher, auditor, lambda: browser(member(Role.APPROVER))],
    ids=["teacher", "auditor", "deputy head"],
)
def test_only_an_administrator_changes(who: Any, address: str) -> None:
    assert who().post(address, form(time="17:00")).status_code == 403
    assert not own_calendar().exists()


def test_a_teacher_is_not_offered_to_change() -> None:
    assert EDIT not in page(teacher().get(ICICLES))
