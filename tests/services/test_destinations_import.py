"""A file of destinations: the school's own places and those of its groups."""

from __future__ import annotations

import pytest

from broadcaster.contract import DataClass
from broadcaster.services.people import Count, ProblemsRemain
from broadcaster.services.people.cells import LONGEST_NAME
from broadcaster.store.models import Destination, Group
from tests.services.import_desk import apply, load_places, plan_places

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def places() -> dict[tuple[str | None, str], tuple[str, int]]:
    """(group, address) → (title, data class)."""
    rows = Destination.objects.values_list("group__name", "value", "title", "data_class")
    return {(group, value): (title, carries) for group, value, title, carries in rows}


def where(*rows: str) -> list[tuple[int, str]]:
    problems = plan_places(*rows).problems
    assert all(problem.text and problem.hint for problem in problems)
    return [(problem.line, problem.column) for problem in problems]


def test_a_place_without_a_group_is_the_schools_own() -> None:
    load_places(";vk;-100;Стена;public")

    assert places() == {(None, "-100"): ("Стена", DataClass.PUBLIC)}


def test_a_place_belongs_to_its_group_which_is_made_when_it_is_new() -> None:
    counts = load_places("1А;telegram;-200;Чат 1А;closed")

    assert places() == {("1А", "-200"): ("Чат 1А", DataClass.CLOSED)}
    assert (counts.groups, counts.destinations) == (Count(new=1), Count(new=1))


def test_a_known_group_is_found() -> None:
    Group.objects.create(name="1А")

    counts = load_places("1a;telegram;-200;Чат 1А;closed")

    assert counts.groups == Count(unchanged=1)
    assert places().keys() == {("1А", "-200")}


def test_a_place_shared_by_groups_is_one_of_each() -> None:
    load_places('"1А,1Б";telegram;-200;Чат первых классов;closed')

    assert places().keys() == {("1А", "-200"), ("1Б", "-200")}


@pytest.mark.parametrize(
    ("word", "data_class"),
    [
        ("", DataClass.PUBLIC),
        ("Public", DataClass.PUBLIC),
        ("открытые", DataClass.PUBLIC),
        ("closed", DataClass.CLOSED),
        ("Закрытые", DataClass.CLOSED),
    ],
)
def test_what_a_place_may_carry_is_said_in_two_languages(word: str, data_class: DataClass) -> None:
    (row,) = plan_places(f";vk;-100;Стена;{word}").destinations

    assert row.data_class is data_class


def test_no_place_carries_personal_data() -> None:
    assert where(";vk;-100;Стена;personal") == [(2, "данные")]


def test_the_same_file_once_more_changes_nothing() -> None:
    rows = (";vk;-100;Стена;public", "1А;telegram;-200;Чат 1А;closed")
    load_places(*rows)
    before = list(Destination.objects.order_by("pk").values())

    counts = load_places(*rows)

    assert counts.destinations == Count(unchanged=2)
    assert list(Destination.objects.order_by("pk").values()) == before


def test_a_new_title_and_a_new_data_class_are_written() -> None:
    load_places(";vk;-100;Стена;public", "1А;telegram;-200;Чат 1А;closed")

    counts = load_places(";vk;-100;Новая стена;closed", "1А;telegram;-200;Чат 1А;closed")

    assert counts.destinations == Count(changed=1, unchanged=1)
    assert places()[None, "-100"] == ("Новая стена", DataClass.CLOSED)


def test_a_changed_place_stays_closed() -> None:
    load_places(";vk;-100;Стена;public")
    Destination.objects.update(state="closed", state_reason="no_permission")

    load_places(";vk;-100;Новая стена;public")

    assert Destination.objects.get().state == "closed"


def test_a_place_the_file_lacks_stays() -> None:
    load_places(";vk;-100;Стена;public")
    load_places(";vk;-101;Другая стена;public")

    assert places().keys() == {(None, "-100"), (None, "-101")}


def test_one_address_may_be_a_place_of_the_school_and_of_a_group() -> None:
    load_places(";telegram;-200;Канал;public", "1А;telegram;-200;Чат;closed")

    assert Destination.objects.count() == 2


def test_a_repeated_place_is_told_with_its_first_line() -> None:
    planned = plan_places(";vk;-100;Стена;", "1А;vk;-100;Стена;", ";vk;-0100;Другая;")

    (problem,) = planned.problems
    assert (problem.line, problem.column) == (4, "адрес")
    assert "в строке 2" in problem.text


def test_every_mistake_is_told() -> None:
    assert where(";vkontakte;;;", "1А;vk;стена;Стена;", f";vk;-1;{'x' * 121};") == [
        (2, "канал"),
        (2, "адрес"),
        (2, "название"),
        (3, "адрес"),
        (4, "название"),
    ]


def test_an_unknown_channel_names_the_nearest_one() -> None:
    (problem,) = plan_places(";tellegram;-1;Канал;").problems

    assert "«telegram»" in problem.hint


def test_english_titles_are_understood() -> None:
    header = "channel,address,title,data,group"

    assert plan_places("vk,-100,Стена,closed,1А", header=header).good_rows == 1


def test_missing_columns_are_told() -> None:
    problems = plan_places("1А;-1", header="группа;адрес").problems

    assert [(p.line, p.column) for p in problems] == [(1, "канал"), (1, "название")]


def test_a_file_that_is_no_table_is_told() -> None:
    assert [(p.line, p.column) for p in plan_places(header="").problems] == [(0, "")]


def test_problems_keep_everything_out_unless_good_rows_are_asked_for() -> None:
    planned = plan_places(";vk;-100;Стена;", ";vk;;;")
    with pytest.raises(ProblemsRemain):
        apply(planned, good_rows_only=False)
    assert not Destination.objects.exists()

    apply(planned, good_rows_only=True)

    assert places().keys() == {(None, "-100")}


def test_the_limit_of_a_title_is_that_of_the_column() -> None:
    assert Destination.title.field.max_length == LONGEST_NAME
