"""Texts that make careless parsers run for ever or fill the memory: these tests must end."""

from __future__ import annotations

import pytest

from broadcaster.rendering.markdown import MAX_BODY
from broadcaster.rendering.mistakes import BodyMistake
from tests.rendering.samples import LOOKS, rendered

LONG = MAX_BODY // 8
NASTY = [
    "[",
    "![",
    "*",
    "*a ",
    "**a *b ",
    "_*a",
    "~~a",
    "`",
    "a``",
    ">",
    "> a\n",
    "- ",
    "* a\n  ",
    "1. ",
    "<",
    "<!--",
    "<a href='",
    "&",
    "&#",
    "\\",
    "[a](",
    "[a](b",
    "[a](<b",
    "![[]()",
    "[a](https://x.ru) ",
    "https://",
    "https://x.ru/)",
    "https://x.ru ",
    "|",
    "|-",
    "a|b\n",
    "```\n",
    "\n",
    "---\n",
    "# a\n",
    "а\u0301\u0301\u0301\u0301",
    "\u200d👩",
    "<b>",
    "a\u00a0",
]


@pytest.mark.parametrize("bit", NASTY)
def test_a_nasty_text_is_rendered_or_refused_in_good_time(bit):
    body = ("|a|b\n|-|-\n" if bit == "|" else "") + "а" + bit * (LONG // len(bit))
    for look in LOOKS:
        try:
            content = rendered(look, body)
        except BodyMistake:
            continue
        assert sum(len(text.fill({})) for text in content.texts) < 20 * LONG


@pytest.mark.parametrize(
    "body", ["[" * 2000 + "](https://x.ru)" * 500, "*a " * 1500 + "a* " * 1500]
)
def test_pairs_far_apart_are_rendered_in_good_time(body):
    for look in LOOKS:
        assert rendered(look, body).texts


def test_a_long_header_of_a_table_is_not_repeated_in_each_row():
    body = f"|{'а' * 2500}|\n|-|\n" + "|б|\n" * 2000
    for look in LOOKS:
        assert sum(len(text.fill({})) for text in rendered(look, body).texts) < 3 * LONG
