"""Who decides about a request in the place of somebody who is away."""

from __future__ import annotations

import pytest

from broadcaster.domain.permissions import Approval, Role
from broadcaster.services.approvals import NoSuchRequest, approve, count_for, request_for, send_back
from broadcaster.services.outlets import Office
from broadcaster.store.models import Delivery, Staff
from tests.services.asking_stage import DAY, NOON, asked, asked_by_calendar, away, named
from tests.services.stage import Platform, office

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db,
    pytest.mark.usefixtures("boss"),
]


@pytest.fixture
def desk() -> Office:
    return office(Platform())


@pytest.fixture
def author() -> Staff:
    return named("author", Role.TEACHER, "1А", approval=Approval.ALWAYS)


def test_a_deputy_decides_about_what_she_stands_in_for(
    desk: Office, author: Staff, deputy_head: Staff
) -> None:
    deputy = named("deputy", Role.TEACHER, "2Б")
    away(desk, deputy_head, deputy)
    approve(desk, deputy, asked(desk, author).pk, now=NOON)
    assert Delivery.objects.count() == 1


def test_a_deputy_decides_about_nothing_when_nobody_is_away(
    desk: Office, author: Staff, deputy_head: Staff
) -> None:
    deputy = named("deputy", Role.TEACHER, "2Б")
    Staff.objects.filter(pk=deputy_head.pk).update(deputy=deputy)
    number = asked(desk, author).pk
    with pytest.raises(NoSuchRequest):
        approve(desk, deputy, number, now=NOON)
    with pytest.raises(NoSuchRequest):
        send_back(desk, deputy, number, "Нет", now=NOON)


def test_a_deputy_decides_about_what_asks_the_role_she_stands_in_for(
    desk: Office, boss: Staff, deputy_head: Staff
) -> None:
    deputy = named("deputy", Role.TEACHER, "2Б")
    away(desk, deputy_head, deputy)
    request = asked_by_calendar(asked_role=Role.ADMINISTRATOR)
    with pytest.raises(NoSuchRequest):
        approve(desk, deputy, request.pk, now=NOON)
    assert request_for(desk, boss, request.pk, now=NOON)[1].is_asked(boss)


def test_an_author_does_not_decide_as_the_deputy_of_another(
    desk: Office, author: Staff, deputy_head: Staff
) -> None:
    away(desk, deputy_head, author)
    number = asked(desk, author).pk
    with pytest.raises(NoSuchRequest):
        approve(desk, author, number, now=NOON)


def test_who_is_away_keeps_her_right(desk: Office, author: Staff, deputy_head: Staff) -> None:
    away(desk, deputy_head, named("deputy", Role.TEACHER, "2Б"))
    approve(desk, deputy_head, asked(desk, author).pk, now=NOON)
    assert Delivery.objects.count() == 1


def test_only_what_one_is_asked_about_is_counted(
    desk: Office, author: Staff, boss: Staff, deputy_head: Staff
) -> None:
    asked(desk, author)
    numbers = [count_for(desk, one, now=NOON) for one in (author, boss, deputy_head)]
    assert numbers == [0, 0, 1]
    assert count_for(desk, boss, now=NOON + 2 * DAY) == 1
