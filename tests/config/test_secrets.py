"""Secrets come from the environment or a file, and no message repeats them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from broadcaster.contract import Secret, discreet
from tests.config.stage import Block, Configured, Mistaken, refusal


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
