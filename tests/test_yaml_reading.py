"""A few lines of YAML take neither all time nor all memory; what is wrong is told with its line."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from broadcaster.yaml_reading import (
    MOST_DEPTH,
    SHOWN,
    SafeLoader,
    TextLoader,
    read_safely,
    shown,
)

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def refused(text: str) -> str:
    with pytest.raises(yaml.YAMLError) as caught:
        read_safely(text)
    return str(caught.value)


def test_what_people_write_is_read() -> None:
    text = "a: &x {b: 1, c: [да, 2026-11-20]}\nd: *x\ne:\n  <<: *x\n  b: 2\n"
    read = read_safely(text)
    assert read == yaml.safe_load(text)
    assert read["e"] == {"b": 2, "c": read["a"]["c"]}


@pytest.mark.parametrize("loader", [SafeLoader, TextLoader])
def test_a_key_that_stands_twice_in_a_block_is_refused(loader: Any) -> None:
    text = "channels:\n  site: {}\nschool: x\nchannels:\n  email: {}\n"
    with pytest.raises(yaml.YAMLError, match="«channels» стоит здесь второй раз") as caught:
        yaml.load(text, Loader=loader)
    assert "line 4" in str(caught.value)


def test_the_same_key_in_two_blocks_is_no_mistake() -> None:
    assert read_safely("a: {b: 1}\nc: {b: 2}\n") == {"a": {"b": 1}, "c": {"b": 2}}


def test_several_blocks_may_be_merged() -> None:
    assert read_safely("a: &a {b: 1}\nc: &c {d: 2}\ne:\n  <<: *a\n  <<: *c\n")["e"]["d"] == 2


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_what_is_nested_without_end_is_refused(opening: str) -> None:
    assert "вложенных" in refused(opening * 5000)


def test_what_is_nested_as_deep_as_it_may_be_is_read() -> None:
    deep = MOST_DEPTH - 1
    assert read_safely("[" * deep + "]" * deep)


def test_what_would_be_gigabytes_written_out_is_refused() -> None:
    assert "line 5" in refused(LAUGHS)


def test_what_holds_itself_is_refused() -> None:
    assert "сам на себя" in refused("a: &a [*a]")


@pytest.mark.parametrize(
    "value", ["2026-02-30", "!!timestamp x", "!!int x", "!!float x", "!!int '" + "9" * 5000 + "'"]
)
def test_a_value_that_cannot_be_is_told_with_its_line(value: str) -> None:
    assert "line 2" in refused(f"a: 1\nb: {value}\n")


def test_texts_stay_as_they_were_written() -> None:
    assert yaml.load("a: 010\nb: 2026-02-30\n", Loader=TextLoader) == {
        "a": "010",
        "b": "2026-02-30",
    }


def test_nothing_of_python_is_made() -> None:
    assert "python/object" in refused("!!python/object/apply:os.system [id]")


def test_long_values_are_not_repeated_whole() -> None:
    assert len(shown("я" * 5000)) == SHOWN + 1
