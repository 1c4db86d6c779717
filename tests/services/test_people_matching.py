"""Who is the same person, in one file and between a file and the database."""

from __future__ import annotations

from random import Random

import pytest

from broadcaster.services.people import Count, Counts
from broadcaster.store.models import Group, Guardian, Pupil
from tests.services.import_desk import addresses, families, load, plan

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_one_name_and_one_address_is_one_guardian_of_two_children() -> None:
    load("1А;Камила А.;Алсу Ахметова;101;;;;;", "2Б;Тимур А.;Алсу Ахметова;101;;;;;")

    assert Guardian.objects.count() == 1
    assert families() == {("Алсу Ахметова", "Камила А."), ("Алсу Ахметова", "Тимур А.")}


def test_one_name_with_other_addresses_is_another_guardian() -> None:
    load("1А;Камила А.;Алсу Ахметова;101;;;;;", "2Б;Тимур В.;Алсу Ахметова;102;;;;;")

    assert Guardian.objects.count() == 2


def test_one_address_under_two_names_is_two_guardians() -> None:
    load("1А;Камила А.;Алсу Ахметова;;;a@b.org;;;", "1А;Камила А.;Рустам Ахметов;;;a@b.org;;;")

    assert Guardian.objects.count() == 2


def test_addresses_chain_a_guardian_through_other_rows() -> None:
    load(
        "1А;Камила А.;Алсу Ахметова;101;;;;;",
        "2Б;Тимур А.;Алсу Ахметова;;202;;;;",
        "3В;Дина А.;Алсу Ахметова;101;202;;;;",
    )

    assert Guardian.objects.count() == 1
    assert set(addresses()) == {"101", "202"}


def test_case_yo_spaces_and_look_alikes_make_no_other_person() -> None:
    load("1А;Артём А.;Пётр Королёв;101;;;;;", "1a;артем  a.;ПЕТР КОРОЛЕВ;101;202;;;;")

    assert Group.objects.get().name == "1А"
    assert families() == {("Пётр Королёв", "Артём А.")}


def test_somebody_in_the_database_is_known_by_name_and_any_address() -> None:
    load("1А;Камила А.;Алсу Ахметова;101;;a@b.org;;;")

    counts = load("2Б;Тимур А.;Алсу Ахметова;;;a@b.org;;;")

    assert counts.guardians == Count(changed=1)
    assert Guardian.objects.count() == 1


def test_without_addresses_a_guardian_is_known_by_name_and_pupil() -> None:
    load("1А;Камила А.;Алсу Ахметова;;;;;;")

    counts = load("1А;Камила А.;Алсу Ахметова;;;;;;")

    assert counts.guardians == Count(unchanged=1)


def test_without_addresses_one_name_with_another_pupil_is_somebody_else() -> None:
    load("1А;Камила А.;Алсу Ахметова;;;;;;", "2Б;Тимур В.;Алсу Ахметова;;;;;;")

    assert Guardian.objects.count() == 2


def test_a_guardian_without_addresses_gets_the_first_ones() -> None:
    load("1А;Камила А.;Алсу Ахметова;;;;;;")

    counts = load("1А;Камила А.;Алсу Ахметова;101;;;;;")

    assert counts.guardians == Count(unchanged=1)
    assert counts.addresses == Count(new=1)


def test_a_row_without_addresses_means_the_row_with_them() -> None:
    load("1А;Камила А.;Алсу Ахметова;;;;;;", "1А;Камила А.;Алсу Ахметова;101;;;;;")

    assert Guardian.objects.count() == 1


def test_a_row_without_addresses_means_the_guardian_who_has_some() -> None:
    load("1А;Камила А.;Алсу Ахметова;101;;;;;")

    assert load("1А;Камила А.;Алсу Ахметова;;;;;;").guardians == Count(unchanged=1)


def test_only_one_of_two_namesakes_takes_over_the_guardian_without_addresses() -> None:
    rows = ("1А;Камила А.;Алсу Ахметова;101;;;;;", "1А;Камила А.;Алсу Ахметова;102;;;;;")
    load("1А;Камила А.;Алсу Ахметова;;;;;;")

    assert load(*rows).guardians == Count(new=1, unchanged=1)
    assert load(*rows).guardians == Count(unchanged=2)


def test_a_namesake_with_other_addresses_and_the_same_pupil_is_a_warning() -> None:
    load("1А;Камила А.;Алсу Ахметова;101;;;;;")

    planned = plan("1А;Камила А.;Алсу Ахметова;102;;;;;")

    assert planned.counts.guardians == Count(new=1)
    assert [(w.line, w.column) for w in planned.warnings if w.line] == [(2, "родитель")]


def test_one_name_in_two_groups_is_two_pupils() -> None:
    load("1А;Маша И.;Ольга;101;;;;;", "2Б;Маша И.;Ирина;102;;;;;")

    assert Pupil.objects.count() == 2


def test_a_pupil_may_be_in_several_groups() -> None:
    load("1А, Шахматы;Маша И.;Ольга;101;;;;;")

    assert set(Pupil.objects.get().groups.values_list("name", flat=True)) == {"1А", "Шахматы"}


def test_a_pupil_in_several_groups_is_known_by_any_of_them() -> None:
    load("1А,Шахматы;Маша И.;Ольга;101;;;;;", "Шахматы;Маша И.;Ирина;102;;;;;")

    assert Pupil.objects.count() == 1


def test_a_pupil_joins_a_new_group() -> None:
    load("1А;Маша И.;Ольга;101;;;;;")

    counts = load("1А,Шахматы;Маша И.;Ольга;101;;;;;")

    assert counts.pupils == Count(changed=1)
    assert counts.groups == Count(new=1, unchanged=1)


def test_a_pupil_stays_in_a_group_the_file_lacks() -> None:
    load("1А,Шахматы;Маша И.;Ольга;101;;;;;")

    counts = load("1А;Маша И.;Ольга;101;;;;;")

    assert counts.pupils == Count(unchanged=1)
    assert Pupil.objects.get().groups.count() == 2


def tangled(choose: Random) -> tuple[str, ...]:
    """Rows in which few names, groups and addresses meet in every way."""
    rows = []
    for _ in range(choose.randint(1, 8)):
        groups = ",".join(choose.sample(["1А", "2Б", "Шахматы"], choose.randint(1, 2)))
        telegram, email = choose.choice(["", "101", "102"]), choose.choice(["", "a@b.org"])
        prefers = choose.choice(["", *(["telegram"] if telegram else [])])
        day = choose.choice(["", "2026-09-01", "2026-09-02"])
        names = f"{choose.choice('МК')};{choose.choice('АР')}"
        rows.append(f'"{groups}";{names};{telegram};;{email};{prefers};{day};')
    return tuple(rows)


@pytest.mark.parametrize("seed", range(20))
def test_however_people_are_tangled_the_same_file_once_more_changes_nothing(seed: int) -> None:
    choose = Random(seed)
    load(*tangled(choose))
    rows = tangled(choose)
    load(*rows)

    again = load(*rows)

    kinds = (again.groups, again.pupils, again.guardians, again.addresses)
    assert again != Counts()
    assert [(kind.new, kind.changed) for kind in kinds] == [(0, 0)] * 4


def test_a_child_whom_its_parent_has_in_another_group_is_warned_of() -> None:
    load(
        "1А;Маша С.;Анна Петрова;;;anna@example.org;;;", "1А;Петя К.;Олег Ким;;;oleg@example.org;;;"
    )
    rows = (
        "2А;маша с.;Анна Петрова;;;anna@example.org;;;",
        "2А;Аня К.;Олег Ким;;;oleg@example.org;;;",
    )
    told = [(one.line, one.text) for one in plan(*rows).warnings]
    assert told == [(0, "Детей, которые у того же родителя уже записаны в другой группе: 1.")]


def test_a_class_that_has_its_new_name_is_not_warned_of() -> None:
    row = ";Маша С.;Анна Петрова;;;anna@example.org;;;"
    load(f"1А{row}")
    Group.objects.update(name="2А")
    assert not plan(f"2А{row}").warnings
