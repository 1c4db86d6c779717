"""The site for hosting that shows files only."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.site import export
from channels.site.config import SiteConfig
from channels.site.publish import withdraw
from tests.channels.site_stage import URL, attachment, content, feed, page, put_up, site, titles

GUID = "0b3f9a52-6f0e-4c51-9f3a-2c1c52a1d001"
AWAY = "https://files.example/school/"


@pytest.fixture
def config(tmp_path: Path) -> SiteConfig:
    made = site(tmp_path / "site")
    put_up(made, content("Ёлка", guid=GUID, files=[attachment(tmp_path / "f")]), "3b")
    put_up(made, content("Каникулы"), after=1)
    return made


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "export"


def test_everything_is_exported(config: SiteConfig, target: Path) -> None:
    assert export(config, target, public_url=AWAY) == 2
    away = site(target)
    assert titles(away) == titles(away, "s/3b/feed.atom") == ["Каникулы", "Ёлка"]
    assert "<h1>Ёлка</h1>" in page(away, f"a/{GUID}.html")
    assert len(list(target.glob("files/*/меню.pdf"))) == 1


def test_nothing_exported_speaks_of_the_old_address(config: SiteConfig, target: Path) -> None:
    export(config, target, public_url=AWAY)
    for file in target.rglob("*.*"):
        assert file.is_dir() or URL.encode() not in file.read_bytes()


def test_feeds_speak_of_the_new_address(config: SiteConfig, target: Path) -> None:
    export(config, target, public_url=AWAY.rstrip("/"))
    assert feed(site(target)).entries[1].link == f"{AWAY}a/{GUID}.html"


def test_guids_are_the_same_everywhere(config: SiteConfig, target: Path) -> None:
    export(config, target, public_url=AWAY)
    for name in ("feed.rss", "feed.atom"):
        here, there = ([e.id for e in feed(s, name).entries] for s in (config, site(target)))
        assert here == there


def test_without_an_address_it_keeps_its_own(config: SiteConfig, target: Path) -> None:
    export(config, target)
    assert (target / "feed.rss").read_bytes() == (config.folder / "feed.rss").read_bytes()


def test_the_sites_own_records_stay_at_home(config: SiteConfig, target: Path) -> None:
    export(config, target)
    assert not list(target.rglob("items"))
    assert not list(target.rglob(".*"))


def test_a_second_export_brings_the_first_up_to_date(config: SiteConfig, target: Path) -> None:
    export(config, target)
    withdraw(config, GUID)
    assert export(config, target) == 1
    assert titles(site(target)) == ["Каникулы"]
    assert not (target / "a" / f"{GUID}.html").exists()
    assert not list(target.glob("files/*"))


def test_a_folder_with_something_else_in_it_is_refused(config: SiteConfig, target: Path) -> None:
    target.mkdir()
    (target / "index.html").write_text("the school's own page")
    with pytest.raises(FileExistsError, match="no earlier export"):
        export(config, target)
    assert [path.name for path in target.iterdir()] == ["index.html"]


def test_an_address_that_is_not_absolute_is_refused(config: SiteConfig, target: Path) -> None:
    with pytest.raises(ValueError, match="absolute"):
        export(config, target, public_url="school/")
    assert not target.exists()


def test_an_empty_site_can_be_exported(tmp_path: Path, target: Path) -> None:
    assert export(site(tmp_path / "empty"), target) == 0
    assert "Объявлений пока нет" in page(site(target), "index.html")


def test_a_site_is_not_exported_over_itself(config: SiteConfig) -> None:
    with pytest.raises(FileExistsError):
        export(config, config.folder, public_url=AWAY)
    assert AWAY not in page(config, "feed.rss")
