"""A class leaves: children go, and with them the parents who have no other child here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from broadcaster.domain.reasons import Skip
from broadcaster.domain.states import State
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.people.erasing import StillSending
from broadcaster.services.people.family import ChangedMeanwhile, Gone
from broadcaster.services.people.graduating import Graduated, graduate, leavers
from broadcaster.store.models import Address, AuditEntry, Delivery, Group, Guardian, Pupil
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON


def let_go(name: str = "11А", *, with_parents: bool = True, seen: str | None = None) -> Graduated:
    number = Group.objects.get(name=name).pk
    return graduate(number, seen=seen, with_parents=with_parents, by=COMMAND_LINE, now=NOW)


def names(of: Any) -> set[str]:
    return set(of.objects.values_list("name", flat=True))


@pytest.fixture
def anna() -> Guardian:
    """Her only child is in the class."""
    return school.guardian("Анна", ["11А"], email="anna@example.org")


@pytest.fixture
def boris() -> Guardian:
    """Another child of his stays at school."""
    return school.guardian("Борис", ["11А", "3Б"], email="boris@example.org")


def test_who_would_leave_is_told_before(anna: Guardian, boris: Guardian) -> None:
    who = leavers(school.group("11А").pk)
    assert len(who.children) == 2
    assert who.parents == ((anna.pk, "Анна"),)
    assert (who.staying, who.elsewhere) == (1, ())


def test_the_children_go_and_parents_with_other_children_stay(
    anna: Guardian, boris: Guardian
) -> None:
    assert let_go() == Graduated(children=2, parents=1, deliveries=0)
    assert names(Guardian) == {"Борис"}
    assert set(Pupil.objects.values_list("groups__name", flat=True)) == {"3Б"}
    assert set(Address.objects.values_list("value", flat=True)) == {"boris@example.org"}


def test_parents_stay_where_they_are_not_to_be_forgotten(anna: Guardian) -> None:
    assert let_go(with_parents=False) == Graduated(children=1, parents=0, deliveries=0)
    assert names(Guardian) == {"Анна"}
    assert not Pupil.objects.exists()


def test_the_group_stays_for_what_was_sent_to_it(anna: Guardian) -> None:
    copy = school.copy(anna.addresses.get(), state=State.SENT, sent_at=NOW)
    assert let_go().deliveries == 1
    copy.refresh_from_db()
    assert (copy.state, copy.guardian) == (State.SENT, None)
    assert "11А" in names(Group)


def test_who_has_two_children_in_the_class_leaves_with_both() -> None:
    school.guardian("Вера", ["11А", "11А"], email="vera@example.org")
    let_go()
    assert not Guardian.objects.exists()
    assert not Pupil.objects.exists()


def test_a_child_of_a_club_too_leaves_the_club_and_it_is_told(anna: Guardian) -> None:
    anna.pupils.get().groups.add(school.group("Хор"))
    assert leavers(school.group("11А").pk).elsewhere == ("Хор",)
    let_go()
    assert not Pupil.objects.exists()


def test_a_child_that_is_also_another_parents_goes_for_both(
    anna: Guardian, boris: Guardian
) -> None:
    anna.pupils.get().guardians.add(boris)
    let_go()
    assert set(boris.pupils.values_list("groups__name", flat=True)) == {"3Б"}


def test_what_waits_for_who_leaves_is_skipped(anna: Guardian) -> None:
    copy = school.copy(anna.addresses.get())
    let_go()
    copy.refresh_from_db()
    assert (copy.state, copy.reason) == (State.SKIPPED, Skip.NO_ADDRESS)


def test_while_one_of_them_is_written_to_nobody_goes(anna: Guardian, boris: Guardian) -> None:
    lane = school.lane(until=NOW + timedelta(minutes=5))
    school.copy(anna.addresses.get(), state=State.SENDING, lane=lane)
    with pytest.raises(StillSending):
        let_go()
    assert names(Guardian) == {"Анна", "Борис"}
    assert Pupil.objects.count() == 3
    assert not AuditEntry.objects.exists()


def test_what_was_not_shown_does_not_go(anna: Guardian) -> None:
    seen = leavers(school.group("11А").pk).seen
    school.guardian("Новенькая", ["11А"])
    with pytest.raises(ChangedMeanwhile):
        let_go(seen=seen)
    assert Pupil.objects.count() == 2


def test_a_group_that_is_gone_says_so() -> None:
    with pytest.raises(Gone):
        graduate(4711, seen=None, with_parents=True, by=COMMAND_LINE, now=NOW)


def test_the_log_says_how_many_and_nobodys_name(anna: Guardian) -> None:
    let_go()
    entries = list(AuditEntry.objects.order_by("pk").values_list("action", "facts"))
    assert [action for action, _ in entries] == ["person_erased", "group_changed"]
    assert entries[1][1] == {"what": "graduated", "children": 1, "parents": 1}
    assert "Анна" not in str(entries)


def test_copies_of_others_are_left_alone(anna: Guardian, boris: Guardian) -> None:
    copy = school.copy(boris.addresses.get(), state=State.SENT, sent_at=NOW)
    let_go()
    assert Delivery.objects.get(pk=copy.pk).guardian == boris
