"""Configuration in, a working office out; what cannot work is refused at start."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from broadcaster.bootstrap import TRIED, Standing, adapter_of, normalisers, open_office
from broadcaster.config import ConfigMistake, load
from broadcaster.contract import Capability, DataClass, InvalidAddress
from broadcaster.rendering.check import check_templates
from broadcaster.rendering.mistakes import TemplateMistake
from broadcaster.services.contents import looks_of
from broadcaster.services.outlets import Office

Opened = Callable[[str], Office]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """The office of a school whose own file says this."""

    def opening(text: str) -> Office:
        (tmp_path / "school.yaml").write_text(text, "utf-8")
        return open_office(load(tmp_path / "school.yaml"))

    return opening


def test_the_defaults_make_an_office_with_a_site(opened: Opened) -> None:
    office = opened("")
    assert list(office.outlets) == ["site"]
    assert (office.lease, office.carries()) == (
        timedelta(seconds=45), {"site": DataClass.PUBLIC},
    )  # fmt: skip


ALL = """
channels:
  telegram: {enabled: true}
  vk: {enabled: true, group_id: 1}
  email: {enabled: true}
"""


def test_every_channel_can_be_switched_on(opened: Opened) -> None:
    assert set(opened(ALL).outlets) == {"telegram", "vk", "email", "site"}


def test_a_channel_carries_what_its_platform_may(opened: Opened) -> None:
    assert opened(ALL).carries() == {
        "telegram": DataClass.CLOSED,
        "vk": DataClass.PERSONAL,
        "email": DataClass.PERSONAL,
        "site": DataClass.PUBLIC,
    }


def test_the_school_may_let_a_channel_carry_less(opened: Opened) -> None:
    office = opened("channels: {vk: {enabled: true, group_id: 1, data_class: public}}")
    assert office.carries()["vk"] is DataClass.PUBLIC


def test_the_school_may_not_let_a_channel_carry_more_than_its_platform_may(
    opened: Opened,
) -> None:
    with pytest.raises(ConfigMistake) as mistake:
        opened("channels: {site: {data_class: closed}}")
    assert mistake.value.key == "channels.site.data_class"
    assert "public" in str(mistake.value)


def test_a_foreign_messenger_carries_personal_data_only_when_the_school_says_so(
    opened: Opened,
) -> None:
    usual = opened("channels: {telegram: {enabled: true}}")
    assert usual.outlets["telegram"].carries is DataClass.CLOSED
    answered = opened("channels: {telegram: {enabled: true, data_class: personal}}")
    assert answered.outlets["telegram"].carries is DataClass.PERSONAL


def test_limits_and_lanes_reach_the_outlet(opened: Opened) -> None:
    outlet = opened("channels: {telegram: {enabled: true, lanes: 2}}").outlets["telegram"]
    assert (str(outlet.limits[0]), str(outlet.place_limits[0]), outlet.lanes) == (
        "30 per 1 second", "20 per 1 minute", 2,
    )  # fmt: skip


def test_two_channels_may_share_an_adapter(opened: Opened) -> None:
    own = "adapter: email, enabled: true, host: localhost, sender: office@school.example"
    office = opened(f"channels: {{email: {{enabled: true}}, office: {{{own}}}}}")
    assert office.outlets["office"].adapter is office.outlets["email"].adapter


def test_an_adapter_that_does_not_exist_is_told_with_the_nearest_one(opened: Opened) -> None:
    with pytest.raises(ConfigMistake, match="telegram") as mistake:
        opened("channels: {mine: {adapter: telegramm, enabled: true}}")
    assert mistake.value.key.startswith("channels.mine")


def test_a_wrong_key_of_a_channel_is_told(opened: Opened) -> None:
    with pytest.raises(ConfigMistake, match="timeout") as mistake:
        opened("channels: {telegram: {enabled: true, timeuot: 5}}")
    assert mistake.value.key == "channels.telegram.timeuot"


def test_a_channel_that_is_off_is_not_looked_into(opened: Opened) -> None:
    assert opened("channels: {mine: {adapter: nothing, enabled: false}}").outlets


def test_the_site_is_named_after_the_school(opened: Opened) -> None:
    office = opened("school: {name: Лицей, public_url: 'https://news.example.org/'}")
    config = office.outlets["site"].config
    assert (config.title, config.public_url) == ("Лицей", "https://news.example.org/site/")


@pytest.mark.parametrize("public_url", ["''", "https://school.example/"])
def test_the_programs_own_templates_suit_all_of_its_channels(
    opened: Opened, public_url: str
) -> None:
    office = opened(f"school: {{public_url: {public_url}}}\n{ALL}")
    looks = looks_of(office.outlets.values(), public_url=office.school.public_url)
    assert {look.name for look in looks} == TRIED
    assert check_templates(office.templates, looks) == ()


def test_a_channel_of_the_schools_own_is_tried_with_the_programs_templates(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    telegram = adapter_of(load().channels["telegram"])
    narrow = replace(telegram.traits, max_text=1)
    own = type("Own", (telegram,), {"name": "own", "traits": narrow})
    monkeypatch.setitem(sys.modules, "channels.own", SimpleNamespace(adapter=own))
    with pytest.raises(ValueError, match="a limit of 1 characters"):
        opened("channels: {mine: {adapter: own, enabled: true, token: 'env:NO_TOKEN'}}")


def test_templates_with_a_mistake_are_refused_at_start(opened: Opened, tmp_path: Path) -> None:
    folder = tmp_path / "own" / "telegram"
    folder.mkdir(parents=True)
    (folder / "message.html.j2").write_text("\n{{ announcement.bodi }}", "utf-8")
    with pytest.raises(TemplateMistake) as mistake:
        opened(f"templates: {tmp_path}/own\nchannels: {{telegram: {{enabled: true}}}}")
    assert (mistake.value.file, mistake.value.line) == (str(folder / "message.html.j2"), 2)


def test_templates_that_are_no_folder_are_refused_at_start(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "nowhere", tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ConfigMistake, match=f"папки нет: {path}$") as mistake:
            opened(f"templates: {path}")
        assert mistake.value.key == "templates"


def test_a_template_that_nobody_would_read_is_refused_at_start(
    opened: Opened, tmp_path: Path
) -> None:
    (tmp_path / "own" / "site").mkdir(parents=True)
    (tmp_path / "own" / "site" / "itme.html.j2").touch()
    with pytest.raises(TemplateMistake):
        opened(f"templates: {tmp_path}/own")


def test_no_secret_is_in_the_repr_of_an_office(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TELEGRAM_TOKEN", "VK_TOKEN", "VK_USER_TOKEN", "SMTP_PASSWORD"):
        monkeypatch.setenv(name, "hunter2")
    office = opened(ALL)
    assert "hunter2" not in repr(office)
    assert all("hunter2" not in repr(outlet.config) for outlet in office.outlets.values())


def test_an_adapter_is_found_by_its_name(tmp_path: Path) -> None:
    channels = load(tmp_path / "none.yaml").channels
    assert [adapter_of(channel).name for channel in channels.values()] == list(channels)


def test_addresses_are_spelled_by_channels_that_are_off_too() -> None:
    assert set(normalisers(Capability.PEOPLE)) == {"telegram", "vk", "email"}
    assert "site" in normalisers(Capability.DESTINATIONS)


@pytest.mark.parametrize(
    ("channel", "place"),
    [
        ("vk", "https://vk.com/club777"),
        ("vk", "2000000005"),
        ("telegram", "-1001234567890"),
        ("telegram", "@school_news"),
    ],
)
def test_where_many_people_read_is_no_address_of_one(channel: str, place: str) -> None:
    assert normalisers(Capability.DESTINATIONS)[channel](place)
    with pytest.raises(InvalidAddress):
        normalisers(Capability.PEOPLE)[channel](place)


# An office that stands while its file changes


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The school's own file, with a name in it."""
    file = tmp_path / "own.yaml"
    file.write_text("school: {name: Лицей}", "utf-8")
    monkeypatch.setenv("BROADCASTER_CONFIG", str(file))
    return file


def test_the_same_file_gives_the_same_office(own: Path) -> None:
    standing = Standing(load)
    first = standing()
    standing.refresh()
    assert standing() is first


def test_a_changed_file_gives_a_new_office(own: Path) -> None:
    standing = Standing(load)
    standing()
    own.write_text("school: {name: Гимназия}", "utf-8")
    standing.refresh()
    assert standing().school.name == "Гимназия"


def test_a_file_that_comes_later_counts_too(own: Path) -> None:
    own.unlink()
    standing = Standing(load)
    standing()
    own.write_text("school: {name: Гимназия}", "utf-8")
    standing.refresh()
    assert standing().school.name == "Гимназия"


def test_what_limits_have_counted_goes_over_into_the_new_office(own: Path) -> None:
    standing = Standing(load)
    storage = standing().limits_storage
    own.write_text("school: {name: Гимназия}", "utf-8")
    standing.refresh()
    assert standing().limits_storage is storage


def test_a_spoilt_file_changes_nothing_and_is_told(
    own: Path, caplog: pytest.LogCaptureFixture
) -> None:
    standing = Standing(load)
    first = standing()
    own.write_text("school: {nmae: Гимназия}", "utf-8")
    standing.refresh()
    assert standing() is first
    assert "nmae" in standing.refused
    assert [record.message for record in caplog.records] == ["config.refused"]


def test_a_mended_file_is_not_complained_about_any_more(own: Path) -> None:
    standing = Standing(load)
    standing()
    own.write_text("school: {nmae: Гимназия}", "utf-8")
    standing.refresh()
    own.write_text("school: {name: Гимназия}", "utf-8")
    standing.refresh()
    assert (standing().school.name, standing.refused) == ("Гимназия", "")


def test_a_spoilt_file_at_the_start_is_refused(own: Path) -> None:
    own.write_text("school: {nmae: Гимназия}", "utf-8")
    with pytest.raises(ConfigMistake):
        Standing(load)()


def test_between_looks_the_files_are_left_alone(own: Path) -> None:
    standing = Standing(load)
    first = standing()
    own.unlink()
    assert standing() is first


def test_in_the_sandbox_nothing_real_is_asked_even_when_it_does_not_run(opened: Opened) -> None:
    office = opened(f"sandbox: true\n{ALL}  other: {{adapter: telegram, enabled: true}}")
    assert office.outlets["telegram"].config.base_url == "http://127.0.0.1:9"
    assert office.outlets["vk"].config.base_url == "http://127.0.0.1:9"
    assert (office.outlets["email"].config.host, office.outlets["email"].config.port) == (
        "127.0.0.1", 9,
    )  # fmt: skip
    assert "other" not in office.outlets


def test_the_sites_pages_are_known_when_families_can_reach_them(opened: Opened) -> None:
    page_of = opened("school: {public_url: https://school.example}").outlets["site"].page_of
    assert page_of is not None
    assert page_of("0b5c") == "https://school.example/site/a/0b5c.html"


def test_nobody_is_led_to_this_machine(opened: Opened) -> None:
    assert opened("").outlets["site"].page_of is None


def test_a_messenger_has_no_pages(opened: Opened) -> None:
    office = opened(f"school: {{public_url: https://school.example}}\n{ALL}")
    assert office.outlets["telegram"].page_of is None


@pytest.mark.parametrize("channel", ["telegram", "vk"])
def test_a_persons_address_is_no_place(channel: str) -> None:
    assert normalisers(Capability.PEOPLE)[channel]("123456789") == "123456789"
    with pytest.raises(InvalidAddress):
        normalisers(Capability.DESTINATIONS)[channel]("123456789")
