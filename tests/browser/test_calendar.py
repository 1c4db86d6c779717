"""The calendar on the screen, without a mouse: switched on, and a date changed after a look."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from tests.browser.stage import Stage
from tests.browser.test_work import reach

YEAR = datetime.now(UTC).year + 1


def switch(page: Page, words: str) -> None:
    """Press the button that switches the calendar, which must be in view."""
    reach(page, page.get_by_role("button", name=words, exact=True))
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("Календарь в")


def test_a_date_is_changed_after_a_look_at_what_changes_with_it(page: Page, school: Stage) -> None:
    page.goto(f"/calendar/{YEAR}/")
    expect(page.get_by_text("Календарь выключен: ничего само не уйдёт.")).to_be_visible()
    reach(page, page.get_by_role("link", name="Включить…"))
    page.keyboard.press("Enter")
    switch(page, "Включить календарь")

    page.goto(f"/calendar/{YEAR}/?fate=planned")
    reach(page, page.locator(".agenda .what a", has_text="Правила дорожного движения"), most=300)
    page.keyboard.press("Enter")
    reach(page, page.get_by_role("link", name="Изменить"))
    page.keyboard.press("Enter")

    reach(page, page.get_by_label("Число").first)
    page.keyboard.type("17")
    trial = page.locator("#trial")
    expect(trial).to_contain_text("Этих дат не станет")
    expect(trial).to_contain_text(f"17\N{NO-BREAK SPACE}марта {YEAR}")
    own = school.program.home / "seasonal.yaml"
    assert not own.exists()

    reach(page, page.get_by_role("button", name="Сохранить"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Каждый год 17\N{NO-BREAK SPACE}марта в 16:00.")).to_be_visible()
    assert "BYMONTHDAY=17" in own.read_text("utf-8")

    page.goto("/calendar/switch/")
    switch(page, "Выключить календарь")


def test_choosing_a_part_of_a_rule_chooses_the_rule(page: Page) -> None:
    page.goto("/calendar/items/icicles/edit/")
    page.get_by_label("пятница").check()
    expect(page.get_by_label("Каждую неделю")).to_be_checked()
    expect(page.locator("#trial")).to_contain_text("аждую пятницу")


def test_what_is_wrong_is_told_before_saving(page: Page) -> None:
    page.goto("/calendar/items/icicles/edit/")
    page.get_by_label("Кому", exact=True).fill("11Ъ")
    expect(page.locator("#trial")).to_contain_text("такой группы нет")


def test_the_address_of_the_feed_is_shown_and_works(page: Page) -> None:
    page.goto("/calendar/subscribe/")
    page.get_by_role("button", name="Получить адрес").click()
    address = page.get_by_label("Адрес", exact=True).input_value()
    answer = page.request.get(address)
    assert answer.text().startswith("BEGIN:VCALENDAR")
    page.get_by_role("button", name="Отозвать").click()
    expect(page.locator("#messages")).to_contain_text("отозван")
    assert page.request.get(address).status == 404
