from __future__ import annotations

import pytest

from broadcaster.contract import Wording
from broadcaster.rendering.holes import MARKS, Hole, holes_in, mark_holes, wording
from broadcaster.rendering.mistakes import BodyMistake


@pytest.mark.parametrize(
    "written", ["{{ имя }}", "{{имя}}", "{{ Имя }}", "{{name}}", "{{\tNAME  }}"]
)
def test_the_name_has_a_russian_and_an_english_spelling(written):
    assert holes_in(f"Здравствуйте, {written}!") == {"name"}


@pytest.mark.parametrize("written", ["{{ дети }}", "{{ children }}"])
def test_so_have_the_children(written):
    assert holes_in(written) == {"children"}


def test_a_text_without_holes_has_none():
    assert holes_in("{ имя } и }} и {% if %}") == frozenset()


@pytest.mark.parametrize(
    "written",
    [
        "{{ фамилия }}",
        "{{ 7*7 }}",
        "{{ имя|upper }}",
        "{{ person.name }}",
        "{{ unsubscribe }}",
        "{{ acknowledge }}",
        "{{}}",
        "{{ имя }",
        "{{ имя\n}}",
        "{{{ имя }}}",
        "{{" * 1000,
    ],
)
def test_anything_else_between_braces_is_a_mistake(written):
    with pytest.raises(BodyMistake):
        holes_in(written)


def test_the_mistake_names_the_line_and_what_there_is():
    with pytest.raises(BodyMistake, match=r"имя.*дети") as raised:
        mark_holes("раз\n{{ имя }}\nтри {{ класс }}")
    assert raised.value.line == 3
    assert "строка 3" in str(raised.value)
    assert "{{ класс }}" in str(raised.value)


def test_escaped_braces_are_braces():
    assert mark_holes(r"\{\{ имя }}") == r"\{\{ имя }}"


def test_a_wording_is_cut_at_the_marks():
    text = f"Здравствуйте, {MARKS[Hole.NAME]}!"
    assert wording(text) == Wording(("Здравствуйте, ", "name", "!"))


def test_a_text_without_marks_is_the_same_for_everybody():
    assert wording("Всем привет") == Wording.plain("Всем привет")
