"""From an empty machine to a school in which one can write: what a new administrator does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import window
from tests.browser.stage import ADMINISTRATOR, PASSWORD, Stage, empty_school
from tests.cli.desk import wait_for


@pytest.fixture(scope="module")
def started(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Stage, Page]]:
    """The three steps, walked through with the sandbox and the sample school."""
    with (
        empty_school(tmp_path_factory.mktemp("first") / "home") as stage,
        window(browser, stage) as context,
    ):
        page = context.new_page()
        page.goto(stage.start)
        page.get_by_label("Как называется школа").fill("Гимназия № 3")
        page.get_by_label("Часовой пояс").select_option("Asia/Omsk")
        page.get_by_role("button", name="Дальше: администратор").click()
        page.get_by_label("Как вас зовут").fill("Анна Сергеевна")
        page.get_by_label("Эл. почта").fill(ADMINISTRATOR)
        page.get_by_role("button", name="Назад").click()
        page.get_by_role("button", name="Дальше: администратор").click()
        page.get_by_label("Пароль", exact=True).fill(PASSWORD)
        page.get_by_label("Пароль ещё раз").fill(PASSWORD)
        page.get_by_role("button", name="Дальше: каналы").click()
        page.get_by_role("button", name="Пока песочница").click()
        page.get_by_role("button", name="Загрузить школу-образец и продолжить").click()
        expect(page.get_by_role("heading", name="Можно работать")).to_be_visible()
        yield stage, page


def test_the_school_has_its_name(started: tuple[Stage, Page]) -> None:
    _stage, page = started
    expect(page.get_by_role("link", name="Гимназия № 3")).to_be_visible()


def test_everybody_sees_that_nothing_is_real(started: tuple[Stage, Page]) -> None:
    _stage, page = started
    expect(page.get_by_text("Песочница: никому ничего не уходит")).to_be_visible()


def test_the_parents_phones_can_be_looked_at(started: tuple[Stage, Page]) -> None:
    stage, page = started
    phones = page.get_by_role("link", name="Телефоны родителей")

    def is_shown() -> bool:
        page.reload()
        return phones.is_visible()

    wait_for(is_shown)
    assert phones.get_attribute("href") == f"{stage.sandbox['phones']}/"


def test_the_sample_schools_families_are_there(started: tuple[Stage, Page]) -> None:
    _stage, page = started
    page.goto("/people/")
    expect(page.get_by_text("156 родителей")).to_be_visible()


def test_the_link_opens_nothing_any_more(started: tuple[Stage, Page], browser: Browser) -> None:
    stage, _page = started
    with window(browser, stage) as stranger:
        other = stranger.new_page()
        other.goto(stage.start)
        expect(other.get_by_role("heading", name="Ссылка не действует")).to_be_visible()


def test_the_worker_has_taken_the_settings_without_a_restart(started: tuple[Stage, Page]) -> None:
    stage, _page = started
    stage.sent("urgent.md")
    wait_for(lambda: stage.letters("Завтра уроков не будет"))
