"""Whom a calendar item is for, in terms that outlive the classes of one year."""

from __future__ import annotations

import pytest

from broadcaster.domain.audience import audience, grade

GROUPS = ("1А", "1 Б", "4-В", "5А", "10А", "11", "Ромашка", "Хор 5 лет")


@pytest.mark.parametrize(
    ("terms", "groups"),
    [
        (["все"], set(GROUPS)),
        (["Все "], set(GROUPS)),
        (["all"], set(GROUPS)),
        (["классы 1-4"], {"1А", "1 Б", "4-В"}),
        (["Классы 1 – 4"], {"1А", "1 Б", "4-В"}),
        (["grades 1-4"], {"1А", "1 Б", "4-В"}),
        (["класс 5"], {"5А"}),
        (["классы 10-11"], {"10А", "11"}),
        (["ромашка"], {"Ромашка"}),
        (["класс 5", "Ромашка"], {"5А", "Ромашка"}),
    ],
)
def test_a_term_means_groups(terms: list[str], groups: set[str]) -> None:
    assert audience(terms, GROUPS).groups == groups
    assert audience(terms, GROUPS).unknown == ()


def test_a_name_that_is_not_there_is_unknown_and_the_others_are_meant() -> None:
    found = audience(["5А", "5Я"], GROUPS)
    assert (found.groups, found.unknown) == ({"5А"}, ("5Я",))


@pytest.mark.parametrize("terms", [["классы 7-9"], ["все"]])
def test_classes_and_everybody_may_be_nobody(terms: list[str]) -> None:
    found = audience(terms, ["2А"] if terms != ["все"] else [])
    assert (found.groups, found.unknown) == (frozenset(), ())


@pytest.mark.parametrize(
    ("group", "number"), [("1А", 1), ("11Б", 11), (" 3-Г", 3), ("2026", None), ("Группа 5", None)]
)
def test_the_number_of_a_class_stands_first(group: str, number: int | None) -> None:
    assert grade(group) == number
