"""Chromium for the tests: Debian's, or the one that BROADCASTER_TEST_CHROMIUM names."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.stage import PASSWORD, Stage

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 30_000.0
"""Milliseconds for anything to appear; a machine that does other work too is slow."""

NARROW = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 900}


def chromium_path() -> str | None:
    """Where Chromium is; None when it is not installed."""
    named = os.environ.get("BROADCASTER_TEST_CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A browser without windows."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium_path(), args=list(QUIET))
        yield browser
        browser.close()


@contextmanager
def window(browser: Browser, stage: Stage, **options: Any) -> Iterator[BrowserContext]:
    """A window that knows where the school is; what its pages complain of fails the test."""
    more = {"viewport": WIDE, "locale": "ru-RU", "reduced_motion": "reduce"} | options
    context = browser.new_context(base_url=stage.url, **more)
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def sign_in(page: Page, login: str) -> None:
    """Come in as somebody."""
    page.goto("/account/login")
    page.get_by_label("Эл. почта").or_(page.locator("#id_username")).first.fill(login)
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Войти").click()
    page.wait_for_url("**/announcements/**")
