from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.rendering.characters import clean, one_line, visible

ILLEGAL_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@given(st.text(st.characters(codec=None), max_size=50))
def test_clean_text_fits_into_xml_and_utf8(text):
    assert not ILLEGAL_IN_XML.search(clean(text))
    clean(text).encode()


@pytest.mark.parametrize("end", ["\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_every_end_of_a_line_becomes_a_line_feed(end):
    assert clean(f"a{end}b") == "a\nb"


@pytest.mark.parametrize(
    "character",
    ["\x00", "\x1b", "\x7f", "\u200b", "\u202e", "\u2066", "\ufeff", "\ufdd0", "\ud800"],
)
def test_harmful_characters_are_taken_out(character):
    assert clean(f"при{character}вет") == "привет"


@pytest.mark.parametrize("text", ["👨‍👩‍👧", "می‌خواهم", "é", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "а\tб", "5 000", "שלום\u200f"])
def test_honest_text_stays(text):
    assert clean(text) == text


def test_one_line_is_one_line_with_its_no_break_spaces():
    assert one_line(" 1\u00a0сентября\n в \t9 ") == "1\u00a0сентября в 9"


@pytest.mark.parametrize("text", ["", " \n\t", "\u00a0", "\u2800\u3164", "\ufe0f", "\u200d"])
def test_nothing_to_see_is_not_visible(text):
    assert not visible(text)


@pytest.mark.parametrize("text", ["а", " .", "👍", "——"])
def test_something_to_see_is_visible(text):
    assert visible(text)
