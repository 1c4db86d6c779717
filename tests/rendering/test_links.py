"""Where the links of an author's text lead."""

from __future__ import annotations

import pytest

from broadcaster.rendering.links import links_in
from broadcaster.rendering.mistakes import BodyMistake


def test_links_come_with_the_words_that_are_pressed() -> None:
    body = "[меню](https://school.example/menu) и https://a.example/b."
    assert links_in(body) == (
        ("https://school.example/menu", "меню"),
        ("https://a.example/b", "https://a.example/b"),
    )


def test_words_of_several_looks_are_one_label() -> None:
    assert links_in("[**на** *сайте*](https://a.example/)") == (("https://a.example/", "на сайте"),)


def test_a_picture_in_the_text_is_a_link() -> None:
    assert links_in("![ёлка](http://a.example/x.jpg)") == (("http://a.example/x.jpg", "ёлка"),)


def test_links_in_lists_and_tables_are_found() -> None:
    body = "* https://a.example/\n\n| a |\n|---|\n| https://b.example/ |"
    assert [address for address, _label in links_in(body)] == [
        "https://a.example/",
        "https://b.example/",
    ]


def test_a_text_that_cannot_be_read_has_a_mistake() -> None:
    with pytest.raises(BodyMistake):
        links_in("{{ возраст }}")
