"""Takes the pictures in docs/img: `make screenshots`. The same stage as the tests', nothing drawn.

Prints what it has made.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import NARROW, running_browser, sign_in, window
from tests.browser.stage import ADMINISTRATOR, Stage, empty_school, sample_school
from tests.cli.desk import EXAMPLES, ROOT

PICTURES = ROOT / "docs" / "img"
DESK = {"width": 1280, "height": 860}
COLOURS = 96
"""So many are enough for a calm page, and keep a picture under 200 KB."""

TITLE = "Осторожно, тонкий лёд!"
BODY = """\
Уважаемые родители!

С сегодняшнего дня **выходить на лёд Яузы опасно**: из-за оттепели он стал тонким.

* не отпускайте детей гулять к реке одних
* покажите им, где у школы безопасная горка
* увидели ребят на льду — звоните **112**

Памятка спасателей — [на сайте школы](https://school.example/ice).
"""


def take(page: Page, name: str) -> None:
    """Keep what the page shows."""
    page.wait_for_load_state("networkidle")
    picture = Image.open(BytesIO(page.screenshot(animations="disabled")))
    file = PICTURES / f"{name}.png"
    picture.convert("RGB").quantize(COLOURS).save(file, optimize=True)
    sys.stdout.write(f"{file.relative_to(ROOT)} {file.stat().st_size // 1000} KB\n")


def write(page: Page) -> None:
    """A draft for three classes."""
    page.goto("/announcements/new")
    page.get_by_role("button", name="Начать").click()
    page.get_by_label("Заголовок").fill(TITLE)
    page.get_by_label("Текст", exact=True).fill(BODY)
    page.set_input_files("#attachments input[type=file]", EXAMPLES / "photo.jpg")
    page.locator("label.option", has_text="Важное").click()
    for group in ("1А", "2Б"):
        page.locator("label[data-group]", has_text=group).first.click()
    expect(page.locator("#count")).to_contain_text("родител")
    expect(page.locator("#previews")).to_contain_text(TITLE)
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")


def first_start(browser: Browser, home: Path) -> None:
    """The set-up and what comes after it."""
    with empty_school(home) as stage, opened(browser, stage, viewport=DESK) as page:
        page.goto(stage.start)
        page.get_by_label("Как называется школа").fill("Школа № 12 «Родник»")
        take(page, "first-start")


def work(browser: Browser, stage: Stage) -> None:
    """Writing, confirming, following, reporting."""
    with opened(browser, stage, viewport=DESK) as page:
        sign_in(page, ADMINISTRATOR)
        write(page)
        take(page, "write")
        page.get_by_role("button", name="Дальше: проверить и отправить").click()
        expect(page.locator("#previews")).to_contain_text(TITLE)
        take(page, "confirm")
        page.get_by_role("button", name="Отправить", exact=True).click()
        expect(page.locator("#progress")).to_be_visible()
        take(page, "follow")
        expect(page.locator("#progress progress").first).to_be_visible()
        page.wait_for_timeout(8_000)
        page.reload()
        take(page, "report")
        for name in ("people", "channels", "settings"):
            page.goto(f"/{name}/")
            take(page, name)
        page.goto("/calendar/switch/")
        page.get_by_role("button", name="Включить календарь").click()
        page.goto(f"/calendar/{datetime.now(UTC).year + 1}/")
        take(page, "calendar")


def telephone(browser: Browser, stage: Stage) -> None:
    """The same in a pocket, in the dark."""
    with opened(browser, stage, viewport=NARROW, device_scale_factor=2) as page:
        sign_in(page, ADMINISTRATOR)
        write(page)
        take(page, "phone")
        page.emulate_media(color_scheme="dark")
        page.goto("/announcements/")
        take(page, "phone-dark")


@contextmanager
def opened(browser: Browser, stage: Stage, **options: Any) -> Iterator[Page]:
    """A page of the school."""
    with window(browser, stage, **options) as context:
        yield context.new_page()


def main() -> None:
    """Take all of them."""
    with TemporaryDirectory(prefix="broadcaster-pictures-") as folder, running_browser() as browser:
        first_start(browser, Path(folder) / "first")
        with sample_school(Path(folder) / "school") as stage:
            work(browser, stage)
            telephone(browser, stage)


if __name__ == "__main__":
    main()
