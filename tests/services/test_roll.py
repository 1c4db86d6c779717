"""Questions to the roll."""

from __future__ import annotations

import pytest

from broadcaster.store.models import Group, Guardian, Pupil
from broadcaster.store.queries.roll import all_group_names, group_ids, names_on_roll

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_groups_are_found_by_name() -> None:
    first, second = Group.objects.create(name="1А"), Group.objects.create(name="2Б")

    assert group_ids(["2Б", "1А"]) == ({"2Б": second.pk, "1А": first.pk}, ())


def test_a_group_is_found_by_another_spelling_of_its_name() -> None:
    group = Group.objects.create(name="1А")

    assert group_ids(["1a "]) == ({"1a ": group.pk}, ())


def test_unknown_groups_are_named_as_they_were_asked_for() -> None:
    Group.objects.create(name="1А")

    assert group_ids(["1А", "9Я", "5Ж"])[1] == ("9Я", "5Ж")


def test_no_names_find_no_groups() -> None:
    assert group_ids([]) == ({}, ())


def test_all_groups_are_listed_by_name() -> None:
    Group.objects.bulk_create([Group(name="2Б"), Group(name="1А")])

    assert all_group_names() == ("1А", "2Б")


def test_pupils_and_guardians_are_on_the_roll() -> None:
    Pupil.objects.bulk_create([Pupil(name="Камила А."), Pupil(name="Камила А.")])
    Guardian.objects.create(name="Алсу Ахметова")

    assert names_on_roll() == {"Камила А.", "Алсу Ахметова"}
