from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcaster.contract import Markup
from broadcaster.rendering.holes import ANY_MARK, HOLE_OF, MARKS, WIDTHS, Hole
from broadcaster.rendering.splitting import MAX_ENTITIES, SMALLEST_LIMIT, split
from broadcaster.rendering.units import MarkupMistake
from broadcaster.sandbox.telegram.markup import formatted

NAME = MARKS[Hole.NAME]
WORDS = st.text(
    st.sampled_from("абв .,!?…\n\t\u00a0<>&\"'👨👩🏽\u200d\ufe0f🇷🇺\u0301é" + NAME), max_size=40
)


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&#34;")


def tagged(inner):
    return st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag.split()[0]}>",
        st.sampled_from(
            ["b", "i", "s", "pre", "code", "blockquote", 'a href="https://x.ru/&amp;"']
        ),
        st.lists(inner, max_size=4),
    )


MARKUP = st.lists(
    st.recursive(WORDS.map(escaped), tagged, max_leaves=12)
    | WORDS.map(lambda words: escaped(words) * 15),
    max_size=6,
).map("".join)


def seen(message):
    """What a reader sees, holes as they are, white space aside."""
    return re.sub(r"\s", "", formatted(message, "html").text)


def width(text, *, utf16):
    """The widest that people's copies may get, as the platform counts."""
    holes = sum(WIDTHS[HOLE_OF[mark]] for mark in ANY_MARK.findall(text))
    bare = ANY_MARK.sub("", text)
    return holes + (len(bare.encode("utf-16-le")) // 2 if utf16 else len(bare))


@settings(max_examples=150, deadline=None)
@given(MARKUP, st.integers(SMALLEST_LIMIT, 600), st.integers(SMALLEST_LIMIT, 300), st.booleans())
def test_any_markup_is_cut_into_what_telegram_takes(text, limit, first_limit, utf16):
    messages = split(text, Markup.TELEGRAM, limit=limit, first_limit=first_limit, utf16=utf16)
    for number, message in enumerate(messages):
        bound = min(limit, first_limit) if number == 0 else limit
        told = formatted(message, "html").text
        assert 0 < width(told, utf16=utf16) <= bound
        assert len(re.findall("<[a-z]", message)) <= MAX_ENTITIES


@settings(max_examples=150, deadline=None)
@given(MARKUP, st.integers(SMALLEST_LIMIT, 600))
def test_nothing_a_reader_sees_is_lost_or_added(text, limit):
    messages = split(text, Markup.TELEGRAM, limit=limit)
    whole = re.sub("[\u200d\ufe0f\u0301]", "", seen(text))
    assert re.sub("[\u200d\ufe0f\u0301]", "", "".join(map(seen, messages))) == whole


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=400) | WORDS.map(lambda w: w * 20), max_size=4).map("".join))
def test_any_plain_text_is_cut_within_its_limit(text):
    messages = split(text, Markup.PLAIN, limit=SMALLEST_LIMIT, utf16=False)
    assert all(0 < width(message, utf16=False) <= SMALLEST_LIMIT for message in messages)
    assert all(message in text for message in messages)


def test_a_text_that_fits_is_one_message_without_white_space_around():
    assert split("\n привет \n", Markup.PLAIN, limit=4096) == ("привет",)


def test_without_a_limit_there_is_one_message():
    assert split("слово " * 5000, Markup.PLAIN, limit=0) == (("слово " * 5000).strip(),)


def test_nothing_to_see_gives_no_message():
    assert split(" \n\u200d \u2800", Markup.PLAIN, limit=4096) == ()


def test_the_last_character_that_fits_is_kept():
    assert split("а" * 300 + "\n", Markup.PLAIN, limit=300) == ("а" * 300,)


def test_a_cut_is_made_between_paragraphs_before_anything_else():
    first = "Раз. " * 35
    assert split(f"{first}\n\n{'два ' * 40}", Markup.PLAIN, limit=300)[0] == first.strip()


def test_else_between_lines():
    first = "Раз. " * 35
    assert split(f"{first}\n{'два. ' * 40}", Markup.PLAIN, limit=300)[0] == first.strip()


def test_else_between_sentences():
    first = "раз " * 40 + "«конец.»"
    assert split(f"{first} {'два ' * 60}", Markup.PLAIN, limit=300)[0] == first


def test_else_between_words_but_not_at_a_no_break_space():
    text = "сло\u00a0во " * 100
    assert all(m.endswith("во") for m in split(text, Markup.PLAIN, limit=300))


def test_else_anywhere_but_within_what_a_reader_sees_as_one():
    family = "👨‍👩‍👧"
    assert split(family * 100, Markup.PLAIN, limit=256) == (family * 51, family * 49)


@pytest.mark.parametrize("one", ["🇷🇺", "👍🏽", "é", "❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"])
def test_flags_tones_and_accents_are_not_torn(one):
    for message in split(one * 300, Markup.PLAIN, limit=257, utf16=True):
        assert message == one * (len(message) // len(one))


def test_a_tower_of_accents_is_torn_rather_than_too_long():
    messages = split("а" + "\u0301" * 1000, Markup.PLAIN, limit=256)
    assert all(len(message) <= 256 for message in messages)


def test_an_emoji_is_two_where_the_platform_counts_so():
    assert len(split("👍" * 256, Markup.PLAIN, limit=256, utf16=False)) == 1
    assert len(split("👍" * 256, Markup.PLAIN, limit=256, utf16=True)) == 2


def test_room_is_left_for_what_fills_the_holes():
    messages = split(f"{NAME}{'а' * 200}", Markup.PLAIN, limit=256)
    assert messages == (f"{NAME}{'а' * 192}", "а" * 8)


def test_tags_are_closed_and_opened_again_at_a_cut():
    first, second = split(f"<b><i>{'а' * 200} {'б' * 100}</i></b>", Markup.TELEGRAM, limit=256)
    assert first == f"<b><i>{'а' * 200}</i></b>"
    assert second == f"<b><i>{'б' * 100}</i></b>"


def test_tags_and_entities_do_not_count_by_their_letters():
    text = f'<a href="https://x.ru/{"a" * 500}">{"&amp;" * 256}</a>'
    assert split(text, Markup.TELEGRAM, limit=256) == (text,)


def test_a_hundred_pieces_of_markup_are_the_most_in_one_message():
    messages = split("<b>а</b> " * 250, Markup.TELEGRAM, limit=4096)
    assert [message.count("<b>") for message in messages] == [100, 100, 50]


def test_tags_that_telegram_forbids_in_each_other_are_left_out():
    assert split("<b>а<b>б</b><code>в<i>г</i></code></b>", Markup.TELEGRAM, limit=0) == (
        "<b>аб</b><code>вг</code>",
    )
    quoted = "<blockquote>а<blockquote>б</blockquote><pre><code>в</code></pre></blockquote>"
    assert split(quoted, Markup.TELEGRAM, limit=0) == (
        "<blockquote>аб<pre><code>в</code></pre></blockquote>",
    )


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("<p>а</p>", "<p>"),
        ("<b>а", "<b>"),
        ("<b>а</i>", "</i>"),
        ("а</b>", "</b>"),
        ("а < б", "< б"),
        ("а & б", "& б"),
        ("а &nbsp; б", "&nbs"),
        ("<!-- а -->", "<!-- а -->"),
        ("<b", "<b"),
    ],
)
def test_markup_that_telegram_would_refuse_is_named(text, fragment):
    with pytest.raises(MarkupMistake) as raised:
        split(text, Markup.TELEGRAM, limit=4096)
    assert raised.value.fragment == fragment


def test_a_limit_too_small_for_a_hole_is_refused():
    with pytest.raises(ValueError, match="255"):
        split("а", Markup.PLAIN, limit=255)
