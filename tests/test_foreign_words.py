"""What others say in English is said again in Russian."""

from __future__ import annotations

import errno
import os
import re

import pytest
import yaml

from broadcaster.foreign_words import field_words, file_words, system_words
from broadcaster.yaml_reading import read_safely, words_of


@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_no_error_of_the_system_is_told_in_english(number: int) -> None:
    told = system_words(OSError(number, os.strerror(number)))
    assert os.strerror(number) not in told
    assert re.search("[а-яё]", told)


def test_an_error_without_a_number_is_told_by_its_name() -> None:
    assert system_words(TimeoutError()) == "ошибка системы TimeoutError"


def test_another_encoding_is_told() -> None:
    with pytest.raises(UnicodeDecodeError) as error:
        b"\xff".decode()
    assert file_words(error.value) == "это не текст в UTF-8"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: b: c", "лишнее двоеточие или неверный отступ"),
        ("a:\n  b\nc", "после имени не хватает двоеточия"),
        ("a: @b", "со знака '@' значение не начинают; возьмите его в кавычки"),
        ("a:\n\tb: c", "отступ сделан табуляцией: нужны пробелы"),
        ("a: [b", "ожидается ',' или ']', а стоит '<stream end>'"),
        ("a: [", "здесь не может стоять '<stream end>'"),
        ("a: *b", "такого псевдонима нет; значение со знака * берут в кавычки"),
        ("a: !b c", "такой метки нет; значение со знака ! берут в кавычки"),
        ("a: 'b", "кавычка не закрыта"),
        ("a: \x01", "здесь есть знак, который не печатается"),
        ("a: 1\na: 2", "«a» стоит здесь второй раз: оставьте один, а что под ними, соедините"),
    ],
)
def test_what_is_wrong_with_yaml_is_told(text: str, words: str) -> None:
    with pytest.raises(yaml.YAMLError) as error:
        read_safely(text)
    assert words_of(error.value) == words


def test_a_kind_of_mistake_that_nobody_foresaw_is_told_all_the_same() -> None:
    assert field_words({"type": "decimal_parsing"}) == "Значение не подходит."
    assert words_of(yaml.YAMLError("something new")) == "запись YAML не разобрать"
