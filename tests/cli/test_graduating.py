"""`people graduate`: a class leaves the school."""

from __future__ import annotations

import pytest

from broadcaster.domain.states import State
from broadcaster.store.models import Guardian, Pupil
from tests import school
from tests.cli.desk import Typed

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("day"),
]


@pytest.fixture
def anna() -> Guardian:
    return school.guardian("Анна Королёва", ["11А"], email="anna@example.org")


def test_a_dry_run_names_who_would_leave_and_changes_nothing(typed: Typed, anna: Guardian) -> None:
    child = anna.pupils.get().name
    told = typed("people", "graduate", "11A", "--dry-run", "--json").json
    assert told == {"children": [child], "parents": ["Анна Королёва"], "elsewhere": []}
    out = typed("people", "graduate", "11А", "--dry-run").out
    assert child in out
    assert "Анна Королёва" in out
    assert Pupil.objects.exists()


def test_it_wants_the_name_twice(typed: Typed, anna: Guardian) -> None:
    said = typed("people", "graduate", "11А", "--json")
    assert (said.code, said.json["error"]) == (3, "not_confirmed")
    said = typed("people", "graduate", "11А", "--confirm", "11Б", "--json")
    assert (said.code, said.json["error"]) == (130, "declined")
    assert Pupil.objects.exists()


def test_a_confirmed_class_leaves(typed: Typed, anna: Guardian) -> None:
    told = typed("people", "graduate", "11А", "--confirm", "11А", "--json").json
    assert told == {"group": "11А", "children": 1, "parents": 0, "deliveries": 0}
    assert not anna.pupils.get().groups.exists()


def test_a_class_may_be_forgotten_with_its_parents(typed: Typed, anna: Guardian) -> None:
    out = typed("people", "graduate", "11А", "--erase", "--confirm", "11А").out
    assert "Стёрто детей: 1, родителей: 1." in out
    assert not Guardian.objects.exists()


def test_an_unknown_group_is_told_with_the_nearest(typed: Typed, anna: Guardian) -> None:
    said = typed("people", "graduate", "11В", "--json")
    assert (said.code, said.json["error"]) == (3, "unknown_group")
    assert "Может быть, «11А»?" in said.json["problems"][0]


def test_while_a_parent_is_written_to_nobody_leaves(typed: Typed, anna: Guardian) -> None:
    school.copy(anna.addresses.get(), state=State.SENDING)
    said = typed("people", "graduate", "11А", "--erase", "--confirm", "11А", "--json")
    assert (said.code, said.json["error"]) == (1, "still_sending")
    assert Pupil.objects.exists()
