"""The configuration: what is right is read, what is wrong is told with its file, key and remedy."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from broadcaster.bootstrap import open_office
from broadcaster.config import Config, ConfigMistake, adapter_config, home, load, own_file
from broadcaster.config_values import ROOT
from broadcaster.contract import DataClass, Secret, discreet

Configured = Callable[[str], Config]
Mistaken = Callable[[str], ConfigMistake]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "school.yaml"


@pytest.fixture
def configured(file: Path) -> Configured:
    """The configuration of a school whose own file says this."""

    def reading(text: str) -> Config:
        file.write_text(text, "utf-8")
        return load(file)

    return reading


@pytest.fixture
def mistaken(configured: Configured, file: Path) -> Mistaken:
    """The mistake in a school's own file, which names the file."""

    def reading(text: str) -> ConfigMistake:
        with pytest.raises(ConfigMistake) as mistake:
            configured(text)
        assert str(mistake.value).startswith(f"{file}: ")
        assert mistake.value.file == file
        return mistake.value

    return reading


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


@pytest.mark.parametrize(
    ("text", "key", "nearest"),
    [
        ("scool: {}", "scool", "school"),
        ("school: {nmae: Лицей}", "school.nmae", "name"),
        ("quiet_hours: {begin: '21:00'}", "quiet_hours.begin", "enabled, end, start"),
        ("retries: {trys: 3}", "retries.trys", "tries"),
        ("channels: {telegramm: {enabled: true}}", "channels.telegramm", "telegram"),
        ("channels: {telegramm: {}}", "channels.telegramm", "telegram"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest_one(
    mistaken: Mistaken, text: str, key: str, nearest: str
) -> None:
    mistake = mistaken(text)
    assert mistake.key == key
    assert nearest in str(mistake)


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("school: {name: 5}", "school.name", "текст"),
        ("school: {name: [a]}", "school.name", "текст"),
        ("school: Лицей", "school", "блок ключей"),
        ("school: {time_zone: Moscow}", "school.time_zone", "Europe/Moscow"),
        ("school: {time_zone: ../../etc/passwd}", "school.time_zone", "Europe/Moscow"),
        ("school: {time_zone: 3}", "school.time_zone", "Europe/Moscow"),
        ("school: {public_url: news.school.example}", "school.public_url", "https://"),
        ("school: {public_url: 'https://'}", "school.public_url", "https://"),
        ("school: {public_url: 'https://a b'}", "school.public_url", "https://"),
        (f"school: {{public_url: https://{'a' * 130}.example}}", "school.public_url", "120"),
        ("quiet_hours: {enabled: maybe}", "quiet_hours.enabled", "true или false"),
        ("quiet_hours: {enabled: 1}", "quiet_hours.enabled", "true или false"),
        ("quiet_hours: {start: 21:00}", "quiet_hours.start", '"21:00"'),
        ("quiet_hours: {start: '25:00'}", "quiet_hours.start", '"21:00"'),
        ("retries: {tries: 1.5}", "retries.tries", "целое число"),
        ("retries: {tries: true}", "retries.tries", "целое число"),
        ("retries: {tries: 0}", "retries.tries", "от 1 до"),
        ("retries: {first_wait: -1}", "retries.first_wait", "от 0.1 до"),
        ("retries: {factor: 0.5}", "retries.factor", "от 1 до"),
        ("retries: {longest_wait: 0}", "retries.longest_wait", "от 1 до"),
        ("dispatch: {lease: soon}", "dispatch.lease", "число"),
        ("dispatch: {lease: 0}", "dispatch.lease", "от 5 до"),
        ("dispatch: {sweep_every: 0}", "dispatch.sweep_every", "от 0.1 до"),
        ("files: {largest: 20 MB}", "files.largest", "целое число"),
        ("files: {most: -1}", "files.most", "от 0 до"),
        ("calendar: {week: 8}", "calendar.week", "от 5 до 7"),
        ("webhooks: {timeout: .nan}", "webhooks.timeout", "число"),
        ("dispatch: {lease: .inf}", "dispatch.lease", "число"),
        ("retries: {factor: 1.0e+300}", "retries.factor", "от 1 до"),
        ("alarms: {disk_free: 150}", "alarms.disk_free", "от 0 до 100"),
        ("alarms: {waiting: -5}", "alarms.waiting", "от 1 до"),
        ("approvals: {remind_every: 1000000000}", "approvals.remind_every", "от 1 до"),
        ("quiet_hours: {start: '07:00', end: '07:00'}", "quiet_hours", "совпадают"),
        ("school: {public_url: 'https://school.example:99999/'}", "school.public_url", "https://"),
        ("api: {limit: 30/1000000 years}", "api.limit", "30/second"),
        ("api: {limit: 30/second;5/minute}", "api.limit", "30/second"),
        (f"api: {{limit: {10**30}/second}}", "api.limit", "30/second"),
        ("channels: {telegram: {lanes: 1000}}", "channels.telegram.lanes", "от 1 до"),
        ("templates: 5", "templates", "путь"),
        ("channels: [telegram]", "channels", "блок ключей"),
        ("channels: {telegram: true}", "channels.telegram", "блок ключей"),
        ("channels: {telegram: {enabled: 'yes'}}", "channels.telegram.enabled", "true или false"),
        ("channels: {telegram: {data_class: secret}}", "channels.telegram.data_class", "closed"),
        ("channels: {telegram: {data_class: [a]}}", "channels.telegram.data_class", "closed"),
        ("channels: {telegram: {limits: 30/second}}", "channels.telegram.limits", "список"),
        ("channels: {telegram: {limits: [30]}}", "channels.telegram.limits", "текст"),
        ("channels: {telegram: {limits: [fast]}}", "channels.telegram.limits", "30/second"),
        ("channels: {telegram: {limits: [0/second]}}", "channels.telegram.limits", "30/second"),
        ("channels: {vk: {place_limits: [fast]}}", "channels.vk.place_limits", "30/second"),
        ("channels: {telegram: {lanes: 0}}", "channels.telegram.lanes", "от 1 до"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_with_what_was_expected(
    mistaken: Mistaken, text: str, key: str, expected: str
) -> None:
    mistake = mistaken(text)
    assert mistake.key == key
    assert expected in str(mistake)


@pytest.mark.parametrize("text", ["school: [", "- a\n- b\n", "just words", "a: b: c"])
def test_what_is_no_yaml_of_keys_is_told(mistaken: Mistaken, text: str) -> None:
    assert mistaken(text).key == ""


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


@dataclass(frozen=True, slots=True)
class Own:
    """The block of a channel that exists in this test alone."""

    token: Secret
    address: str = "here"
    title: str = ""
    sizes: tuple[int, ...] = ()
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.address == "nowhere":
            raise ValueError("address: expected somewhere")


Block = Callable[..., Own]


@pytest.fixture
def block(configured: Configured) -> Block:
    """The channel's own configuration out of its block of YAML."""

    def reading(text: str, **fallback: Any) -> Own:
        whole = f"channels: {{own: {{adapter: own, {text}}}}}"
        return adapter_config(configured(whole).channels["own"], Own, **fallback)  # type: ignore[no-any-return]

    return reading


def test_a_secret_comes_from_the_environment(block: Block, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWN_TOKEN", " 12345:ABC\n")
    assert block("token: env:OWN_TOKEN").token.reveal() == "12345:ABC"


def test_a_secret_that_is_not_set_is_empty(block: Block) -> None:
    assert not block("token: env:OWN_TOKEN").token


def test_a_secret_comes_from_a_file(block: Block, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("12345:ABC\n", "utf-8")
    assert block(f"token: 'file:{tmp_path}/token'").token.reveal() == "12345:ABC"


def test_a_secrets_file_is_seen_from_the_program(
    block: Block, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "Apache License" in block("token: 'file:LICENSE'").token.reveal()


def refusal(block: Block, text: str, **fallback: Any) -> ConfigMistake:
    with pytest.raises(ConfigMistake) as mistake:
        block(text, **fallback)
    return mistake.value


@pytest.mark.parametrize("raw", [None, b"\xff"])
def test_a_secrets_file_that_cannot_be_read_is_told(
    block: Block, tmp_path: Path, raw: bytes | None
) -> None:
    if raw:
        (tmp_path / "token").write_bytes(raw)
    mistake = refusal(block, f"token: 'file:{tmp_path}/token'")
    assert mistake.key == "channels.own.token"
    assert f"{tmp_path}/token" in str(mistake)


@pytest.mark.parametrize("written", ["12345:ABCDEF", "hunter2", "5", "[hunter2]", "{a: hunter2}"])
def test_a_secret_written_into_the_file_is_refused_and_not_repeated(
    block: Block, written: str
) -> None:
    mistake = refusal(block, f"token: {written}")
    assert "env:" in str(mistake)
    assert not {"12345", "ABCDEF", "hunter2"} & set(str(mistake).replace(":", " ").split())


@pytest.mark.parametrize(
    "text",
    [
        "retries: {{tries: {secret}}}",
        "channels: {{vk: {{{secret}: true}}}}",
        "{secret}: true",
        "school: {{time_zone: {secret}}}",
        "quiet_hours: {{start: '{secret}'}}",
        "channels: {{vk: {{token: {secret}",
        "channels:\n  vk:\n    token: {secret}\n   user_token: x",
    ],
)
@pytest.mark.parametrize(
    "secret", ["верблюд-лодка", "4815162342:AAnobodys-q1w2e3r4t5", "vk1.a.nobodys-z9x8c7"]
)
def test_a_secret_in_a_wrong_place_is_not_repeated(
    mistaken: Mistaken, text: str, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "верблюд-лодка")
    assert secret not in str(mistaken(text.format(secret=secret)))


def test_broken_yaml_is_told_with_its_line_and_without_what_stands_there(
    mistaken: Mistaken,
) -> None:
    told = str(mistaken("channels:\n  vk:\n    token: hunter2\n   user_token: hunter3"))
    assert "строка 4" in told
    assert "hunter" not in told


@pytest.mark.parametrize(
    "written", ["!Qwerty123", "*Qwerty123", "!Qwerty!123", "!Qwe'rty123", "&Qwerty123 *Qwerty"]
)
def test_what_yaml_takes_for_a_sign_of_its_own_is_not_repeated(
    mistaken: Mistaken, written: str
) -> None:
    told = str(mistaken(f"channels:\n  email:\n    password: {written}\n"))
    assert "строка 3" in told
    assert not {"Qwerty", "Qwe", "rty123"} & set(re.findall(r"\w+", told))
    assert "123" not in told


@pytest.mark.parametrize(
    ("text", "sign"), [("school: [a", "']'"), ("school: @a", "'@'"), ("- a\nb: c", "<block end>")]
)
def test_the_signs_of_yaml_are_told(mistaken: Mistaken, text: str, sign: str) -> None:
    assert sign in str(mistaken(text))


@pytest.mark.parametrize(
    "words", ["notifications_enabled_by_default_for", "config/school.yaml", "10:30", "a" * 40]
)
def test_words_of_other_kinds_stay(words: str) -> None:
    assert discreet(f"ожидается {words}!") == f"ожидается {words}!"


def test_no_secret_is_in_any_repr(
    block: Block, configured: Configured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWN_TOKEN", "hunter2")
    assert "hunter2" not in repr(block("token: env:OWN_TOKEN"))
    config = configured("channels: {own: {adapter: own, password: hunter2}}")
    assert "hunter2" not in repr(config)
    assert "hunter2" not in f"{config.channels['own']}"


def test_a_secret_gives_itself_up_to_reveal_alone() -> None:
    secret = Secret("hunter2")
    assert {repr(secret), str(secret), f"{secret}", f"{secret!r}"} == {"Secret(***)"}
    assert secret.reveal() == "hunter2"


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("email", "port", "99999"),
        ("email", "port", "0"),
        ("email", "connections", "-1"),
        ("email", "messages_per_connection", "0"),
        ("email", "timeout", "-5"),
        ("telegram", "concurrency", "0"),
        ("telegram", "timeout", ".inf"),
        ("vk", "group_id", "-1"),
        ("vk", "connections", "0"),
        ("vk", "timeout", "0"),
        ("site", "items", "-1"),
    ],
)
def test_a_number_that_a_channel_cannot_work_with_is_told(
    file: Path, name: str, key: str, value: str
) -> None:
    file.write_text(f"channels: {{{name}: {{enabled: true, {key}: {value}}}}}", "utf-8")
    with pytest.raises(ConfigMistake, match=r"ожидается .*число") as mistake:
        open_office(load(file))
    assert mistake.value.key == f"channels.{name}.{key}"


def test_an_unknown_key_of_a_channel_is_told_with_the_nearest_one(block: Block) -> None:
    mistake = refusal(block, "token: '', adress: there")
    assert mistake.key == "channels.own.adress"
    assert "«address»" in str(mistake)


def test_a_key_that_a_channel_needs_is_told_when_it_is_missing(block: Block) -> None:
    assert refusal(block, "address: there").key == "channels.own.token"


def test_what_a_channel_itself_refuses_is_told(block: Block) -> None:
    mistake = refusal(block, "token: '', address: nowhere")
    assert (mistake.key, "expected somewhere" in str(mistake)) == ("channels.own", True)


def test_what_the_school_left_empty_is_filled_in(block: Block) -> None:
    own = block("token: '', title: ''", title="Школа", unknown="nothing")
    assert own.title == "Школа"


def test_what_the_school_has_set_stays(block: Block) -> None:
    assert block("token: '', title: Наша", title="Школа").title == "Наша"


def test_lists_and_mappings_are_read(block: Block) -> None:
    own = block("token: '', sizes: [1, 2], names: {1a: Первый}")
    assert (own.sizes, own.names) == ((1, 2), {"1a": "Первый"})
