"""Pages of the site."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import pytest
from lxml import html as markup

from channels.site.config import TEMPLATES, SiteConfig
from channels.site.publish import publish, renew
from tests.channels.site_stage import attachment, content, envelope, page, put_up, site

GUID = "0b3f9a52-6f0e-4c51-9f3a-2c1c52a1d001"
PAGE = f"a/{GUID}.html"


@pytest.fixture
def config(tmp_path: Path) -> SiteConfig:
    return site(tmp_path / "site", sections={"3b": "3 «Б»"})


def targets(config: SiteConfig, name: str) -> set[str]:
    """Where the page's links lead."""
    return {link for _, _, link, _ in markup.fromstring(page(config, name)).iterlinks()}


def pages(config: SiteConfig) -> list[str]:
    return [str(path.relative_to(config.folder)) for path in config.folder.rglob("*.html")]


def test_an_announcement_has_a_page(config: SiteConfig) -> None:
    put_up(config, content("Ёлка", html="<p>Завтра <strong>ёлка</strong>.</p>", guid=GUID))
    shown = page(config, PAGE)
    assert "<h1>Ёлка</h1>" in shown
    assert "<p>Завтра <strong>ёлка</strong>.</p>" in shown
    assert '<html lang="ru">' in shown


def test_a_page_tells_the_day_in_the_schools_time(config: SiteConfig) -> None:
    late = datetime(2026, 9, 1, 22, 30, tzinfo=UTC)
    publish(config, [envelope(content(guid=GUID))], now=late)
    [shown] = markup.fromstring(page(config, PAGE)).xpath("//time/text()")
    assert shown.split() == ["2", "сентября", "2026", "г."]


def test_a_page_says_that_it_was_corrected(config: SiteConfig) -> None:
    put_up(config, content(guid=GUID))
    assert "исправлено" not in page(config, PAGE)
    put_up(config, content("Другой заголовок", guid=GUID), after=1)
    assert "исправлено" in page(config, PAGE)
    assert "исправлено" in page(config, "index.html")


def test_the_front_page_links_to_pages_sections_and_feeds(config: SiteConfig) -> None:
    put_up(config, content(guid=GUID))
    wanted = {PAGE, "s/3b/index.html", "feed.rss", "feed.atom", "feed.json", "style.css"}
    assert wanted <= targets(config, "index.html")


def test_the_front_page_declares_its_feeds(config: SiteConfig) -> None:
    renew(config)
    declared = markup.fromstring(page(config, "index.html")).xpath("//link[@rel='alternate']")
    assert [link.get("type") for link in declared] == [
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
    ]


def test_every_link_inside_the_site_leads_somewhere(config: SiteConfig, tmp_path: Path) -> None:
    files = [attachment(tmp_path / "f", "план.pdf"), attachment(tmp_path / "f", "ёлка.png")]
    put_up(config, content(guid=GUID, files=files), "3b")
    put_up(config, content(), "feed", after=1)
    for name in pages(config):
        document = markup.fromstring(page(config, name))
        document.make_links_absolute((config.folder / name).as_uri())
        for _, _, link, _ in document.iterlinks():
            if link.startswith("file:"):
                assert Path(unquote(urlsplit(link).path)).exists()


def test_photos_are_shown_and_other_files_listed(config: SiteConfig, tmp_path: Path) -> None:
    files = [attachment(tmp_path / "f", "план.pdf"), attachment(tmp_path / "f", "ёлка.png")]
    put_up(config, content(guid=GUID, files=files))
    shown = markup.fromstring(page(config, PAGE))
    assert shown.xpath("//figure//img/@alt") == ["ёлка.png"]
    assert shown.xpath("//ul[@class='files']//a/text()") == ["план.pdf"]
    assert "1 кБ" in " ".join(shown.text_content().split())


def test_titles_are_text_on_every_page(config: SiteConfig) -> None:
    put_up(config, content("<script>alert(1)</script>", "<b>", html="", guid=GUID))
    for name in pages(config):
        assert "<script" not in page(config, name)


def test_plain_text_without_html_is_escaped(config: SiteConfig) -> None:
    what = content(guid=GUID)
    object.__setattr__(what, "html", None)
    object.__setattr__(what, "texts", content(text="<script>\nдва\n\nтри").texts)
    put_up(config, what)
    assert "<p>&lt;script&gt;<br>два</p><p>три</p>" in page(config, PAGE)


def test_no_page_has_scripts_or_styles_of_its_own(config: SiteConfig, tmp_path: Path) -> None:
    put_up(config, content(guid=GUID, files=[attachment(tmp_path / "f", "ёлка.png")]))
    for name in pages(config):
        document = markup.fromstring(page(config, name))
        assert not document.xpath("//script | //style | //@style | //@onclick")
        [policy] = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert "default-src 'none'" in policy


def test_a_frame_for_other_sites_opens_links_outside_of_it(config: SiteConfig) -> None:
    for number in range(12):
        put_up(config, content(f"Новость {number}"), after=number)
    frame = markup.fromstring(page(config, "embed.html"))
    assert frame.xpath("//base/@target") == ["_top"]
    assert len(frame.xpath("//li")) == 10
    assert not frame.xpath("//header")


def test_older_announcements_stay_in_the_archive(tmp_path: Path) -> None:
    config = site(tmp_path / "site", items=1)
    put_up(config, content("Старая", guid=GUID))
    assert "archive.html" not in page(config, "index.html")
    put_up(config, content("Новая"), after=1)
    assert "Старая" not in page(config, "index.html")
    assert "archive.html" in page(config, "index.html")
    assert {f"a/{GUID}.html"} <= targets(config, "archive.html")


def test_the_archive_turns_the_year_when_the_school_does(tmp_path: Path) -> None:
    config = site(tmp_path / "site", time_zone=ZoneInfo("Asia/Kamchatka"))
    new_year = datetime(2026, 12, 31, 12, 30, tzinfo=UTC)
    publish(config, [envelope(content("С Новым годом"))], now=new_year)
    archive = markup.fromstring(page(config, "archive.html"))
    assert archive.xpath("//h2/text()") == ["2027"]
    assert [one.strip() for one in archive.xpath("//li/time/text()")] == ["1 января 2027\u202fг."]


def test_an_empty_site_says_so_kindly(config: SiteConfig) -> None:
    renew(config)
    for name in ("index.html", "archive.html", "embed.html", "s/3b/index.html"):
        assert "Объявлений пока нет" in page(config, name)


def test_a_school_may_replace_a_single_template(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "page.html.j2").write_text("{{ item.heading }} по-нашему", encoding="utf-8")
    (own / "style.css").write_text("body { color: green }", encoding="utf-8")
    config = site(tmp_path / "site", templates=own)
    put_up(config, content("Ёлка", guid=GUID))
    assert page(config, PAGE) == "Ёлка по-нашему"
    assert page(config, "style.css") == "body { color: green }"
    assert "Ёлка" in page(config, "index.html")


def test_the_style_sheet_knows_the_dark_and_paper(config: SiteConfig) -> None:
    renew(config)
    style = page(config, "style.css")
    assert style == (TEMPLATES / "style.css").read_text(encoding="utf-8")
    assert "prefers-color-scheme: dark" in style
    assert "@media print" in style
