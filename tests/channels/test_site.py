"""The channel `site`: what becomes of copies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from broadcaster.contract import (
    Accepted,
    Deferred,
    Envelope,
    InvalidAddress,
    Outcome,
    Reason,
    Rejected,
    Scope,
    Unreachable,
    Wording,
)
from channels.site import Site, adapter, page_of
from channels.site.config import SiteConfig
from tests.channels.site_stage import attachment, content, envelope, page, site, titles
from tests.lent import MemoryUploads, OpenTurnstile


@pytest.fixture
def config(tmp_path: Path) -> SiteConfig:
    return site(tmp_path / "site")


def channel(config: SiteConfig, turnstile: OpenTurnstile | None = None) -> Site:
    return Site(config, turnstile=turnstile or OpenTurnstile(), uploads=MemoryUploads())


async def outcomes(config: SiteConfig, *batch: Envelope) -> list[Outcome]:
    pairs = [pair async for pair in channel(config).send(batch)]
    assert {id(sent) for sent, _ in pairs} == {id(sent) for sent in batch}
    return [outcome for _, outcome in pairs]


async def test_the_module_names_its_adapter() -> None:
    assert adapter is Site


@pytest.mark.parametrize("guid", ["0b5c", "a b/c", "0c8f5d0e-0000-4000-8000-000000000000"])
async def test_the_page_is_known_beforehand(guid: str, config: SiteConfig) -> None:
    what = replace(content(), guid=guid)
    [outcome] = await outcomes(config, envelope(what))
    assert isinstance(outcome, Accepted)
    assert page_of(config, guid) in outcome.parts[0].ids.values()


async def test_an_accepted_copy_names_its_guid_and_page(config: SiteConfig) -> None:
    what = content()
    [outcome] = await outcomes(config, envelope(what))
    assert isinstance(outcome, Accepted)
    assert outcome.parts[0].ids == {
        "guid": what.guid,
        "url": f"https://school.example/news/a/{what.guid}.html",
    }
    assert (config.folder / "a" / f"{what.guid}.html").is_file()


async def test_a_batch_is_published_whole(config: SiteConfig) -> None:
    batch = [envelope(content(f"Новость {number}"), "3b") for number in range(7)]
    assert {type(outcome) for outcome in await outcomes(config, *batch)} == {Accepted}
    assert len(titles(config)) == 7


async def test_a_personal_content_is_refused(config: SiteConfig) -> None:
    what = content()
    personal = replace(what, html=Wording(("<p>Здравствуйте, ", "name", "</p>")))
    [outcome] = await outcomes(config, envelope(personal))
    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.POLICY
    assert not config.folder.exists()


async def test_a_personal_content_does_not_stop_the_others(config: SiteConfig) -> None:
    personal = replace(content(), subject=Wording(("Для ", "name", "")))
    kinds = {type(o) for o in await outcomes(config, envelope(personal), envelope(content("Всем")))}
    assert kinds == {Rejected, Accepted}
    assert titles(config) == ["Всем"]


async def test_segments_never_reach_the_site(config: SiteConfig) -> None:
    copy = Envelope(
        uuid4(),
        "feed",
        content(),
        {"name": "Иванова"},
        {"name": "Иванова"},
        unsubscribe="https://u",
    )
    await outcomes(config, copy)
    for file in config.folder.rglob("*.*"):
        assert file.is_dir() or "Иванова".encode() not in file.read_bytes()


async def test_a_file_over_the_limit_is_refused(config: SiteConfig, tmp_path: Path) -> None:
    large = replace(attachment(tmp_path / "files"), size=Site.traits.max_attachment + 1)
    [outcome] = await outcomes(config, envelope(content(files=[large])))
    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("address", ["../../etc", "", "a/b", "Класс", ".", "3b\n"])
async def test_an_address_that_is_no_section_is_unreachable(
    config: SiteConfig, address: str
) -> None:
    [outcome] = await outcomes(config, envelope(content(), address))
    assert isinstance(outcome, Unreachable)


async def test_a_relative_public_url_waits_for_a_person(tmp_path: Path) -> None:
    [outcome] = await outcomes(site(tmp_path, public_url="news/"), envelope(content()))
    assert isinstance(outcome, Deferred)
    assert (outcome.reason, outcome.scope) == (Reason.NEEDS_PERSON, Scope.CHANNEL)


async def test_a_disk_that_cannot_be_written_defers(config: SiteConfig) -> None:
    config.folder.mkdir()
    (config.folder / "items").write_text("a file where a folder should be")
    [outcome] = await outcomes(config, envelope(content()))
    assert isinstance(outcome, Deferred)
    assert outcome.reason is Reason.SERVER_ERROR


async def test_pages_that_cannot_be_written_defer_all_copies(config: SiteConfig) -> None:
    (config.folder / "index.html").mkdir(parents=True)
    kinds = {type(o) for o in await outcomes(config, envelope(content()), envelope(content()))}
    assert kinds == {Deferred}


async def test_a_file_that_is_gone_defers_its_own_copy_alone(
    config: SiteConfig, tmp_path: Path
) -> None:
    gone = attachment(tmp_path / "files")
    gone.path.unlink()
    kinds = [
        type(outcome)
        for outcome in await outcomes(
            config, envelope(content("Без файла", files=[gone])), envelope(content("Цело"))
        )
    ]
    assert kinds == [Deferred, Accepted]
    assert titles(config) == ["Цело"]


async def test_a_shut_turnstile_publishes_nothing(config: SiteConfig) -> None:
    turnstile = OpenTurnstile()
    turnstile.hold(30.0)
    [(_, outcome)] = [pair async for pair in channel(config, turnstile).send([envelope(content())])]
    assert isinstance(outcome, Deferred)
    assert outcome.retry_after == 30.0
    assert not config.folder.exists()


async def test_opening_the_channel_makes_an_empty_site(config: SiteConfig) -> None:
    async with channel(config):
        assert titles(config, "feed.rss") == titles(config, "feed.atom") == []
        assert "Объявлений пока нет" in page(config, "index.html")


async def test_opening_the_channel_renews_the_pages(config: SiteConfig) -> None:
    await outcomes(config, envelope(content()))
    async with channel(replace(config, title="Лицей № 5")):
        assert "Лицей № 5" in page(config, "index.html")
        assert titles(config) == ["Утренник"]


async def test_opening_the_channel_survives_a_bad_disk(
    config: SiteConfig, caplog: pytest.LogCaptureFixture
) -> None:
    config.folder.write_text("no folder")
    async with channel(config):
        assert [record.getMessage() for record in caplog.records] == ["site.not_renewed"]


async def test_what_is_withdrawn_leaves_no_trace(config: SiteConfig, tmp_path: Path) -> None:
    what = content("Секретная новость", files=[attachment(tmp_path / "files")])
    await outcomes(config, envelope(what, "3b"), envelope(content("Другая")))
    assert await channel(config).withdraw(what.guid)
    assert titles(config) == titles(config, "s/3b/feed.atom") == ["Другая"]
    assert not list(config.folder.glob("files/*"))
    assert not list(config.folder.rglob(f"*{what.guid}*"))
    for file in config.folder.rglob("*.*"):
        assert file.is_dir() or "Секретная".encode() not in file.read_bytes()


async def test_withdrawing_what_is_not_there_says_so(config: SiteConfig) -> None:
    assert not await channel(config).withdraw("nothing")


async def test_check_names_the_address_of_the_site(config: SiteConfig) -> None:
    health = await channel(config).check()
    assert health.ok
    assert health.account == "https://school.example/news/"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8000/site/", "http://localhost/", "http://10.1.1.5/", "http://server/"],
)
async def test_check_lets_local_addresses_do_without_https(tmp_path: Path, url: str) -> None:
    assert (await channel(site(tmp_path, public_url=url)).check()).ok


@pytest.mark.parametrize(
    "url",
    ["http://school.example/", "", "news/", "ftp://school.example/", "https://[", "https:///"],
)
async def test_check_finds_fault_with_other_addresses(tmp_path: Path, url: str) -> None:
    health = await channel(site(tmp_path, public_url=url)).check()
    assert not health.ok
    assert "public_url" in health.problem


async def test_check_finds_fault_with_a_folder_that_cannot_be_written(config: SiteConfig) -> None:
    config.folder.write_text("no folder")
    health = await channel(config).check()
    assert not health.ok
    assert "cannot be written" in health.problem


async def test_check_leaves_nothing_behind(config: SiteConfig) -> None:
    await channel(config).check()
    assert [path.name for path in config.folder.iterdir()] == [".lock"]


@pytest.mark.parametrize(("raw", "slug"), [(" 3B ", "3b"), ("Feed", "feed"), ("1-a", "1-a")])
def test_normalise_gives_the_section(config: SiteConfig, raw: str, slug: str) -> None:
    assert channel(config).normalise(raw) == slug


@pytest.mark.parametrize("raw", ["", "3б", "a b", "-a", "a--b", "../a", "a" * 41])
def test_normalise_refuses_what_is_no_section(config: SiteConfig, raw: str) -> None:
    with pytest.raises(InvalidAddress, match="Latin letters"):
        channel(config).normalise(raw)
