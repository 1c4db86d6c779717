"""A working day: writing, approving, importing, on the screen and without a mouse."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.chromium import NARROW, window
from tests.browser.stage import Stage
from tests.cli.desk import EXAMPLES, wait_for


def write(page: Page, title: str, body: str = "Сбор у входа в 9:00. Возьмите воду.") -> None:
    """A draft for class 1А, saved by itself."""
    page.goto("/announcements/new")
    page.get_by_role("button", name="Начать").click()
    page.wait_for_url("**/edit")
    page.wait_for_load_state("load")
    page.get_by_label("Заголовок").fill(title)
    page.get_by_label("Текст", exact=True).fill(body)
    page.locator("label[data-group]", has_text="1А").first.click()
    expect(page.locator("#count")).to_contain_text("родител")
    expect(page.locator("#previews")).to_contain_text(title)


def confirm(page: Page) -> None:
    page.get_by_role("button", name="Дальше: проверить и отправить").click()
    expect(page.get_by_role("heading", name="Проверьте и отправьте")).to_be_visible()


def test_what_is_written_reaches_families_and_is_reported(page: Page, school: Stage) -> None:
    write(page, "Поход в лес")
    confirm(page)
    page.get_by_role("button", name="Отправить", exact=True).click()
    expect(page.get_by_role("heading", name="Поход в лес", level=1)).to_be_visible()
    wait_for(lambda: school.letters("Поход в лес"))
    page.reload()
    expect(page.get_by_text("Кого оповестили")).to_be_visible()


def test_the_report_of_a_large_announcement_appears_by_itself(page: Page, school: Stage) -> None:
    news = school.sent("routine.md")
    school.enlarge(news, copies=20_000)
    first = page.goto(f"/announcements/{news}/")
    page.evaluate("window.same = true")
    assert first is not None
    assert "Считаем копии" in first.text()
    expect(page.get_by_text("Кого оповестили")).to_be_visible()
    expect(page.get_by_text("Считаем копии")).to_have_count(0)
    assert page.evaluate("window.same")


def test_a_colleague_approves_what_a_teacher_wrote(
    page: Page, browser: Browser, school: Stage, teachers: dict[str, Any]
) -> None:
    with window(browser, school, storage_state=teachers) as hers:
        her_page = hers.new_page()
        write(her_page, "Родительское собрание")
        confirm(her_page)
        her_page.get_by_role("button", name="Отправить на согласование").click()
    page.goto("/approvals/")
    page.get_by_role("link", name="Родительское собрание").click()
    page.get_by_role("button", name="Согласовать и отправить").click()
    expect(page.get_by_text("передано на отправку")).to_be_visible()
    wait_for(lambda: school.letters("Родительское собрание"))


def test_a_table_is_looked_at_before_it_is_loaded(page: Page) -> None:
    page.goto("/people/import/")
    page.set_input_files("input[type=file]", EXAMPLES / "people.csv")
    page.get_by_role("button", name="Посмотреть, что изменится").click()
    expect(page.get_by_text("ещё ничего не записано")).to_be_visible()
    page.get_by_role("button", name="Загрузить 1").click()
    expect(page.locator("#messages")).not_to_be_empty()


def test_an_announcement_is_written_and_sent_without_a_mouse(page: Page, school: Stage) -> None:
    page.goto("/announcements/new")
    reach(page, page.get_by_role("button", name="Начать"))
    page.keyboard.press("Enter")
    reach(page, page.get_by_label("Заголовок"))
    page.keyboard.type("Без мыши")
    reach(page, page.get_by_label("Текст", exact=True))
    page.keyboard.type("Завтра идём в музей.")
    reach(page, page.locator("label[data-group]", has_text="1А").first.locator("input"))
    page.keyboard.press("Space")
    expect(page.locator("#count")).to_contain_text("родител")
    reach(page, page.get_by_role("button", name="Дальше: проверить и отправить"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Проверьте и отправьте")).to_be_visible()
    reach(page, page.get_by_role("button", name="Отправить", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Без мыши", level=1)).to_be_visible()


def test_words_typed_before_the_page_was_ready_are_saved(page: Page) -> None:
    page.goto("/announcements/new")
    page.get_by_role("button", name="Начать").click()
    page.wait_for_load_state()
    held: list[Route] = []
    script = re.compile(r"/write[.].*js$")
    page.route(script, lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks it
    page.goto(page.url, wait_until="commit")
    page.get_by_label("Заголовок").fill("Рано набрано")
    expect(page.locator(".tools")).to_be_hidden()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        held[0].continue_()
    page.unroute(script)
    page.reload()
    expect(page.get_by_label("Заголовок")).to_have_value("Рано набрано")


def test_words_typed_without_a_network_are_saved_when_it_is_back(page: Page) -> None:
    write(page, "Связь пропала")
    expect(page.locator("#saved")).to_contain_text("Сохранено")
    page.context.set_offline(True)
    page.get_by_label("Текст", exact=True).fill("Этого сервер ещё не видел.")
    expect(page.locator("#saved")).to_contain_text("Не сохранено: нет связи")
    page.get_by_role("button", name="Дальше: проверить и отправить").click()
    expect(page.get_by_label("Текст", exact=True)).to_have_value("Этого сервер ещё не видел.")
    page.context.set_offline(False)
    confirm(page)
    expect(page.get_by_text("Этого сервер ещё не видел.").first).to_be_visible()


def test_who_is_signed_out_while_writing_keeps_the_page_and_is_told(
    browser: Browser, school: Stage, signed_in: dict[str, Any]
) -> None:
    with window(browser, school, storage_state=signed_in) as hers:
        page = hers.new_page()
        write(page, "Вышла посреди слова")
        expect(page.locator("#saved")).to_contain_text("Сохранено")
        address, known = page.url, hers.cookies()
        hers.clear_cookies(name="sessionid")
        page.get_by_label("Текст", exact=True).fill("Набрано после выхода.")
        expect(page.locator("#saved")).to_contain_text("Не сохранено: вы вышли")
        expect(page.locator("#saved")).to_be_in_viewport()
        assert page.url == address
        hers.add_cookies(known)  # type: ignore[arg-type] - what it gave itself
        confirm(page)
        expect(page.get_by_text("Набрано после выхода.").first).to_be_visible()


def test_a_button_of_the_toolbar_destroys_nothing_and_can_be_undone(page: Page) -> None:
    write(page, "Кнопки")
    text = page.get_by_label("Текст", exact=True)
    text.fill("")
    text.press_sequentially("Возьмите воду.")
    text.press("Control+A")
    page.get_by_role("button", name="Имена детей").click()
    expect(text).to_have_value("Возьмите воду. {{ дети }}")
    text.press("Control+Z")
    expect(text).to_have_value("Возьмите воду.")
    text.press("Control+A")
    page.get_by_role("button", name="Жирный").click()
    expect(text).to_have_value("**Возьмите воду.**")
    text.press("Control+Z")
    expect(text).to_have_value("Возьмите воду.")


def test_who_writes_in_a_draft_that_is_gone_is_told_so(page: Page) -> None:
    write(page, "Удалён в другом окне")
    expect(page.locator("#saved")).to_contain_text("Сохранено")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("link", name="Удалить черновик").click()
    other.get_by_role("button", name="Удалить", exact=True).click()
    other.wait_for_url("**/announcements/")
    page.get_by_label("Текст", exact=True).fill("Слишком поздно.")
    expect(page.locator("#saved")).to_contain_text("этого черновика больше нет")


def reach(page: Page, what: Any, most: int = 80) -> None:
    """Press Tab until something has the focus, which must be seen."""
    expect(what).to_be_visible()
    for _press in range(most):
        page.keyboard.press("Tab")
        if what.evaluate("one => one === document.activeElement"):
            outline = what.evaluate("one => getComputedStyle(one).outlineStyle")
            assert outline != "none"
            return
    raise AssertionError(f"Tab does not reach {what}")


def test_the_first_tab_leads_past_the_menu(page: Page) -> None:
    page.goto("/announcements/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="К содержанию")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_an_announcement_is_written_on_a_telephone(
    browser: Browser, school: Stage, signed_in: dict[str, Any]
) -> None:
    with window(browser, school, storage_state=signed_in, viewport=NARROW) as telephone:
        page = telephone.new_page()
        write(page, "С телефона")
        confirm(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


@pytest.mark.parametrize("address", ["/people/groups/", "/people/unreachable/"])
def test_every_number_of_a_group_is_on_a_telephones_screen(
    browser: Browser, school: Stage, signed_in: dict[str, Any], address: str
) -> None:
    with window(browser, school, storage_state=signed_in, viewport=NARROW) as telephone:
        page = telephone.new_page()
        page.goto(address)
        for cell in page.locator("td.count").all():
            box = cell.bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= NARROW["width"]


def test_a_channel_is_checked_without_leaving_the_page(page: Page) -> None:
    page.goto("/settings/channels/telegram")
    page.get_by_label("Ключ бота").fill("слишком короткий")
    page.get_by_role("button", name="Проверить").click()
    expect(page.get_by_text("Это не похоже на ключ бота")).to_be_visible()
    assert page.get_by_label("Ключ бота").input_value() == "слишком короткий"


def test_the_address_bar_of_no_page_shows_an_error_of_scripts(page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    for address in ("/announcements/", "/people/", "/settings/", "/channels/", "/audit/"):
        page.goto(address)
    assert complaints == []
