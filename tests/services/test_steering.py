"""A person stops a sending, lets it go on or ends it, and it is written down who did."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from broadcaster.domain.states import State
from broadcaster.services.audit import Actor
from broadcaster.services.steering import cancel, pause, resume
from broadcaster.store.models import AuditEntry
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON
WHO = Actor("Петрова", 7)


@pytest.fixture
def news() -> UUID:
    made = school.announcement("1А", released_at=NOW)
    school.waiting(2, of=made)
    return made


def audited() -> list[tuple[str, object]]:
    return [(row.action, row.facts["count"]) for row in AuditEntry.objects.order_by("pk")]


def test_each_is_written_down_with_its_copies(news: UUID) -> None:
    assert pause(news, by=WHO, now=NOW) == 2
    assert resume(news, by=WHO, now=NOW) == 2
    assert cancel(news, by=WHO, now=NOW) == 2
    assert audited() == [("paused", 2), ("resumed", 2), ("cancelled", 2)]
    assert set(AuditEntry.objects.values_list("actor", "subject")) == {("Петрова", str(news))}


@pytest.mark.parametrize("do", [pause, cancel])
def test_a_second_press_is_not_written_down(do: Callable[..., int], news: UUID) -> None:
    do(news, by=WHO, now=NOW)
    do(news, by=WHO, now=NOW)
    assert len(audited()) == 1


def test_what_nobody_stopped_is_not_resumed(news: UUID) -> None:
    assert (resume(news, by=WHO, now=NOW), audited()) == (0, [])


def test_stopping_what_is_scheduled_is_written_down() -> None:
    made = school.announcement("1А", release_at=school.LATER)
    pause(made, by=WHO, now=NOW)
    assert audited() == [("paused", 0)]


def test_pausing_what_has_ended_is_not_written_down() -> None:
    made = school.announcement("1А", released_at=NOW)
    school.copy(school.address(school.guardian(), "alpha"), made, state=State.SENT)
    pause(made, by=WHO, now=NOW)
    assert audited() == []
