"""The act of having informed."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from broadcaster.domain.states import State
from broadcaster.services.acts import Act
from broadcaster.services.acts import act as act_of
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.people.groups import rename_group
from broadcaster.store.models import Acknowledgement, Announcement, Guardian, ToldInPerson
from broadcaster.store.queries.reports_people import Pupils, counts
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON


@pytest.fixture
def news() -> UUID:
    return school.announcement("1А", released_at=NOW)


def person(news: UUID, name: str, state: State = State.FAILED) -> Guardian:
    made = school.guardian(name)
    sent_at = NOW if state == State.SENT else None
    school.copy(school.address(made, "alpha"), news, state=state, sent_at=sent_at)
    return made


def told(news: UUID, who: Guardian) -> None:
    ToldInPerson.objects.create(announcement_id=news, guardian=who, by="Петрова", at=NOW, note="ок")


def act(news: UUID) -> Act:
    return act_of(Announcement.objects.get(pk=news))


def test_an_act_counts_as_the_report_does(news: UUID) -> None:
    person(news, "Анна", State.SENT)
    told(news, person(news, "Борис"))
    person(news, "Вера")
    school.pupil("Сирота", "1А")
    assert act(news).counts == Pupils(total=4, reached=1, told=1, unasked=1) == counts(news)[1]


def test_each_parent_of_a_child_is_told_of_apart(news: UUID) -> None:
    first = person(news, "Анна", State.SENT)
    second = Guardian.objects.create(name="Борис")
    second.pupils.set(first.pupils.all())
    school.copy(school.address(second, "alpha"), news, state=State.FAILED)
    [family] = act(news).families
    assert [(one.name, one.knows) for one in family.guardians] == [("Анна", True), ("Борис", False)]
    assert family.knows


def test_who_was_told_knows_but_was_not_reached(news: UUID) -> None:
    told(news, person(news, "Анна"))
    [family] = act(news).families
    [who] = family.guardians
    assert (family.knows, family.reached) == (True, False)
    assert (who.told_by, who.told_at, who.note, who.ways) == ("Петрова", NOW, "ок", ())


def test_one_parent_acknowledges_for_the_family(news: UUID) -> None:
    first = person(news, "Анна", State.SENT)
    second = Guardian.objects.create(name="Борис")
    second.pupils.set(first.pupils.all())
    school.copy(school.address(second, "alpha"), news, state=State.SENT)
    Acknowledgement.objects.create(announcement_id=news, guardian=second, channel="alpha", at=NOW)
    made = act(news)
    assert [one.acknowledged_at for one in made.families[0].guardians] == [None, NOW]
    assert made.counts.acknowledged == counts(news)[1].acknowledged == 1


def test_groups_are_called_as_they_were_when_the_announcement_left(news: UUID) -> None:
    group = school.group("1А")
    rename = partial(rename_group, group.pk, by=COMMAND_LINE)
    rename("2А", seen="1А", now=NOW + timedelta(days=200))
    later = school.announcement("2А", released_at=NOW + timedelta(days=300))
    rename("3А", seen="2А", now=NOW + timedelta(days=565))
    named = [[one.name for one in act(number).groups] for number in (news, later)]
    assert named == [["1А"], ["2А"]]
    narrowed = act_of(Announcement.objects.get(pk=news), group=group).group
    assert narrowed
    assert narrowed.name == "1А"


def test_places_are_named(news: UUID) -> None:
    school.copy(school.destination("alpha", title="Стена"), news, state=State.SENT)
    person(news, "Анна", State.SENT)
    assert [line.place for line in act(news).places] == ["Стена"]


def test_a_text_of_the_author_brings_no_script() -> None:
    made = school.announcement("1А", body="<script>alert(1)</script> **да**", released_at=NOW)
    shown = act(made).body
    assert "<script>" not in shown
    assert "<strong>да</strong>" in shown


def test_a_text_that_cannot_be_read_is_shown_as_it_stands() -> None:
    made = school.announcement("1А", body="{{ нечто }} <b>", released_at=NOW)
    assert act(made).body == "<p>{{ нечто }} &lt;b&gt;</p>"
