from __future__ import annotations

import pytest

from broadcaster.rendering.holes import mark_holes
from broadcaster.rendering.markdown import MAX_BODY, parse
from broadcaster.rendering.mistakes import BodyMistake
from broadcaster.rendering.plain import plain


def read(body):
    return plain(parse(mark_holes(body)))


@pytest.mark.parametrize("body", ["", " \n ", "\u2800"])
def test_an_empty_text_is_a_mistake(body):
    with pytest.raises(BodyMistake, match="пуст"):
        parse(body)


def test_a_text_of_any_sensible_length_is_taken():
    assert parse("а" * MAX_BODY)


def test_a_longer_one_is_a_mistake():
    with pytest.raises(BodyMistake, match="длиннее"):
        parse("а" * (MAX_BODY + 1))


@pytest.mark.parametrize("deep", ["> " * 30 + "дно", "- " * 30 + "дно", "1. > " * 9 + "дно"])
def test_nesting_without_end_is_a_mistake_rather_than_lost_text(deep):
    with pytest.raises(BodyMistake, match="вложенных") as raised:
        parse(f"раз\n\n{deep}")
    assert raised.value.line == 3


def test_nesting_that_people_use_is_taken():
    assert "дно" in read("> " * 8 + "дно")


@pytest.mark.parametrize(
    "body",
    [
        "раз\n\n[текст](https://x.ru/?u={{имя}})",
        "раз\n\n[текст](<https://x.ru/{{ имя }}>)",
        "раз\n\n![текст](https://x.ru/{{имя}})",
        "раз\n\n<https://x.ru/{{имя}}>",
    ],
)
def test_a_hole_in_an_address_is_a_mistake(body):
    with pytest.raises(BodyMistake, match="адрес") as raised:
        read(body)
    assert raised.value.line == 3


def test_the_end_of_a_line_stays_one():
    assert read("Завтра:\n10:00 — сбор") == "Завтра:\n10:00 — сбор"


def test_an_indented_paragraph_is_a_paragraph():
    assert read("    С красной *строки*.") == "С красной строки."


def test_reference_definitions_are_text():
    assert read("[a]: https://x.ru\n\n[a]") == "[a]: https://x.ru\n\n[a]"


@pytest.mark.parametrize(
    "body", ["[](https://x.ru)", "[ ](https://x.ru)", "[&#8203;](https://x.ru)"]
)
def test_a_link_without_words_shows_its_address(body):
    assert "https://x.ru" in read(body)


def test_a_link_to_nowhere_is_its_words():
    assert read("[слова]()") == "слова"


def test_a_picture_is_a_link_to_it():
    assert read("![схема](https://x.ru/a.png)") == "схема (https://x.ru/a.png)"


def test_its_description_is_one_line_without_markup():
    assert read("![а *б*\nв ![г](https://x.ru/b)](https://x.ru/a)") == "а б в г (https://x.ru/a)"


def test_a_picture_without_words_is_called_one():
    assert read("![](https://x.ru/a.png)") == "изображение (https://x.ru/a.png)"


def test_a_picture_in_a_link_is_its_words():
    assert read("[![схе*ма*](https://x.ru/a.png)](https://x.ru)") == "схема (https://x.ru)"


def test_emphasis_within_itself_is_left_out():
    tokens = parse("*a " * 50 + "a* " * 50)[1].children
    assert sum(token.type == "em_open" for token in tokens) == 1


def test_a_bare_address_is_a_link_without_the_end_of_the_sentence():
    tokens = parse("См. https://x.ru/a_b, (https://y.ru/) и «https://z.ru/?a=(1)».")[1].children
    addresses = [token.attrs["href"] for token in tokens if token.type == "link_open"]
    assert addresses == ["https://x.ru/a_b", "https://y.ru/", "https://z.ru/?a=(1)"]


def test_an_address_with_a_hole_behind_it_is_no_link():
    tokens = parse(mark_holes("https://x.ru/{{имя}}"))[1].children
    assert [token.type for token in tokens] == ["text"]


def test_headings_stand_below_the_title():
    assert [token.tag for token in parse("# а\n\n###### б") if token.nesting == 1] == ["h2", "h6"]


def test_entities_bring_in_no_harmful_characters():
    assert read("при&#x202e;вет&#8203;&#xfdd0;") == "привет\ufffd"
