"""Something is repeated every Friday: chosen, looked at, begun, left out once, and stopped."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.test_work import confirm, write


def begin(page: Page, title: str) -> None:
    """Let an announcement for class 1А be repeated every Friday."""
    write(page, title)
    page.get_by_text("повторять", exact=True).click()
    expect(page.locator("#repeat-words")).to_contain_text("Каждую пятницу в 16:00")
    expect(page.locator("#saved")).to_contain_text("Сохранено")
    confirm(page)
    page.get_by_role("button", name="Начать повторять").click()
    expect(page.get_by_role("heading", name="Ближайшие даты")).to_be_visible()


def test_what_is_repeated_every_friday_stands_in_the_calendar(page: Page) -> None:
    begin(page, "Сменная обувь")
    page.goto("/calendar/")
    expect(page.get_by_text("Сменная обувь").first).to_be_visible()


def test_the_words_follow_what_is_chosen(page: Page) -> None:
    write(page, "Оплата кружка")
    page.get_by_text("повторять", exact=True).click()
    page.get_by_label("Повторять", exact=True).select_option("month")
    page.get_by_label("Какого числа").select_option("-1")
    expect(page.locator("#repeat-words")).to_contain_text("Каждый месяц в последний день в 16:00")
    page.get_by_text("без последнего дня").click()
    expect(page.get_by_label("Последний день")).to_be_hidden()


def test_one_date_is_left_out_and_all_of_them_are_stopped(page: Page) -> None:
    begin(page, "Форма на физкультуру")
    page.get_by_role("button", name="Пропустить этот раз").first.click()
    expect(page.get_by_text("снято человеком")).to_be_visible()
    page.get_by_role("button", name="Остановить").click()
    expect(page.get_by_text("Повторение остановлено")).to_be_visible()


def test_what_goes_on_is_saved_only_by_its_button(page: Page) -> None:
    begin(page, "Вода и фрукты")
    page.get_by_role("link", name="Изменить текст и даты").click()
    page.get_by_label("Текст", exact=True).fill("Приносите воду и фрукты.")
    page.get_by_role("button", name="Сохранить", exact=True).click()
    expect(page.get_by_text("в следующий раз уйдёт уже так")).to_be_visible()
    expect(page.locator("#previews")).to_contain_text("Приносите воду и фрукты.")
