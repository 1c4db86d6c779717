"""One running school for all tests of the browser, and a browser for each file of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.chromium import chromium_path, running_browser, sign_in, window
from tests.browser.stage import ADMINISTRATOR, TEACHER, Stage, sample_school
from tests.lacking import lacking

NO_CHROMIUM = "no Chromium here: apt-get install chromium, or name one in BROADCASTER_TEST_CHROMIUM"


@pytest.fixture(scope="session")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The sample school, running."""
    with sample_school(tmp_path_factory.mktemp("browser") / "home") as stage:
        yield stage


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for one file: its event loop would be in the way of other tests."""
    if chromium_path() is None:
        lacking(NO_CHROMIUM)
    with running_browser() as running:
        yield running


@pytest.fixture(scope="module")
def signed_in(browser: Browser, school: Stage) -> dict[str, Any]:
    """What a browser keeps of a signed-in administrator."""
    return _signed_in(browser, school, ADMINISTRATOR)


@pytest.fixture(scope="module")
def teachers(browser: Browser, school: Stage) -> dict[str, Any]:
    """The same of the teacher whose words are approved first."""
    return _signed_in(browser, school, TEACHER)


def _signed_in(browser: Browser, school: Stage, login: str) -> dict[str, Any]:
    with window(browser, school) as context:
        sign_in(context.new_page(), login)
        return dict(context.storage_state())


@pytest.fixture
def desk(browser: Browser, school: Stage, signed_in: dict[str, Any]) -> Iterator[BrowserContext]:
    """The administrator's window."""
    with window(browser, school, storage_state=signed_in) as context:
        yield context


@pytest.fixture
def page(desk: BrowserContext) -> Page:
    """A page in it."""
    return desk.new_page()
