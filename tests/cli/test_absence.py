"""`staff away`."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from broadcaster.domain.permissions import Role
from broadcaster.store.models import AuditEntry, Staff
from tests.cli.desk import Typed
from tests.web.staff import member

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("day"),
]

FAR = (date.today() + timedelta(days=400)).isoformat()  # noqa: DTZ011 - any day far ahead will do


@pytest.fixture
def head() -> Staff:
    return member(Role.APPROVER, name="Ольга")


def away(typed: Typed, who: Staff, *more: str) -> tuple[int, str]:
    said = typed("staff", "away", who.user.username, *more)
    return said.code, said.out + said.err


def test_somebody_is_away_with_a_deputy(typed: Typed, head: Staff) -> None:
    deputy = member(Role.TEACHER, name="Анна")
    code, words = away(typed, head, "--until", FAR, "--deputy", deputy.user.username)
    head.refresh_from_db()
    assert (code, head.away_until, head.deputy) == (0, date.fromisoformat(FAR), deputy)
    assert "Не будет: Ольга" in words
    assert AuditEntry.objects.get(action="absence_changed").actor == "command line"


def test_the_first_day_may_be_given(typed: Typed, head: Staff) -> None:
    away(typed, head, "--from", FAR, "--until", FAR)
    head.refresh_from_db()
    assert head.away_from == date.fromisoformat(FAR)


def test_somebody_is_back(typed: Typed, head: Staff) -> None:
    away(typed, head, "--until", FAR)
    code, words = away(typed, head, "--back")
    head.refresh_from_db()
    assert (code, head.away_from) == (0, None)
    assert "Отсутствие снято: Ольга." in words


def test_the_list_tells_who_is_away(typed: Typed, head: Staff) -> None:
    away(typed, head, "--until", FAR)
    assert date.fromisoformat(FAR).strftime("%d.%m.%Y") in typed("staff", "list").out
    (one,) = typed("staff", "list", "--json").json["staff"]
    assert (one["away_until"], one["deputy"]) == (FAR, None)


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        ((), 2, "--until"),
        (("--back", "--until", FAR), 2, "--back"),
        (("--back", "--deputy", "x"), 2, "--back"),
        (("--until", "завтра"), 3, "не день"),
        (("--from", FAR, "--until", "2026-01-01"), 3, "раньше первого"),
        (("--from", "2020-01-01", "--until", "2020-01-02"), 3, "уже прошли"),
        (("--until", FAR, "--deputy", "nobody"), 3, "broadcaster staff list"),
    ],
)
def test_what_cannot_be_is_told(
    typed: Typed, head: Staff, more: tuple[str, ...], code: int, words: str
) -> None:
    seen, said = away(typed, head, *more)
    assert (seen, words in said) == (code, True)
    head.refresh_from_db()
    assert head.away_from is None


def test_nobody_stands_in_for_herself(typed: Typed, head: Staff) -> None:
    code, words = away(typed, head, "--until", FAR, "--deputy", head.user.username)
    assert (code, "Заместить себя нельзя" in words) == (3, True)


def test_a_deputy_head_is_added(typed: Typed) -> None:
    typed("staff", "add", "Ольга", "--login", "olga", "--role", "approver")
    assert Staff.objects.get().role == "approver"
