"""When two spellings are one name, and whom a text names."""

from __future__ import annotations

import time
from itertools import product

import pytest

from broadcaster.domain.naming import folded, named_in

MASHA = "Маша Сергеева"
CAMILLA = "Камила А."
ALSU = "Алсу Рашидовна Ахметова"


@pytest.mark.parametrize("other", ["1а", " 1А ", "1A", "1a"])
def test_spellings_of_a_group_are_one(other: str) -> None:
    assert folded(other) == folded("1А")


def test_yo_composed_or_not_is_ye() -> None:
    assert folded("Артём") == folded("Арте\N{COMBINING DIAERESIS}м") == folded("АРТЕМ")


def test_different_names_stay_different() -> None:
    assert folded("1А") != folded("1Б")


@pytest.mark.parametrize(
    "text",
    [
        "Маша Сергеева победила.",
        "Победила Сергеева Маша!",
        "МАША СЕРГЕЕВА",
        "**Маша** _Сергеева_",
        "Маша\nСергеева",
        "«Маша Сергеева»",
    ],
)
def test_a_name_is_found_as_it_is_written(text: str) -> None:
    assert named_in(text, [MASHA]) == (MASHA,)


@pytest.mark.parametrize(
    "text",
    [
        "Поздравляем Машу Сергееву",
        "Вручить Маше Сергеевой",
        "рисунок Маши Сергеевой",
        "с Машей Сергеевой",
    ],
)
def test_usual_endings_are_seen_through(text: str) -> None:
    assert named_in(text, [MASHA]) == (MASHA,)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Артём Козловский", "Артёму Козловскому"),
        ("Артём Козловский", "с Артёмом Козловским"),
        ("Сергей Борисов", "Сергеем Борисовым"),
        ("Мария Вишневская", "Марией Вишневской"),
        ("Игорь Гусь", "Игоря Гуся"),
        ("Анна-Мария Цой", "Анне-Марии Цой"),
    ],
)
def test_names_of_other_shapes_decline_too(name: str, text: str) -> None:
    assert named_in(text, [name]) == (name,)


@pytest.mark.parametrize("text", ["Маша пришла", "Сергеева пришла", "маша", ""])
def test_a_bare_name_names_nobody(text: str) -> None:
    assert named_in(text, [MASHA]) == ()


def test_a_person_known_by_one_word_is_never_found() -> None:
    assert named_in("Маша пришла", ["Маша"]) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Маша, Сергеева и Петров",
        "Пришла Маша. Сергеева ушла",
        "Маша\n\nСергеева",
        "Маша и Сергеева",
    ],
)
def test_words_apart_are_no_name(text: str) -> None:
    assert named_in(text, [MASHA]) == ()


@pytest.mark.parametrize("text", ["Маша Сергеевская", "Дамаша Сергеева", "Маша Сергеенко"])
def test_parts_of_words_are_no_name(text: str) -> None:
    assert named_in(text, [MASHA]) == ()


def test_yo_and_ye_are_one_letter() -> None:
    assert named_in("Пётр Воробьев", ["Петр Воробьёв"]) == ("Петр Воробьёв",)


@pytest.mark.parametrize(
    "text", ["Камила А. заболела", "у Камилы А.", "камила А", "Молодец, А. Камила"]
)
def test_a_first_name_with_an_initial_is_found(text: str) -> None:
    assert named_in(text, [CAMILLA]) == (CAMILLA,)


@pytest.mark.parametrize(
    "text",
    ["Камила а также Ева", "Пришла Камила. А потом ушла", "Камила, А сказала", "Камила Ахметова"],
)
def test_a_conjunction_is_no_initial(text: str) -> None:
    assert named_in(text, [CAMILLA]) == ()


@pytest.mark.parametrize(
    "text",
    ["Алсу Рашидовна Ахметова", "Ахметовой Алсу Рашидовне", "Алсу Ахметова", "Ахметову Алсу"],
)
def test_a_full_name_is_found_with_or_without_its_patronymic(text: str) -> None:
    assert named_in(text, [ALSU]) == (ALSU,)


@pytest.mark.parametrize("text", ["Алсу Рашидовна", "Рашидовна Ахметова", "Ахметова А. Р."])
def test_half_a_full_name_names_nobody(text: str) -> None:
    assert named_in(text, [ALSU]) == ()


def test_a_surname_that_looks_like_a_patronymic_is_kept() -> None:
    name = "Роман Аркадьевич Абрамович"

    assert named_in("Роман Абрамович", [name]) == (name,)
    assert named_in("Роман Аркадьевич", [name]) == ()


def test_a_stem_that_changes_is_out_of_reach() -> None:
    assert named_in("Павлу Львову", ["Павел Львов"]) == ()


def test_everybody_named_is_told_once_and_in_order() -> None:
    text = "Маша Сергеева и Камила А., снова Маша Сергеева"

    assert named_in(text, [MASHA, CAMILLA, ALSU, MASHA]) == (CAMILLA, MASHA)


def test_three_thousand_names_and_five_thousand_signs_take_a_blink() -> None:
    first = [f"{letter}{name}" for letter, name in product("АБВГДЕЖИКЛ", ["нна", "оман", "ира"])]
    names = [f"{name} Отчествовна Фамильева{n}" for name in first for n in "абвгдежзик" * 10]
    names = [f"{name}{number}" for number, name in enumerate(names)]
    text = ("Уважаемые родители! Анна Иванова и Роман Петров ждут вас. " * 90)[:5000]

    started = time.process_time()
    named_in(text, names)

    assert len(names) == 3000
    assert time.process_time() - started < 0.5
