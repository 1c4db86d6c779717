"""A file of people becomes groups, pupils, guardians, addresses and consents, or nothing at all."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from broadcaster.contract import DataClass
from broadcaster.services.people import Count, ImportPlan, ProblemsRemain
from broadcaster.services.people.cells import LONGEST_ADDRESS, LONGEST_GROUP, LONGEST_NAME
from broadcaster.services.people.plan import PersonRow, PlaceRow
from broadcaster.store.models import Address, Group, Guardian, Pupil
from tests.services.import_desk import addresses, apply, families, load, plan

pytestmark = [pytest.mark.django_db, pytest.mark.database]

MOTHER = "1А;Камила А.;Алсу Ахметова;101;;alsu@example.org;email;2026-09-01;анкета"
FATHER = "1А;Камила А.;Рустам Ахметов;;202;;;;"


def test_a_row_makes_a_group_a_pupil_a_guardian_and_addresses() -> None:
    counts = load(MOTHER, FATHER)

    assert families() == {("Алсу Ахметова", "Камила А."), ("Рустам Ахметов", "Камила А.")}
    assert list(Pupil.objects.values_list("name", "groups__name")) == [("Камила А.", "1А")]
    assert (counts.groups, counts.pupils) == (Count(new=1), Count(new=1))
    assert (counts.guardians, counts.addresses) == (Count(new=2), Count(new=3))


def test_the_preferred_channel_comes_first_and_the_others_in_the_order_of_columns() -> None:
    load("1А;Камила А.;Алсу Ахметова;101;102;alsu@example.org;email;;")

    assert addresses() == {"alsu@example.org": 0, "101": 1, "102": 2}


def test_without_a_preferred_channel_addresses_stand_in_the_order_of_columns() -> None:
    load("1А;Камила А.;Алсу Ахметова;101;102;;;;")

    assert addresses() == {"101": 1, "102": 2}


def test_addresses_are_kept_in_their_channels_one_spelling() -> None:
    load("1А;Камила А.;Алсу Ахметова;00101;;Alsu@Example.org;;;")

    assert set(addresses()) == {"101", "alsu@example.org"}


def test_a_consent_keeps_its_day_and_source() -> None:
    load(MOTHER)

    assert set(Address.objects.values_list("consent_on", "consent_source")) == {
        (date(2026, 9, 1), "анкета")
    }


def test_a_consent_without_a_source_names_the_file() -> None:
    load("1А;Камила А.;Алсу Ахметова;101;;;;01.09.2026;")

    kept = Address.objects.get()
    assert (kept.consent_on, kept.consent_source) == (date(2026, 9, 1), "файл people.csv")


def test_an_address_without_a_consent_is_kept_without_one() -> None:
    load(FATHER)

    kept = Address.objects.get()
    assert (kept.consent_on, kept.consent_source) == (None, "")


def test_the_same_file_once_more_changes_nothing() -> None:
    load(MOTHER, FATHER)
    before = list(Address.objects.order_by("pk").values())

    counts = load(MOTHER, FATHER)

    assert list(Address.objects.order_by("pk").values()) == before
    assert counts.groups == counts.pupils == Count(unchanged=1)
    assert (counts.guardians, counts.addresses) == (Count(unchanged=2), Count(unchanged=3))


def test_an_unchanged_file_writes_nothing() -> None:
    load(MOTHER, FATHER)

    with CaptureQueriesContext(connection) as queries:
        load(MOTHER, FATHER)

    changes = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert ["store_auditentry" in change for change in changes] == [True]


def test_a_new_address_is_added_and_the_missing_one_stays() -> None:
    load("1А;Камила А.;Алсу Ахметова;101;;alsu@example.org;;;")

    counts = load("1А;Камила А.;Алсу Ахметова;101;102;;;;")

    assert set(addresses()) == {"101", "102", "alsu@example.org"}
    assert counts.addresses == Count(new=1, unchanged=1)
    assert counts.guardians == Count(unchanged=1)


def test_a_consent_that_comes_later_is_filled_in() -> None:
    load("1А;Камила А.;Алсу Ахметова;101;;;;;")

    counts = load("1А;Камила А.;Алсу Ахметова;101;;;;2026-09-03;анкета")

    assert Address.objects.get().consent_on == date(2026, 9, 3)
    assert counts.addresses == Count(changed=1)


def test_a_consent_on_record_is_not_replaced() -> None:
    load("1А;Камила А.;Алсу Ахметова;101;;;;2026-09-01;анкета")

    counts = load("1А;Камила А.;Алсу Ахметова;101;;;;2026-09-10;письмо")

    assert Address.objects.get().consent_source == "анкета"
    assert counts.addresses == Count(unchanged=1)


def test_a_withdrawn_consent_is_not_given_back_by_a_file_which_is_said() -> None:
    load("1А;Камила А.;Алсу Ахметова;101;;;;;")
    Address.objects.update(consent_withdrawn_at=datetime(2026, 9, 2, tzinfo=UTC))

    planned = plan("1А;Камила А.;Алсу Ахметова;101;;;;2026-09-10;анкета")
    apply(planned, good_rows_only=False)

    assert Address.objects.get().consent_on is None
    assert [(w.line, w.column) for w in planned.warnings] == [(2, "telegram")]
    assert "отозвано" in planned.warnings[0].text


def test_a_closed_address_stays_closed() -> None:
    load(FATHER)
    Address.objects.update(state="closed", state_reason="blocked")

    load("1А;Камила А.;Рустам Ахметов;;202;;vk;2026-09-01;")

    kept = Address.objects.get()
    assert (kept.state, kept.state_reason, kept.preference) == ("closed", "blocked", 0)


def test_a_newly_preferred_channel_takes_the_first_place() -> None:
    load("1А;Камила А.;Алсу Ахметова;101;102;;telegram;;")

    counts = load("1А;Камила А.;Алсу Ахметова;101;102;;vk;;")

    assert addresses() == {"102": 0, "101": 1}
    assert counts.addresses == Count(changed=2)


def test_an_address_the_file_lacks_gives_up_the_first_place() -> None:
    load("1А;Камила А.;Алсу Ахметова;101;102;;telegram;;")

    load("1А;Камила А.;Алсу Ахметова;;102;;vk;;")

    assert addresses() == {"102": 0, "101": 1}


def test_a_file_that_prefers_nothing_keeps_the_order_people_chose() -> None:
    load("1А;Камила А.;Алсу Ахметова;101;102;;vk;;")

    counts = load("1А;Камила А.;Алсу Ахметова;101;102;;;;")

    assert addresses() == {"102": 0, "101": 1}
    assert counts.addresses == Count(unchanged=2)


def test_rows_that_prefer_different_channels_are_told_apart() -> None:
    planned = plan(
        "1А;Камила А.;Алсу Ахметова;101;102;;vk;;", "2Б;Тимур А.;Алсу Ахметова;101;;;telegram;;"
    )
    apply(planned, good_rows_only=False)

    assert addresses() == {"102": 0, "101": 1}
    assert [(w.line, w.column) for w in planned.warnings if w.line] == [(3, "предпочитает")]


def test_a_shared_mailbox_is_a_warning_and_no_mistake() -> None:
    planned = plan(
        "1А;Камила А.;Алсу Ахметова;;;home@example.org;;;",
        "1А;Камила А.;Рустам Ахметов;;;home@example.org;;;",
    )

    assert planned.problems == ()
    assert [(w.line, w.column) for w in planned.warnings if w.line] == [(3, "email")]
    assert "в строке 2" in planned.warnings[-1].text


def test_an_address_of_somebody_in_the_database_is_a_warning() -> None:
    load("1А;Камила А.;Алсу Ахметова;;;home@example.org;;;")

    planned = plan("1А;Камила А.;Рустам Ахметов;;;HOME@example.org;;;")

    assert [(w.line, w.column) for w in planned.warnings if w.line] == [(2, "email")]


def test_namesakes_who_meet_in_a_club_are_told_of_before_they_become_one_child() -> None:
    planned = plan(
        "1А,Шахматы;Маша С.;Анна Сергеева;101;;;;;",
        "3Б,Шахматы;Маша С.;Ольга Сомова;102;;;;;",
    )
    told = [warning for warning in planned.warnings if warning.line]
    assert [(one.line, one.column) for one in told] == [(3, "ребёнок")]
    assert "1А, 3Б" in told[0].text


def test_a_file_of_the_next_year_is_told_of_before_children_are_in_two_classes() -> None:
    load("1А;Маша С.;Анна Сергеева;101;;;;;", "1А;Маша С.;Пётр Сергеев;102;;;;;")
    planned = plan("2А;Маша С.;Анна Сергеева;101;;;;;", "2А;Маша С.;Пётр Сергеев;102;;;;;")
    assert "в другой группе: 1" in planned.warnings[0].text


@pytest.mark.parametrize("groups", ["1А,Шахматы", "1А", "Шахматы", "1А,3D-моделирование"])
def test_a_child_of_one_class_and_of_clubs_is_no_doubt(groups: str) -> None:
    load("1А,Шахматы;Маша С.;Анна Сергеева;101;;;;2026-09-01;анкета")
    assert plan(f"{groups};Маша С.;Анна Сергеева;101;;;;;").warnings == ()


def test_brothers_and_sisters_in_other_classes_are_no_doubt() -> None:
    load("1А;Маша С.;Анна Сергеева;101;;;;2026-09-01;анкета")
    assert plan("2А;Петя С.;Анна Сергеева;101;;;;;").warnings == ()


def test_formulas_are_text() -> None:
    load("=1+1;@SUM(A1);+7;101;;;;;")

    assert families() == {("+7", "@SUM(A1)")}
    assert Group.objects.get().name == "=1+1"


def test_a_plan_changes_nothing() -> None:
    plan(MOTHER, FATHER)

    assert not Group.objects.exists()
    assert not Guardian.objects.exists()


def test_a_plan_with_problems_is_refused_and_nothing_is_written() -> None:
    planned = plan(MOTHER, "1А;;Рустам Ахметов;;202;;;;")

    with pytest.raises(ProblemsRemain) as refusal:
        apply(planned, good_rows_only=False)

    assert refusal.value.problems == planned.problems
    assert not Guardian.objects.exists()


def test_good_rows_alone_are_written_when_that_is_asked_for() -> None:
    planned = plan(MOTHER, "1А;;Рустам Ахметов;;202;;;;")
    assert planned.good_rows == 1

    counts = apply(planned, good_rows_only=True)

    assert counts == planned.counts
    assert families() == {("Алсу Ахметова", "Камила А.")}


def test_a_fault_in_the_middle_leaves_nothing_behind() -> None:
    person = PersonRow(line=2, groups=("1А",), pupil="Камила А.", guardian="Алсу Ахметова")
    nowhere = PlaceRow(3, (), "vk", None, "Стена", DataClass.PUBLIC)  # type: ignore[arg-type]

    with pytest.raises(IntegrityError):
        apply(ImportPlan(people=(person,), destinations=(nowhere,)), good_rows_only=False)

    assert not Group.objects.exists()
    assert not Guardian.objects.exists()


def test_a_plan_is_compared_again_when_it_is_applied() -> None:
    planned = plan(MOTHER)
    load(MOTHER)

    counts = apply(planned, good_rows_only=False)

    assert counts.guardians == Count(unchanged=1)
    assert Guardian.objects.count() == 1


def test_hundreds_of_people_are_written_in_a_few_statements() -> None:
    rows = [
        f"{n % 20}А;Ученик {n};Родитель {n};{n};{n};p{n}@example.org;vk;;" for n in range(1, 401)
    ]

    with CaptureQueriesContext(connection) as queries:
        counts = load(*rows)

    assert counts.addresses == Count(new=1200)
    assert len(queries) < 50


def test_the_limits_are_those_of_the_columns() -> None:
    assert Group.name.field.max_length == LONGEST_GROUP
    assert Address.value.field.max_length == LONGEST_ADDRESS
    for column in (Pupil.name, Guardian.name, Address.consent_source):
        assert column.field.max_length == LONGEST_NAME
