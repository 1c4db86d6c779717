"""Feeds of the site, as readers understand them."""

from __future__ import annotations

import json
from calendar import timegm
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st
from lxml import etree

from channels.site.config import SiteConfig
from channels.site.item import ILLEGAL
from channels.site.publish import renew
from tests.channels.site_stage import (
    MORNING,
    URL,
    attachment,
    content,
    feed,
    page,
    put_up,
    site,
    titles,
)

GUID = "0b3f9a52-6f0e-4c51-9f3a-2c1c52a1d001"
FEEDS = ["feed.rss", "feed.atom"]
HOSTILE = "]]> <script>alert(1)</script> & \x00\x0b\x1f\ufffe \"'><![CDATA["


@pytest.fixture
def config(tmp_path: Path) -> SiteConfig:
    return site(tmp_path / "site")


def json_feed(config: SiteConfig, name: str = "feed.json") -> dict[str, Any]:
    read: dict[str, Any] = json.loads(page(config, name))
    return read


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_carries_the_whole_content(config: SiteConfig, name: str) -> None:
    text = "Приходите нарядными. " * 100
    put_up(config, content(text=text))
    assert feed(config, name).entries[0].content[0].value.startswith(f"<p>{text.strip()}")


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_tells_beginning_title_page_and_time(config: SiteConfig, name: str) -> None:
    put_up(config, content("Ёлка", "Завтра ёлка.", guid=GUID))
    [entry] = feed(config, name).entries
    assert (entry.title, entry.summary) == ("Ёлка", "Завтра ёлка.")
    assert entry.link == f"{URL}a/{GUID}.html"
    assert timegm(entry.published_parsed) == MORNING.timestamp()


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_says_who_and_where_it_is(config: SiteConfig, name: str) -> None:
    renew(config)
    read = feed(config, name).feed
    assert (read.title, read.subtitle) == ("Школа № 5", "Объявления школы")
    assert {"rel": "self", "href": URL + name} in [
        {"rel": link["rel"], "href": link["href"]} for link in read.links
    ]


def test_rss_has_what_the_specification_wants(config: SiteConfig) -> None:
    put_up(config, content(guid=GUID))
    channel = etree.parse(config.folder / "feed.rss").find("channel")
    assert channel is not None
    assert channel.findtext("link") == URL + "index.html"
    assert channel.findtext("language") == "ru"
    assert channel.findtext("ttl") == "15"
    assert channel.findtext("lastBuildDate") == "Tue, 01 Sep 2026 05:30:00 +0000"
    assert channel.findtext("item/pubDate") == "Tue, 01 Sep 2026 05:30:00 +0000"


def test_an_rss_guid_is_no_link(config: SiteConfig) -> None:
    put_up(config, content(guid=GUID))
    guid = etree.parse(config.folder / "feed.rss").find("channel/item/guid")
    assert guid is not None
    assert guid.attrib == {"isPermaLink": "false"}
    assert guid.text == f"urn:uuid:{GUID}"


def test_atom_says_that_content_is_html(config: SiteConfig) -> None:
    put_up(config, content())
    found = etree.parse(config.folder / "feed.atom").find("{*}entry/{*}content")
    assert found is not None
    assert found.attrib == {"type": "html"}


@pytest.mark.parametrize("name", FEEDS)
def test_a_correction_keeps_guid_place_and_first_time(config: SiteConfig, name: str) -> None:
    put_up(config, content("Ёлка", "Завтра.", guid=GUID))
    put_up(config, content("Другое"), after=1)
    before = feed(config, name).entries[1]
    put_up(config, content("Ёлка", "Послезавтра!", guid=GUID), after=2)
    assert titles(config, name) == ["Другое", "Ёлка"]
    corrected = feed(config, name).entries[1]
    assert corrected.id == before.id
    assert corrected.published == before.published
    assert "Послезавтра!" in corrected.content[0].value
    assert timegm(corrected.updated_parsed) == timegm(before.updated_parsed) + 120


@pytest.mark.parametrize("name", [*FEEDS, "feed.json", "index.html", "archive.html"])
def test_a_repeat_changes_not_one_byte(config: SiteConfig, name: str) -> None:
    put_up(config, content(guid=GUID))
    file = config.folder / name
    before = file.read_bytes(), file.stat().st_mtime_ns, file.stat().st_ino
    put_up(config, content(guid=GUID), after=30)
    assert (file.read_bytes(), file.stat().st_mtime_ns, file.stat().st_ino) == before


def test_the_first_file_is_the_enclosure_of_rss(config: SiteConfig, tmp_path: Path) -> None:
    files = [attachment(tmp_path / "f", name) for name in ("план работы.pdf", "меню.pdf")]
    put_up(config, content(files=files))
    [enclosure] = feed(config).entries[0].enclosures
    assert enclosure.href.startswith(f"{URL}files/{files[0].digest}/")
    assert (enclosure.type, enclosure.length) == ("application/pdf", "8")
    body = feed(config).entries[0].content[0].value
    assert all(f'href="{URL}files/{file.digest}/' in body for file in files)


def test_every_file_is_an_enclosure_of_atom(config: SiteConfig, tmp_path: Path) -> None:
    files = [attachment(tmp_path / "f", name) for name in ("план работы.pdf", "меню.pdf")]
    put_up(config, content(guid=GUID, files=files))
    [entry] = feed(config, "feed.atom").entries
    assert [(e.type, e.length) for e in entry.enclosures] == [("application/pdf", "8")] * 2
    assert entry.link == f"{URL}a/{GUID}.html"


def test_json_feed_holds_the_same(config: SiteConfig, tmp_path: Path) -> None:
    file = attachment(tmp_path / "f")
    put_up(config, content("Ёлка", "Завтра.", guid=GUID, files=[file], labels=["важное"]))
    read = json_feed(config)
    assert read["version"] == "https://jsonfeed.org/version/1.1"
    assert (read["feed_url"], read["home_page_url"]) == (URL + "feed.json", URL + "index.html")
    [item] = read["items"]
    assert item["id"] == f"urn:uuid:{GUID}"
    assert item["content_html"].startswith("<p>Завтра.</p>")
    assert item["date_published"] == item["date_modified"] == "2026-09-01T05:30:00+00:00"
    assert item["tags"] == ["важное"]
    [attached] = item["attachments"]
    assert (attached["title"], attached["size_in_bytes"]) == ("меню.pdf", 8)


def test_feeds_hold_the_newest_and_no_more(tmp_path: Path) -> None:
    config = site(tmp_path / "site", items=3)
    for number in range(5):
        put_up(config, content(f"Новость {number}"), after=number)
    newest = ["Новость 4", "Новость 3", "Новость 2"]
    assert titles(config) == titles(config, "feed.atom") == newest
    assert [item["title"] for item in json_feed(config)["items"]] == newest


def test_a_section_lists_its_own_and_the_whole_schools(config: SiteConfig) -> None:
    put_up(config, content("Третьему"), "3b")
    put_up(config, content("Всем"), "feed", after=1)
    put_up(config, content("Второму"), "2a", after=2)
    assert titles(config, "s/3b/feed.rss") == ["Всем", "Третьему"]
    assert titles(config, "s/2a/feed.atom") == ["Второму", "Всем"]
    assert titles(config) == ["Второму", "Всем", "Третьему"]


def test_one_announcement_for_two_sections_is_one_item(config: SiteConfig) -> None:
    put_up(config, content("Обоим", guid=GUID), "3b")
    put_up(config, content("Обоим", guid=GUID), "2a", after=5)
    assert titles(config) == titles(config, "s/3b/feed.rss") == ["Обоим"]
    assert titles(config, "s/2a/feed.rss") == ["Обоим"]


def test_a_section_is_called_as_the_school_calls_it(tmp_path: Path) -> None:
    config = site(tmp_path / "site", sections={"3b": "3 «Б» класс"})
    renew(config)
    assert feed(config, "s/3b/feed.rss").feed.title == "3 «Б» класс — Школа № 5"


@pytest.mark.parametrize("guid", ["tag:school.example,2026:1", "../../../etc/passwd", "новость 1"])
def test_a_guid_of_any_form_names_an_item(config: SiteConfig, guid: str) -> None:
    put_up(config, content(guid=guid))
    put_up(config, content("Исправлено", guid=guid), after=1)
    assert titles(config, "feed.atom") == ["Исправлено"]
    assert ":" in feed(config, "feed.atom").entries[0].id
    assert len(list(config.folder.glob("a/*.html"))) == 1


@pytest.mark.parametrize("name", FEEDS)
def test_hostile_texts_stay_text(config: SiteConfig, name: str) -> None:
    put_up(config, content(HOSTILE, HOSTILE, html=f"<p>{HOSTILE}</p>", labels=[HOSTILE]))
    root = etree.parse(config.folder / name).getroot()
    assert not root.findall(".//{*}script")
    [title] = [e.text for e in root.iter("{*}title") if e.text and "alert" in e.text]
    assert title == ILLEGAL.sub("", HOSTILE)


def test_an_announcement_without_title_and_text_does_not_stop_the_feeds(
    config: SiteConfig,
) -> None:
    put_up(config, content("\x00", " ", html=""))
    put_up(config, content("Другая"), after=1)
    assert titles(config, "feed.atom")[0] == "Другая"
    assert len(feed(config).entries) == len(feed(config, "feed.atom").entries) == 2


@trials(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(max_size=40), text=st.text(max_size=80), guid=st.uuids())
def test_feeds_of_any_text_are_well_formed(
    tmp_path: Path, title: str, text: str, guid: UUID
) -> None:
    config = site(tmp_path / str(guid))
    put_up(config, content(title, text, guid=str(guid)))
    for name in FEEDS:
        [entry] = etree.parse(config.folder / name).getroot().findall(".//{*}title/..")[1:]
        assert entry.findtext("{*}title")
    assert json_feed(config)["items"][0]["id"] == f"urn:uuid:{guid}"
