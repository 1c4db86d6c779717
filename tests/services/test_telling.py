"""Somebody has told a family by telephone or face to face."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from broadcaster.domain.states import State
from broadcaster.services.audit import Actor
from broadcaster.services.telling import NotAsked, people_called, take_back, tell
from broadcaster.store.models import AuditEntry, Guardian, ToldInPerson
from broadcaster.store.queries.reports_people import counts
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON
WHO = Actor("Петрова", 7)


@pytest.fixture
def news() -> UUID:
    return school.announcement("1А", released_at=NOW)


@pytest.fixture
def anna(news: UUID) -> Guardian:
    made = school.guardian("Анна Иванова")
    school.copy(school.address(made, "alpha"), news, state=State.FAILED)
    return made


def test_a_mark_tells_who_when_and_what_was_said(news: UUID, anna: Guardian) -> None:
    tell(news, anna.pk, by=WHO, now=NOW, note=" по телефону ")
    mark = ToldInPerson.objects.get()
    assert (mark.guardian, mark.by, mark.at, mark.note) == (anna, "Петрова", NOW, "по телефону")


def test_whoever_is_told_is_never_counted_as_reached(news: UUID, anna: Guardian) -> None:
    tell(news, anna.pk, by=WHO, now=NOW)
    assert (counts(news)[0].unreached, counts(news)[0].once) == (1, 0)
    assert school.states(news) == [State.FAILED]


def test_the_first_word_stands(news: UUID, anna: Guardian) -> None:
    tell(news, anna.pk, by=WHO, now=NOW)
    tell(news, anna.pk, by=Actor("Сидорова"), now=NOW + timedelta(hours=1))
    assert ToldInPerson.objects.get().by == "Петрова"
    assert AuditEntry.objects.count() == 1


def test_a_mark_is_taken_back(news: UUID, anna: Guardian) -> None:
    tell(news, anna.pk, by=WHO, now=NOW)
    assert take_back(news, anna.pk, by=WHO, now=NOW) is True
    assert take_back(news, anna.pk, by=WHO, now=NOW) is False
    assert not ToldInPerson.objects.exists()


def test_both_are_written_down_without_a_name(news: UUID, anna: Guardian) -> None:
    tell(news, anna.pk, by=WHO, now=NOW, note="Анна")
    take_back(news, anna.pk, by=WHO, now=NOW)
    entries = list(AuditEntry.objects.order_by("pk"))
    assert [entry.action for entry in entries] == ["told_in_person", "told_taken_back"]
    assert [entry.facts for entry in entries] == [{"guardian": anna.pk}] * 2


def test_only_those_whom_it_was_for_are_marked(news: UUID) -> None:
    with pytest.raises(NotAsked):
        tell(news, school.guardian().pk, by=WHO, now=NOW)


def test_a_long_or_broken_note_is_kept_as_far_as_it_goes(news: UUID, anna: Guardian) -> None:
    tell(news, anna.pk, by=WHO, now=NOW, note="a\x00" + "б" * 500)
    assert ToldInPerson.objects.get().note == "a" + "б" * 199


@pytest.mark.parametrize("name", ["анна", "ИВАНОВА", "анна иван"])
def test_a_person_is_called_by_name(news: UUID, anna: Guardian, name: str) -> None:
    school.guardian("Анна Чужая")
    assert people_called(news, name) == [anna]


def test_a_person_is_called_by_number(news: UUID, anna: Guardian) -> None:
    assert people_called(news, str(anna.pk)) == [anna]
    assert people_called(news, "9" * 30) == []
