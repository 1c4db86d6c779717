"""Phones in the browser: what came to an address, and nothing else of this machine."""

from __future__ import annotations

import re

import aiohttp
import pytest
from yarl import URL

from broadcaster.sandbox.gallery.drawing import TEMPLATES
from tests.sandbox.paper import MEMO, PHOTO, Paper, page, status


async def test_the_first_page_lists_phones_with_counts(
    browser: aiohttp.ClientSession, paper: Paper
) -> None:
    paper.show()
    paper.show()
    assert re.search(r'href="/phone/paper/11"><b>11</b><span>2 сообщения', await page(browser, "/"))


async def test_a_platform_that_got_nothing_says_so(browser: aiohttp.ClientSession) -> None:
    assert "Сюда пока ничего не пришло." in await page(browser, "/")


async def test_a_phone_shows_what_came_to_its_address(
    browser: aiohttp.ClientSession, paper: Paper
) -> None:
    paper.show(text="Своё")
    paper.show(text="Чужое", address="12")
    phone = await page(browser, "/phone/paper/11")
    assert "Своё" in phone
    assert "Чужое" not in phone


@pytest.mark.parametrize("address", ["olga+школа@example.org", "a/b@example.org", "%2e", "-100"])
async def test_links_lead_to_phones_whatever_the_address(
    browser: aiohttp.ClientSession, paper: Paper, address: str
) -> None:
    paper.show(address=address, text="Дошло")
    (link,) = re.findall(r'href="(/phone/[^"]*)"', await page(browser, "/"))
    assert "Дошло" in await page(browser, URL(link, encoded=True))


async def test_a_phone_that_got_nothing_waits_for_it(browser: aiohttp.ClientSession) -> None:
    assert "Сюда ничего не пришло" in await page(browser, "/phone/paper/99")


async def test_pages_look_again_by_themselves(browser: aiohttp.ClientSession) -> None:
    assert 'src="/static/live.js"' in await page(browser, "/")


@pytest.mark.parametrize("name", ["gallery.css", "gallery.js", "live.js"])
async def test_what_the_pages_need_is_served(browser: aiohttp.ClientSession, name: str) -> None:
    assert await page(browser, f"/static/{name}") == (TEMPLATES / name).read_text("utf-8")


@pytest.mark.parametrize(
    "path",
    ["/static/page.html.j2", "/static/..%2fgallery.css", "/files/0.jpg", "/phone/pager/1"],
)
async def test_nothing_else_is_served(browser: aiohttp.ClientSession, path: str) -> None:
    assert await status(browser, path) == 404


async def test_pictures_are_shown(browser: aiohttp.ClientSession, paper: Paper) -> None:
    paper.show(files=(PHOTO,))
    (link,) = re.findall(r'<img src="([^"]*)"', await page(browser, "/phone/paper/11"))
    async with browser.get(link) as answer:
        assert answer.content_type == "image/jpeg"
        assert await answer.read() == PHOTO.content


async def test_documents_are_saved_and_never_opened(
    browser: aiohttp.ClientSession, paper: Paper
) -> None:
    paper.show(files=(MEMO,))
    (link,) = re.findall(r'class="paper" href="([^"]*)"', await page(browser, "/phone/paper/11"))
    async with browser.get(link) as answer:
        assert answer.headers["Content-Disposition"] == "attachment"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert await answer.read() == MEMO.content
