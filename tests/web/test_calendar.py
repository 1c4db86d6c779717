"""The year of the calendar: what everybody sees, and switching it on."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from django.test import Client

from broadcaster.bootstrap import office
from broadcaster.config import own_file
from broadcaster.domain.permissions import Role
from broadcaster.services.audit import Action
from broadcaster.store.models import Announcement, ApprovalRequest, AuditEntry, Series
from tests import school
from tests.web.calendar_pages import (
    NEXT,
    NOW,
    OF_FEW_ITEMS,
    ON,
    TODAY,
    days_from_now,
    occasion,
    overdue,
    own,
    page,
)
from tests.web.desk import Write
from tests.web.staff import administrator, auditor, browser, member, teacher

pytestmark = OF_FEW_ITEMS

YEAR = f"/calendar/{NEXT}/"
SWITCH = "/calendar/switch/"


# The year


def test_everybody_of_the_staff_may_look() -> None:
    assert "Сосульки" in page(teacher().get(YEAR))


def test_without_a_year_the_present_one_is_shown(office_: Client) -> None:
    assert f"Календарь, {TODAY.year} год" in page(office_.get("/calendar/"))


@pytest.mark.parametrize("year", [0, 1999, 2101, 10**30])
def test_other_years_are_not_found(office_: Client, year: int) -> None:
    assert office_.get(f"/calendar/{year}/").status_code == 404


@pytest.mark.parametrize(("year", "missing"), [(2000, "1999"), (2100, "2101")])
def test_the_last_years_lead_no_further(office_: Client, year: int, missing: str) -> None:
    assert f"/calendar/{missing}/" not in page(office_.get(f"/calendar/{year}/"))


def test_a_day_with_an_entry_tells_what_it_is_and_what_becomes_of_it(
    office_: Client, own_settings: Write
) -> None:
    own_settings(ON)
    said = page(office_.get(YEAR))
    assert f'href="#day-{NEXT}-03-01"' in said
    assert "Сосульки и снег с крыш: где сегодня не ходить: запланировано" in said


def test_an_item_that_is_switched_off_has_no_dates(office_: Client) -> None:
    assert f"day-{NEXT}-01-21" not in page(office_.get(YEAR))


def test_when_the_calendar_is_off_it_says_so(office_: Client) -> None:
    assert "Календарь выключен: ничего само не уйдёт" in page(office_.get(YEAR))


def test_only_an_administrator_is_offered_to_switch_it_on() -> None:
    assert SWITCH in page(administrator().get(YEAR))
    assert SWITCH not in page(teacher().get(YEAR))


def test_a_filter_shows_nothing_else(office_: Client) -> None:
    occasion("gas", date(NEXT, 5, 15), skipped="by_hand")
    said = page(office_.get(f"{YEAR}?fate=skipped"))
    assert f'id="day-{NEXT}-05-15"' in said
    assert f'id="day-{NEXT}-03-01"' not in said


def test_a_filter_that_nothing_fits_leads_back(office_: Client) -> None:
    assert "Такого в этом году нет" in page(office_.get(f"{YEAR}?fate=stuck"))


@pytest.mark.parametrize("query", ["fate=чепуха", "kind=%00", "fate[]=1", "fate=sent&kind=memo"])
def test_a_strange_filter_is_no_fault(office_: Client, query: str) -> None:
    assert office_.get(f"{YEAR}?{query}").status_code == 200


def test_a_year_with_nothing_says_so(office_: Client) -> None:
    assert "В этом году в календаре ничего нет" in page(office_.get("/calendar/2001/"))


def test_why_a_date_was_skipped_is_told(office_: Client) -> None:
    occasion("gas", date(NEXT, 5, 15), skipped="by_hand")
    assert "снято человеком" in page(office_.get(YEAR))


def test_a_draft_that_waits_says_so(office_: Client) -> None:
    row = occasion("gas", date(NEXT, 5, 15))
    ApprovalRequest.objects.create(
        announcement=row.announcement, version=0, asked_at=NOW, asked_role="approver"
    )
    assert "Сосульки: ждёт одобрения" in page(office_.get(YEAR))


def test_titles_do_not_become_markup(office_: Client) -> None:
    own("icicles: {title: '<script>alert(1)</script>'}")
    assert b"<script>alert(1)" not in office_.get(YEAR).content


def test_a_name_that_no_address_can_have_is_no_fault(office_: Client) -> None:
    own('"a/б": {memo: icicles, rule: FREQ=MONTHLY;BYMONTHDAY=3, time: "10:00", title: Косая}')
    said = page(office_.get(YEAR))
    assert "Косая" in said


def test_a_teacher_does_not_see_what_others_have_given_a_time() -> None:
    at = NOW.replace(year=NEXT, month=6, day=1)
    for group, title in (("1А", "Наше"), ("2Б", "Чужое")):
        key = school.announcement(group, release_at=at)
        Announcement.objects.get(pk=key).revisions.update(title=title)
    said = page(teacher("1А").get(YEAR))
    assert "Наше" in said
    assert "Чужое" not in said


def test_what_repeats_itself_leads_to_its_own_page() -> None:
    maria = member(Role.TEACHER, "1А")
    mould = school.announcement("1А")
    Announcement.objects.filter(pk=mould).update(written_by=maria.user_id)
    Series.objects.create(
        mould_id=mould, rule="FREQ=WEEKLY;BYDAY=MO", time=time(9), begins=TODAY, shift="stay",
        started_at=NOW,
    )  # fmt: skip
    assert f"/announcements/{mould}/series" in page(browser(maria).get(YEAR))


# What is wrong


def test_an_administrator_is_told_what_is_wrong_and_where() -> None:
    file = own("gas: {rule: FREQ=HOURLY}")
    said = page(administrator().get(YEAR))
    assert "правило начинается с" in said
    assert str(file) in said
    assert "/calendar/items/gas/edit/" in said


def test_a_teacher_is_not_told_about_files() -> None:
    file = own("gas: {rule: FREQ=HOURLY}")
    assert str(file) not in page(teacher().get(YEAR))


def test_the_other_items_go_on(office_: Client) -> None:
    own("gas: {rule: FREQ=HOURLY}")
    assert f"day-{NEXT}-03-01" in page(office_.get(YEAR))


def test_a_broken_file_is_told_and_breaks_nothing(office_: Client) -> None:
    file = own("gas: [")
    assert str(file) in page(office_.get(YEAR))


def test_an_administrator_is_told_which_texts_are_past_their_review(
    own_settings: Write, tmp_path: Path
) -> None:
    own_settings(overdue(tmp_path))
    said = page(administrator().get(YEAR))
    assert "Проверьте текст" in said
    assert "проверить до 1 января 2021" in said
    assert "Проверьте текст" not in page(teacher().get(YEAR))


def test_a_year_whose_days_off_are_only_assumed_says_so(office_: Client) -> None:
    later = TODAY.year + 11
    said = page(office_.get(f"/calendar/{later}/"))
    assert f"календарь на {later} год ещё не введён" in said
    assert f"/calendar/days-off/{later}/" in said


# On and off


def test_before_switching_on_the_next_weeks_are_shown(office_: Client) -> None:
    soon = days_from_now(10)
    own(f'gas: {{rule: "FREQ=MONTHLY;BYMONTHDAY={soon.day}", begins: {TODAY}, shift: stay}}')
    assert f'datetime="{soon}"' in page(office_.get(SWITCH))


def test_looking_switches_nothing_on(office_: Client) -> None:
    office_.get(SWITCH)
    assert not office().calendar.enabled


def test_the_calendar_is_switched_on_at_once(office_: Client) -> None:
    answer = office_.post(SWITCH, {"on": "1"})
    assert answer.headers["Location"] == "/calendar/"
    assert office().calendar.enabled


def test_and_off_again(office_: Client) -> None:
    office_.post(SWITCH, {"on": "1"})
    assert "Выключить календарь?" in page(office_.get(SWITCH))
    office_.post(SWITCH, {"on": "0"})
    assert not office().calendar.enabled


def test_switching_it_on_is_written_down(office_: Client) -> None:
    office_.post(SWITCH, {"on": "1"})
    entry = AuditEntry.objects.get(action=Action.SETTINGS_CHANGED)
    assert entry.facts == {"keys": ["calendar.enabled"]}


def test_a_file_that_cannot_be_written_is_told(
    office_: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blocked = tmp_path / "no-folder"
    blocked.write_text("")
    monkeypatch.setenv("BROADCASTER_CONFIG", str(blocked / "school.yaml"))
    assert own_file().parent == blocked
    answer = office_.post(SWITCH, {"on": "1"})
    assert answer.status_code == 409
    assert "Настройки не записаны" in page(answer)


@pytest.mark.parametrize("who", [teacher, auditor])
def test_nobody_else_switches(who: object) -> None:
    assert who().post(SWITCH, {"on": "1"}).status_code == 403  # type: ignore[operator]
    assert not office().calendar.enabled


# The first page


def test_the_first_page_shows_what_comes_soon(office_: Client, own_settings: Write) -> None:
    own_settings(ON)
    soon = days_from_now(10)
    own(f'gas: {{rule: "FREQ=MONTHLY;BYMONTHDAY={soon.day}", begins: {TODAY}, shift: stay}}')
    said = page(office_.get("/announcements/"))
    assert "Скоро по календарю" in said
    assert f'datetime="{soon}"' in said


def test_the_first_page_is_silent_when_the_calendar_is_off(office_: Client) -> None:
    soon = days_from_now(10)
    own(f'gas: {{rule: "FREQ=MONTHLY;BYMONTHDAY={soon.day}", begins: {TODAY}, shift: stay}}')
    assert "Скоро по календарю" not in page(office_.get("/announcements/"))


def test_what_waits_is_shown_after_the_next_five(office_: Client, own_settings: Write) -> None:
    own_settings(ON)
    for number in range(1, 7):
        row = occasion("gas", days_from_now(number))
        Announcement.objects.filter(pk=row.announcement_id).update(release_at=row.send_at)
    row = occasion("gas", days_from_now(20))
    ApprovalRequest.objects.create(
        announcement=row.announcement, version=0, asked_at=NOW, asked_role="approver"
    )
    said = page(office_.get("/announcements/"))
    assert f'datetime="{days_from_now(5)}"' in said
    assert f'datetime="{days_from_now(6)}"' not in said
    assert f'datetime="{days_from_now(20)}"' in said


def test_other_shelves_do_not_repeat_it(office_: Client, own_settings: Write) -> None:
    own_settings(ON)
    occasion("gas", days_from_now(2))
    assert "Скоро по календарю" not in page(office_.get("/announcements/?shelf=drafts"))


# Who is asked to approve


def test_who_is_asked_sees_the_date_its_rule_and_the_last_time(office_: Client) -> None:
    occasion("gas", days_from_now(-30), released_at=NOW)
    row = occasion("gas", days_from_now(30))
    asked = ApprovalRequest.objects.create(
        announcement=row.announcement, version=0, asked_at=NOW, asked_role="approver"
    )
    said = page(office_.get(f"/approvals/{asked.pk}/"))
    assert "каждый месяц 15 числа в 12:00" in said
    assert "В прошлый раз" in said
    assert "Основание:" in said


def test_who_is_asked_the_first_time_is_told_so(office_: Client) -> None:
    row = occasion("gas", days_from_now(30))
    asked = ApprovalRequest.objects.create(
        announcement=row.announcement, version=0, asked_at=NOW, asked_role="approver"
    )
    assert "сравнить не с чем" in page(office_.get(f"/approvals/{asked.pk}/"))


def test_who_is_asked_is_told_that_the_text_is_past_its_review(
    office_: Client, own_settings: Write, tmp_path: Path
) -> None:
    own_settings(overdue(tmp_path))
    row = occasion("icicles", days_from_now(30))
    asked = ApprovalRequest.objects.create(
        announcement=row.announcement, version=0, asked_at=NOW, asked_role="approver"
    )
    assert "Текст просрочен" in page(office_.get(f"/approvals/{asked.pk}/"))


def test_items_stand_by_the_alphabet(office_: Client) -> None:
    own("icicles: {title: Яблоки}\nskating: {title: Ёлка}\ngas: {title: Жара}")
    told = page(office_.get("/calendar/")).partition("Памятки календаря")[2]
    assert told.index("Ёлка") < told.index("Жара") < told.index("Яблоки")
