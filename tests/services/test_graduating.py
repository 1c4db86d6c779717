"""A class leaves: its children leave their groups, or are forgotten with their parents."""

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
from broadcaster.store.queries.reports_people import counts
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON


def let_go(*, forget: bool = False, seen: str | None = None) -> Graduated:
    number = Group.objects.get(name="11А").pk
    return graduate(number, seen=seen, forget=forget, by=COMMAND_LINE, now=NOW)


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


def test_the_children_leave_all_groups_and_everybody_stays_on_record(
    anna: Guardian, boris: Guardian
) -> None:
    anna.pupils.get().groups.add(school.group("Хор"))
    assert leavers(school.group("11А").pk).elsewhere == ("Хор",)
    assert let_go() == Graduated(children=2, parents=0, deliveries=0)
    assert names(Guardian) == {"Анна", "Борис"}
    assert sorted(Pupil.objects.values_list("groups__name", flat=True), key=str) == [
        "3Б", None, None,
    ]  # fmt: skip


def test_a_report_of_before_still_tells_of_who_has_left(anna: Guardian) -> None:
    news = school.announcement("11А", released_at=NOW - timedelta(days=1))
    let_go()
    assert counts(news)[1].total == 1


def test_the_forgotten_go_but_for_parents_with_other_children(
    anna: Guardian, boris: Guardian
) -> None:
    assert let_go(forget=True) == Graduated(children=2, parents=1, deliveries=0)
    assert names(Guardian) == {"Борис"}
    assert set(Pupil.objects.values_list("groups__name", flat=True)) == {"3Б"}
    assert set(Address.objects.values_list("value", flat=True)) == {"boris@example.org"}


def test_a_child_that_has_left_school_before_keeps_no_parent_here(anna: Guardian) -> None:
    anna.pupils.add(school.pupil("Старший"))
    let_go(forget=True)
    assert not Guardian.objects.exists()
    assert not Pupil.objects.exists()


def test_the_group_stays_for_what_was_sent_to_it(anna: Guardian) -> None:
    copy = school.copy(anna.addresses.get(), state=State.SENT, sent_at=NOW)
    assert let_go(forget=True).deliveries == 1
    copy.refresh_from_db()
    assert (copy.state, copy.guardian) == (State.SENT, None)
    assert "11А" in names(Group)


def test_who_has_two_children_in_the_class_leaves_with_both() -> None:
    school.guardian("Вера", ["11А", "11А"], email="vera@example.org")
    let_go(forget=True)
    assert not Guardian.objects.exists()
    assert not Pupil.objects.exists()


def test_a_child_that_is_also_another_parents_goes_for_both(
    anna: Guardian, boris: Guardian
) -> None:
    anna.pupils.get().guardians.add(boris)
    let_go(forget=True)
    assert set(boris.pupils.values_list("groups__name", flat=True)) == {"3Б"}


def test_what_waits_for_who_leaves_is_skipped(anna: Guardian) -> None:
    copy = school.copy(anna.addresses.get())
    let_go(forget=True)
    copy.refresh_from_db()
    assert (copy.state, copy.reason) == (State.SKIPPED, Skip.NO_ADDRESS)


def test_while_one_of_them_is_written_to_nobody_goes(anna: Guardian, boris: Guardian) -> None:
    lane = school.lane(until=NOW + timedelta(minutes=5))
    school.copy(anna.addresses.get(), state=State.SENDING, lane=lane)
    with pytest.raises(StillSending):
        let_go(forget=True)
    assert names(Guardian) == {"Анна", "Борис"}
    assert Pupil.objects.count() == 3
    assert not AuditEntry.objects.exists()


def test_what_was_not_shown_does_not_go(anna: Guardian) -> None:
    seen = leavers(school.group("11А").pk).seen
    school.guardian("Новенькая", ["11А"])
    with pytest.raises(ChangedMeanwhile):
        let_go(seen=seen)
    assert Pupil.objects.count() == 2


def test_another_group_that_was_not_shown_is_not_left(anna: Guardian) -> None:
    seen = leavers(school.group("11А").pk).seen
    anna.pupils.get().groups.add(school.group("Хор"))
    with pytest.raises(ChangedMeanwhile):
        let_go(seen=seen)
    assert anna.pupils.get().groups.count() == 2


def test_a_group_that_is_gone_says_so() -> None:
    with pytest.raises(Gone):
        graduate(4711, seen=None, forget=True, by=COMMAND_LINE, now=NOW)


def test_the_log_says_how_many_and_nobodys_name(anna: Guardian) -> None:
    let_go(forget=True)
    entries = list(AuditEntry.objects.order_by("pk").values_list("action", "facts"))
    assert [action for action, _ in entries] == ["person_erased", "group_changed"]
    assert entries[1][1] == {"what": "erased", "pupils": 1, "guardians": 1}
    assert "Анна" not in str(entries)


def test_copies_of_others_are_left_alone(anna: Guardian, boris: Guardian) -> None:
    copy = school.copy(boris.addresses.get(), state=State.SENT, sent_at=NOW)
    let_go(forget=True)
    assert Delivery.objects.get(pk=copy.pk).guardian == boris
