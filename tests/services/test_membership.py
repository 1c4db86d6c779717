"""Children come into groups and leave them; a report tells of those who were there at its time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from broadcaster.domain.states import State
from broadcaster.services.acts import act
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.people import apply, editing
from broadcaster.services.people.exporting import export_person
from broadcaster.services.people.merging import merge_pupils
from broadcaster.services.person_lines import person_lines
from broadcaster.store.models import Announcement, GroupChange, Guardian, Pupil
from broadcaster.store.queries.reports_people import People, counts, homes
from tests import school
from tests.services.import_desk import load, plan

pytestmark = [pytest.mark.database, pytest.mark.django_db]

BEFORE = school.NOON - timedelta(days=1)
AFTER = school.NOON + timedelta(days=1)


@pytest.fixture
def anna() -> Guardian:
    return school.guardian("Анна", alpha="a1")


@pytest.fixture
def news(anna: Guardian) -> UUID:
    """What was sent to 1А, and reached Anna."""
    number = school.announcement("1А", released_at=school.NOON)
    school.copy(anna.addresses.get(), number, state=State.SENT, sent_at=school.NOON)
    return number


def put(child: Pupil, *groups: str, at: datetime = AFTER) -> None:
    """Have a child in these groups by hand, and in no other."""
    ids = [school.group(name).pk for name in groups]
    editing.change_child(child.pk, child.name, ids, seen=None, by=COMMAND_LINE, now=at)


def newcomer(name: str = "Новенькая", group: str = "1А", **also: Any) -> Pupil:
    """A child of a new family, written down by hand."""
    fields = {"by": COMMAND_LINE, "now": AFTER} | also
    number = editing.add_family(
        f"Мама: {name}", child=name, groups=[school.group(group).pk], **fields
    )
    return Guardian.objects.get(pk=number).pupils.get()


def children(news: UUID, **only: Any) -> list[str]:
    return [one.child for one in act(Announcement.objects.get(pk=news), **only).families]


def test_who_comes_later_is_not_in_a_report_of_before(anna: Guardian, news: UUID) -> None:
    newcomer()
    table = plan("1А;Маша С.;Ольга;;;o@x.ru;;2026-09-01;анкета")
    apply(table, good_rows_only=False, by=COMMAND_LINE, now=AFTER)
    assert children(news) == [anna.pupils.get().name]
    _people, pupils = counts(news)
    assert (pupils.total, pupils.reached, pupils.unasked) == (1, 1, 0)


def test_who_was_there_without_a_parent_is_still_told_of(news: UUID) -> None:
    school.pupil("Сирота", "1А")
    _people, pupils = counts(news)
    assert (pupils.total, pupils.unasked) == (2, 1)


def test_who_leaves_stays_in_a_report_of_before(anna: Guardian, news: UUID) -> None:
    child = anna.pupils.get()
    put(child, "2Б")
    assert children(news) == [child.name]
    assert children(news, group=school.group("1А")) == [child.name]
    _people, pupils = counts(news)
    assert (pupils.total, pupils.reached) == (1, 1)
    [line] = person_lines(People(news), limit=9)
    assert line.children == [child.name]


def test_who_leaves_and_comes_back_was_there_all_along(anna: Guardian, news: UUID) -> None:
    child = anna.pupils.get()
    put(child, "2Б")
    put(child, "1А", at=AFTER + timedelta(days=1))
    assert children(news) == [child.name]


def test_who_comes_and_goes_again_was_never_there(anna: Guardian, news: UUID) -> None:
    put(newcomer(), "2Б", at=AFTER + timedelta(days=1))
    assert children(news) == [anna.pupils.get().name]


def test_who_came_before_the_release_was_there(anna: Guardian, news: UUID) -> None:
    school.announcement("1А", released_at=BEFORE - timedelta(days=1))
    child = newcomer(now=BEFORE)
    assert set(children(news)) == {child.name, anna.pupils.get().name}


def test_a_draft_is_for_the_children_of_now(anna: Guardian) -> None:
    draft = school.announcement("1А")
    school.announcement("1А", released_at=BEFORE)
    put(anna.pupils.get(), "2Б")
    child = newcomer()
    assert [one.name for one in homes(draft)] == [child.name]


def test_nothing_is_noted_of_groups_that_were_never_sent_anything(anna: Guardian) -> None:
    put(anna.pupils.get(), "2Б")
    load("3В;Маша С.;Ольга;;;o@x.ru;;2026-09-01;анкета")
    assert not GroupChange.objects.exists()


def test_a_child_made_of_two_was_there_since_the_first_came(anna: Guardian, news: UUID) -> None:
    child, double = anna.pupils.get(), newcomer()
    merge_pupils(double.pk, child.pk, by=COMMAND_LINE, now=AFTER)
    assert children(news) == [double.name]


def test_a_child_made_of_two_keeps_the_group_that_one_has_left(anna: Guardian, news: UUID) -> None:
    child, double = anna.pupils.get(), newcomer(group="2Б")
    put(child, "2Б")
    merge_pupils(double.pk, child.pk, by=COMMAND_LINE, now=AFTER)
    assert children(news) == [double.name]


def test_an_extract_tells_when_a_child_changed_its_group(anna: Guardian, news: UUID) -> None:
    put(anna.pupils.get(), "2Б")
    [child] = export_person(anna.pk, by=COMMAND_LINE, now=AFTER)["children"]
    assert child["group_changes"] == [{"group": "1А", "joined": False, "at": AFTER.isoformat()}]
