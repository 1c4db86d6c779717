"""Nobody is kept out: every page by axe-core, in both lights, and at the width of a telephone.

The pages are found by following links, so that a new screen is looked at without a word here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page

from tests.browser.chromium import NARROW, WIDE, window
from tests.browser.stage import Stage
from tests.cli.desk import ROOT
from tests.lacking import lacking

AXE = Path(
    os.environ.get("BROADCASTER_TEST_AXE") or ROOT / "var/npm/node_modules/axe-core/axe.min.js"
)
NO_AXE = "no axe-core here: apt-get install npm, and `make test` fetches it"

BARRED = ("serious", "critical")
LOOK = """async (rules) => {
    const seen = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
    return seen.violations.map(one => [one.impact, one.id, one.nodes[0].html.slice(0, 120)]);
}"""
ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast"]
WIDTH = "document.documentElement.scrollWidth"
WITHOUT_A_SPACE = """all => all.forEach(one => {
    one.textContent = `https://vk.com/video-1900000101?${"z".repeat(100)}`;
})"""
"""Titles are the author's and may be links."""

NOT_PAGES = ("logout", "healthz", "readyz", "metrics", "brand")
DOWNLOADS = (".csv", ".xlsx", ".json", ".rss", ".atom", ".pdf")
OURS = ("/site/",)
"""Pages of the channel `site`, which have tests of their own."""


@dataclass
class Seen:
    """What stands in somebody's way, by the page's name."""

    addresses: dict[str, str] = field(default_factory=dict)
    by_day: dict[str, Any] = field(default_factory=dict)
    by_night: dict[str, Any] = field(default_factory=dict)
    too_wide: dict[str, int] = field(default_factory=dict)


@pytest.fixture(scope="module")
def seen(browser: Browser, school: Stage, signed_in: dict[str, Any]) -> Seen:
    """Every page that links lead to, looked at once."""
    if not AXE.exists():
        lacking(NO_AXE)
    school.sent("important.md")
    found = Seen()
    with window(browser, school, storage_state=signed_in) as context:
        page = context.new_page()
        page.goto("/announcements/new")
        page.get_by_role("button", name="Начать").click()
        page.wait_for_url("**/edit")
        _walk(page, found, ["/", urlsplit(page.url).path, "/start/channels", "/start/done"])
    with window(browser, school) as context:
        page = context.new_page()
        _walk(page, found, ["/account/login", "/nowhere", "/start/spent"])
    return found


def _walk(page: Page, found: Seen, waiting: list[str]) -> None:
    while waiting:
        address = waiting.pop(0)
        name = name_of(address)
        if name in found.addresses:
            continue
        found.addresses[name] = address
        page.goto(address)
        _look(page, found, name)
        waiting += links(page)


def _look(page: Page, found: Seen, name: str) -> None:
    page.evaluate(AXE.read_text("utf-8"))
    found.by_day[name] = barred(page, ALL)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found.by_night[name] = barred(page, COLOURS)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size(NARROW)
    found.too_wide[name] = page.evaluate(WIDTH)
    page.eval_on_selector_all("h1, h2", WITHOUT_A_SPACE)
    found.too_wide[f"{name}, titles without a space"] = page.evaluate(WIDTH)
    page.set_viewport_size(WIDE)


def barred(page: Page, rules: list[str]) -> list[Any]:
    """What axe-core finds that keeps people out."""
    only = {"type": "rule" if rules is COLOURS else "tag", "values": rules}
    return [one for one in page.evaluate(LOOK, only) if one[0] in BARRED]


def links(page: Page) -> list[str]:
    """Where the page leads to, within the program; no downloads."""
    hrefs = page.eval_on_selector_all(
        "a[href]:not([download], [target])", "all => all.map(one => one.getAttribute('href'))"
    )
    here = urlsplit(page.url)
    places = [urlsplit(urljoin(page.url, href)) for href in hrefs]
    return [
        place.path
        for place in places
        if place.netloc == here.netloc
        and not place.path.endswith(DOWNLOADS)
        and not place.path.startswith(OURS)
        and name_of(place.path) not in NOT_PAGES
    ]


def name_of(address: str) -> str:
    """The screen's name: a page for one person is looked at once, not for every person."""
    try:
        found = resolve(address)
    except Resolver404:
        return address
    return str(found.url_name or address)


def troubles(by_page: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: found for name, found in by_page.items() if found}


def test_the_pages_have_been_found(seen: Seen) -> None:
    assert {"announcements", "edit", "announcement", "people", "person", "settings"} <= set(
        seen.addresses
    )


def test_no_page_keeps_anybody_out(seen: Seen) -> None:
    assert troubles(seen.by_day) == {}


def test_every_page_can_be_read_in_the_dark(seen: Seen) -> None:
    assert troubles(seen.by_night) == {}


def test_no_page_is_wider_than_a_telephone(seen: Seen) -> None:
    wide = {name: width for name, width in seen.too_wide.items() if width > NARROW["width"]}
    assert wide == {}
