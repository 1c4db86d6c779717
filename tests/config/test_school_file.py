"""The configuration: the school's words are laid over the defaults."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from broadcaster.config import ConfigMistake, home, load, own_file
from broadcaster.config_values import ROOT
from broadcaster.contract import DataClass
from tests.config.stage import Configured


def test_without_an_own_file_the_defaults_are_whole(file: Path) -> None:
    config = load(file)
    assert (config.school.name, config.school.time_zone) == ("Школа", ZoneInfo("Europe/Moscow"))
    assert (config.dispatch.lease, config.retries.tries, config.files.most) == (45.0, 8, 10)


def test_every_channel_but_the_site_is_off_by_default(file: Path) -> None:
    channels = load(file).channels.values()
    assert [channel.name for channel in channels if channel.enabled] == ["site"]


@pytest.mark.parametrize(
    "text", ["", "# ничего\n", "school:\n  # name: Школа № 1\n", "channels:\n"]
)
def test_an_empty_file_or_block_changes_nothing(configured: Configured, text: str) -> None:
    assert configured(text).school.name == "Школа"


@pytest.mark.parametrize("block", ["school", "channels", "quiet_hours", "retries", "files"])
def test_a_block_without_keys_is_the_default_one(configured: Configured, block: str) -> None:
    assert configured(f"{block}:\n").school.name == "Школа"


def test_a_channels_block_without_keys_is_the_default_one(configured: Configured) -> None:
    assert configured("channels:\n  telegram:\n").channels["telegram"].limits == ("30/second",)


def test_the_schools_words_are_laid_over_the_defaults_key_by_key(configured: Configured) -> None:
    config = configured("school:\n  name: Лицей\nchannels:\n  telegram:\n    enabled: true\n")
    assert (config.school.name, config.school.signature) == ("Лицей", "")
    telegram = config.channels["telegram"]
    assert (telegram.enabled, telegram.data_class) == (True, DataClass.CLOSED)
    assert telegram.own["concurrency"] == 16


def test_a_list_replaces_the_default_one(configured: Configured) -> None:
    config = configured("channels:\n  telegram:\n    limits: [1/second, 100/day]\n")
    assert config.channels["telegram"].limits == ("1/second", "100/day")


def test_quiet_hours_are_in_the_schools_zone(configured: Configured) -> None:
    config = configured('school: {time_zone: Asia/Omsk}\nquiet_hours: {start: "22:30"}\n')
    assert config.quiet is not None
    assert (config.quiet.start, config.quiet.end, config.quiet.zone) == (
        time(22, 30), time(7), ZoneInfo("Asia/Omsk"),
    )  # fmt: skip


def test_quiet_hours_know_no_zone_of_their_own(configured: Configured) -> None:
    quiet = configured('quiet_hours: {start: "21:00+05:00"}\n').quiet
    assert quiet is not None
    assert quiet.start == time(21)


def test_quiet_hours_may_be_switched_off(configured: Configured) -> None:
    assert configured("quiet_hours: {enabled: false}\n").quiet is None


def test_a_second_channel_of_a_kind_names_its_adapter(configured: Configured) -> None:
    config = configured("channels:\n  office:\n    adapter: email\n    lanes: 2\n")
    office = config.channels["office"]
    assert (office.adapter, office.enabled, office.lanes) == ("email", False, 2)


def test_another_encoding_is_told(file: Path) -> None:
    file.write_bytes("school: {name: Лицей}".encode("cp1251"))
    with pytest.raises(ConfigMistake, match="UTF-8"):
        load(file)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigMistake, match=str(tmp_path)):
        load(tmp_path)


def test_paths_are_seen_from_the_program(configured: Configured) -> None:
    assert configured("templates: own\n").templates == ROOT / "own"
    assert configured("templates: /srv/own\n").templates == Path("/srv/own")


def test_the_home_and_the_own_file_may_be_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BROADCASTER_HOME", str(tmp_path))
    monkeypatch.setenv("BROADCASTER_CONFIG", str(tmp_path / "a.yaml"))
    assert (home(), own_file()) == (tmp_path, tmp_path / "a.yaml")


def test_by_default_both_are_in_the_source_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROADCASTER_HOME", "")
    monkeypatch.setenv("BROADCASTER_CONFIG", "")
    assert (home(), own_file()) == (ROOT / "var", ROOT / "config" / "school.yaml")
