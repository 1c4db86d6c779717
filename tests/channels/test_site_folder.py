"""The site's folder: what lies in it, what may go, and several publishers at once."""

from __future__ import annotations

import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.contract import Accepted
from channels.site.config import SiteConfig
from channels.site.file import safe_name
from channels.site.publish import withdraw
from tests.channels.site_stage import attachment, content, page, put_up, site, titles

GUID = "0b3f9a52-6f0e-4c51-9f3a-2c1c52a1d001"
ZONELESS = """{"guid": "foreign", "title": "", "text": "", "html": "", "sections": [],
"published": "2026-09-01T00:00:00", "updated": "2026-09-01T00:00:00"}"""
PUBLISHER = """
import sys
from pathlib import Path
from tests.channels.site_stage import content, put_up, site
for number in range(8):
    put_up(site(Path(sys.argv[1])), content(f"{sys.argv[2]} {number}"), after=number)
"""


@pytest.fixture
def config(tmp_path: Path) -> SiteConfig:
    return site(tmp_path / "site")


def item(config: SiteConfig, name: str) -> Path:
    return config.folder / "items" / name


@pytest.mark.parametrize(
    "foreign",
    [
        "",
        "\x00",
        "[]",
        "{}",
        "null",
        "[" * 100_000,
        '{"guid": "foreign", "title": 5}',
        ZONELESS,
    ],
)
def test_a_foreign_file_among_the_items_is_skipped_and_logged(
    config: SiteConfig, foreign: str, caplog: pytest.LogCaptureFixture
) -> None:
    put_up(config, content("Первая"))
    item(config, "foreign.json").write_text(foreign)
    assert isinstance(put_up(config, content("Вторая"), after=1), Accepted)
    assert titles(config) == ["Вторая", "Первая"]
    assert {record.getMessage() for record in caplog.records} == {"site.item_skipped"}


def test_bytes_that_are_no_text_are_skipped(config: SiteConfig) -> None:
    put_up(config, content("Первая"))
    item(config, "foreign.json").write_bytes(b"\xff\xfe\x00")
    put_up(config, content("Вторая"), after=1)
    assert titles(config) == ["Вторая", "Первая"]


def test_an_item_under_a_foreign_name_is_skipped(config: SiteConfig) -> None:
    put_up(config, content("Первая", guid=GUID))
    item(config, "copy.json").write_text(item(config, f"{GUID}.json").read_text())
    put_up(config, content("Вторая"), after=1)
    assert titles(config) == ["Вторая", "Первая"]


def test_control_characters_in_an_item_do_not_stop_the_feeds(config: SiteConfig) -> None:
    put_up(config, content("Первая", guid=GUID))
    file = item(config, f"{GUID}.json")
    file.write_text(file.read_text().replace("Первая", "Пер\\u0000вая"))
    put_up(config, content("Вторая"), after=1)
    assert titles(config, "feed.atom") == ["Вторая", "Первая"]


def test_the_page_and_files_of_an_unreadable_item_stay(config: SiteConfig, tmp_path: Path) -> None:
    put_up(config, content(guid=GUID, files=[attachment(tmp_path / "f")]))
    item(config, f"{GUID}.json").write_text("spoilt")
    put_up(config, content(), after=1)
    assert (config.folder / "a" / f"{GUID}.html").exists()
    assert len(list(config.folder.glob("files/*/*"))) == 1


def test_a_spoilt_item_is_mended_by_publishing_it_again(config: SiteConfig) -> None:
    put_up(config, content("Первая", guid=GUID))
    item(config, f"{GUID}.json").write_text("spoilt")
    put_up(config, content("Первая", guid=GUID), after=1)
    assert titles(config) == ["Первая"]


def test_a_correction_removes_the_file_it_replaces(config: SiteConfig, tmp_path: Path) -> None:
    wrong, right = (attachment(tmp_path / "f", body=body) for body in (b"wrong", b"right"))
    put_up(config, content(guid=GUID, files=[wrong]))
    put_up(config, content(guid=GUID, files=[right]), after=1)
    assert [path.name for path in config.folder.glob("files/*")] == [right.digest]


def test_a_file_of_two_announcements_stays_with_the_other(
    config: SiteConfig, tmp_path: Path
) -> None:
    file = attachment(tmp_path / "f")
    put_up(config, content(guid=GUID, files=[file]))
    put_up(config, content(files=[file]), after=1)
    withdraw(config, GUID)
    assert [path.name for path in config.folder.glob("files/*")] == [file.digest]


def test_a_section_stays_when_its_last_announcement_goes(config: SiteConfig) -> None:
    put_up(config, content(guid=GUID), "3b")
    withdraw(config, GUID)
    assert titles(config, "s/3b/feed.rss") == []
    assert "Объявлений пока нет" in page(config, "s/3b/index.html")


def test_what_others_keep_in_the_folder_is_left_alone(config: SiteConfig) -> None:
    for path in ("robots.txt", "files/readme.txt", "files/pictures/1.png", "s/Old/x"):
        file = config.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("theirs")
    put_up(config, content())
    assert (config.folder / "robots.txt").read_text() == "theirs"
    assert (config.folder / "files/pictures/1.png").read_text() == "theirs"
    assert not (config.folder / "s/Old/feed.rss").exists()


def test_no_draft_is_left_behind(config: SiteConfig, tmp_path: Path) -> None:
    put_up(config, content(files=[attachment(tmp_path / "f")]), "3b")
    assert not list(config.folder.rglob("*.tmp"))


def test_what_a_killed_publisher_left_is_finished_by_the_next(config: SiteConfig) -> None:
    put_up(config, content("Первая", guid=GUID))
    (config.folder / ".index.html.tmp").write_text("half")
    (config.folder / "a" / f"{GUID}.html").unlink()
    put_up(config, content("Вторая"), after=1)
    assert (config.folder / "a" / f"{GUID}.html").exists()
    assert not (config.folder / ".index.html.tmp").exists()


def test_files_can_be_read_by_the_web_server(config: SiteConfig, tmp_path: Path) -> None:
    put_up(config, content(files=[attachment(tmp_path / "f")]), "3b")
    files = [path for path in config.folder.rglob("*") if path.is_file() and path.name != ".lock"]
    plain = tmp_path / "plain"
    plain.touch()
    assert {path.stat().st_mode for path in files} == {plain.stat().st_mode}


def test_publishers_in_threads_lose_nothing(config: SiteConfig) -> None:
    wanted = [f"Новость {number}" for number in range(16)]
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda title: put_up(config, content(title)), wanted))
    assert {type(outcome) for outcome in outcomes} == {Accepted}
    assert sorted(titles(config)) == sorted(wanted)


def test_publishers_in_processes_lose_nothing(config: SiteConfig) -> None:
    command = [sys.executable, "-c", PUBLISHER, str(config.folder)]
    workers = [subprocess.Popen([*command, name]) for name in ("Первый", "Второй")]
    assert [worker.wait(30) for worker in workers] == [0, 0]
    assert len(titles(config)) == len(titles(config, "feed.atom")) == 16


def test_two_workers_with_one_announcement_make_one_item(config: SiteConfig) -> None:
    what = content(guid=GUID)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda section: put_up(config, what, section), ["1a", "2a", "3b", "feed"]))
    assert len(titles(config)) == 1
    assert titles(config, "s/1a/feed.rss") == titles(config, "s/3b/feed.rss") == ["Утренник"]


def test_logs_hold_no_text_and_no_section(
    config: SiteConfig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="channels")
    put_up(config, content("Утренник"), "kapelki")
    withdraw(config, GUID)
    told = " ".join(str(vars(record)) for record in caplog.records)
    assert "site.published" in told
    assert "Утренник" not in told
    assert "kapelki" not in told


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Меню на неделю.pdf", "Меню-на-неделю.pdf"),
        ("shell.php", "shell.bin"),
        ("shell.php.jpg", "shell-php.jpg"),
        ("page.HTML", "page.bin"),
        ("picture.svg", "picture.bin"),
        (".htaccess", "htaccess.bin"),
        ("../../etc/passwd", "passwd.bin"),
        ("ФОТО.JPG", "ФОТО.jpg"),
        ("..", "file.bin"),
        ("𝔉" * 300 + ".pdf", "𝔉" * 45 + ".pdf"),
        ("", "file.bin"),
    ],
)
def test_a_files_name_is_harmless_on_any_web_server(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text())
def test_a_safe_name_is_one_short_name_with_one_dot(name: str) -> None:
    safe = safe_name(name)
    assert safe_name(safe) == safe
    assert Path(safe).name == safe
    assert safe.count(".") == 1
    assert len(safe.encode()) < 255 - len("..tmp")


def test_a_hostile_file_name_stays_in_the_folder(config: SiteConfig, tmp_path: Path) -> None:
    file = replace(attachment(tmp_path / "f"), name="../../../evil.php")
    put_up(config, content(files=[file]))
    assert [path.name for path in config.folder.glob("files/*/*")] == ["evil.bin"]
    assert not list(tmp_path.glob("**/*.php"))
