"""A channel's own block: read into what its adapter asks for, and refused by the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadcaster.bootstrap import open_office
from broadcaster.config import ConfigMistake, load
from tests.config.stage import Block, refusal


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
