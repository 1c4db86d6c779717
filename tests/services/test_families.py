"""Families found by words in any case, narrowed, and counted by group."""

from __future__ import annotations

from datetime import date

import pytest

from broadcaster.store.models import Group, Guardian
from broadcaster.store.queries.families import Only, Reach, found, reach
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]

ON = ("alpha", "beta")


def names(words: str = "", **also: object) -> list[str]:
    people = found(Guardian.objects.all(), words=words, channels=ON, **also)  # type: ignore[arg-type]
    return [person.name for person in people]


@pytest.fixture
def anna() -> Guardian:
    anna = school.guardian("Анна Петровна Королёва", ("1А",), alpha="anna@example.org")
    anna.pupils.add(school.pupil("Семён К.", "2Б"))
    return anna


@pytest.fixture
def boris() -> Guardian:
    return school.guardian("Борис Ильич Щукин", ("2Б",))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ЁЖИК Ёлкин", "ежик елкин"),
        ("Ежик", "ЁЖИК"),
        ("ӘЛФИЯ Җәлил", "әлфия җӘЛИЛ"),
        ("Їжак Ґ. Є.", "їжак ґ. є."),
        ("Anna O’Hara", "anna o'hara"),
        ("Ян‑Поль", "ян-поль"),
        ("Мария (1А) [к.] + {2} ^ $ | ?", "(1A) [К.] + {2} ^ $ |"),
        ("А\\Б", "\\"),
        ("50 %", "%"),
        ("Ĳssel Straße", "stra"),
    ],
)
def test_spelling_makes_no_difference(name: str, words: str) -> None:
    Guardian.objects.create(name="Кто-то другой")
    Guardian.objects.create(name=name)
    assert names(words) == [name]


def test_people_come_as_in_a_telephone_book() -> None:
    for name in ("Яна", "Ёлкина", "Жукова", "Дёмин", "Демидов", "Авдеев"):
        Guardian.objects.create(name=name)
    assert names() == ["Авдеев", "Демидов", "Дёмин", "Ёлкина", "Жукова", "Яна"]


@pytest.mark.parametrize(
    "words",
    ["КОРОЛЕВА", "королёва", "анна к", "петров АННА", "семен", "ANNA@example", "  ", "анна семён"],
)
@pytest.mark.usefixtures("anna")
def test_a_person_is_found_by_parts_of_names_and_addresses(words: str) -> None:
    assert names(words) == ["Анна Петровна Королёва"]


@pytest.mark.parametrize(
    "words", ["щукин", "анна щукин", "%", "_", "\\", "'; DROP", ".*", "[", "(", "^а", "$"]
)
@pytest.mark.usefixtures("anna")
def test_who_does_not_hold_every_word_is_not_found(words: str) -> None:
    assert names(words) == []


@pytest.mark.usefixtures("anna", "boris")
def test_people_come_by_name() -> None:
    assert names() == ["Анна Петровна Королёва", "Борис Ильич Щукин"]


@pytest.mark.usefixtures("boris")
def test_a_group_narrows_and_names_nobody_twice(anna: Guardian) -> None:
    anna.pupils.add(school.pupil("Ещё К.", "1А"))
    assert names(group=school.group("1А").pk) == ["Анна Петровна Королёва"]


def test_each_filter_finds_its_own() -> None:
    school.guardian("Без адресов")
    closed = school.guardian("Закрыт")
    school.address(closed, "alpha", state="closed")
    unasked = school.guardian("Не спрошен")
    school.address(unasked, "alpha", consent_on=None)
    left = school.guardian("Ушёл")
    school.address(left, "alpha", consent_withdrawn_at=school.NOON)
    school.guardian("На связи", alpha="a1")
    school.guardian("Выключен", gamma="g1")
    assert names(only=Only.NO_ADDRESS) == ["Без адресов"]
    assert names(only=Only.CLOSED) == ["Закрыт"]
    assert names(only=Only.NO_CONSENT) == ["Не спрошен", "Ушёл"]
    assert names(only=Only.UNREACHABLE) == [
        "Без адресов", "Выключен", "Закрыт", "Не спрошен", "Ушёл"
    ]  # fmt: skip


def test_reach_counts_families_once_and_by_channel() -> None:
    twins = school.guardian("Мать двойни", ("1А", "1А"), alpha="a1", beta="b1")
    school.address(twins, "alpha", "a2")
    school.guardian("Отец", ("1А",), beta="b2")
    school.guardian("Молчит", ("1А", "2Б"))
    (first, second, everybody) = reach(Group.objects.order_by("name"), ON, school=True)
    assert first == Reach(school.group("1А").pk, "1А", 3, 1, (1, 2))
    assert (second.families, second.unreachable, second.channels) == (1, 1, (0, 0))
    assert everybody == Reach(None, "", 3, 1, (1, 2))


def test_a_consent_of_any_day_counts() -> None:
    school.address(school.guardian("Анна"), "alpha", consent_on=date(2000, 1, 1))
    assert names(only=Only.UNREACHABLE) == []
