from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.contract import Markup
from broadcaster.rendering.holes import WIDTHS, Hole
from broadcaster.rendering.segments import listed, segments


def test_values_are_escaped_for_markup_and_kept_raw_beside():
    person = segments(Markup.TELEGRAM, name='О\'Нил & <b>"Ко"</b>')
    assert person.escaped["name"] == "О&#x27;Нил &amp; &lt;b&gt;&quot;Ко&quot;&lt;/b&gt;"
    assert person.raw["name"] == 'О\'Нил & <b>"Ко"</b>'


def test_plain_text_needs_no_escaping():
    assert segments(Markup.PLAIN, name="А & Б").escaped["name"] == "А & Б"


def test_a_name_cannot_start_a_line_of_its_own():
    assert segments(Markup.MAIL, name="Анна\r\nBcc: x@y.ru").raw["name"] == "Анна Bcc: x@y.ru"


def test_a_long_name_is_cut_and_says_so():
    name = segments(Markup.MAIL, name="👍" * 100).raw["name"]
    assert name == "👍" * 31 + "…"


def test_a_person_without_a_name_is_spoken_to_in_general():
    person = segments(Markup.PLAIN, name=" \u200b")
    assert person.raw["name"] == "уважаемый родитель"
    assert person.raw["children"] == "ваш ребёнок"


@given(st.text(st.characters(codec=None)), st.lists(st.text(max_size=60), max_size=5))
def test_values_keep_to_the_room_left_for_them(name, children):
    raw = segments(Markup.MAIL, name=name, children=children).raw
    for hole in (Hole.NAME, Hole.CHILDREN):
        assert 0 < len(raw[hole].encode("utf-16-le")) // 2 <= WIDTHS[hole]


def test_children_are_listed_as_in_a_sentence():
    assert listed([]) == ""
    assert listed(["Маша"]) == "Маша"
    assert listed(["Маша", "", "Петя", "Вася"]) == "Маша, Петя и Вася"


@pytest.mark.parametrize("page", ["javascript:alert(1)", "school.example", "https://" + "a" * 200])
def test_a_page_is_an_address_of_the_web_and_not_too_long(page):
    with pytest.raises(ValueError, match="unsubscribe"):
        segments(Markup.MAIL, name="Анна", unsubscribe=page)
    with pytest.raises(ValueError, match="acknowledge"):
        segments(Markup.MAIL, name="Анна", acknowledge=page)


def test_every_hole_has_a_value():
    person = segments(Markup.MAIL, name="Анна", unsubscribe="https://a.ru/?a=1&b=2")
    assert set(person.raw) == set(person.escaped) == {hole.value for hole in Hole}
    assert person.escaped["unsubscribe"] == "https://a.ru/?a=1&amp;b=2"


def test_only_the_holes_asked_for_are_filled() -> None:
    person = segments(Markup.MAIL, {"name"}, name="Анна", unsubscribe="https://a.ru/u/1")
    assert (person.raw, person.escaped) == ({"name": "Анна"}, {"name": "Анна"})
