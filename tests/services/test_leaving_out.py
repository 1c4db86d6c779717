"""One date is left out by a person, drafted or not, and given back."""

from __future__ import annotations

from datetime import date

import pytest

from broadcaster.domain.occasions import Skipped
from broadcaster.domain.permissions import Role
from broadcaster.services import approvals
from broadcaster.services.audit import Action, Actor
from broadcaster.services.calendar.leaving_out import (
    LeavingOutRefused,
    Refusal,
    drop_date,
    leave_out,
    put_back,
)
from broadcaster.services.outlets import Office
from broadcaster.store.models import Announcement, AuditEntry, Occasion
from tests.services.calendar_stage import became, dates, item, moscow, seen, turn
from tests.web.staff import member

pytestmark = [pytest.mark.database, pytest.mark.django_db]

ANNA = Actor("Анна Сергеевна")
FIFTH = date(2026, 11, 5)
EARLY, DRAFTED, LATE = (
    moscow("2026-10-01 09:00"),
    moscow("2026-10-30 09:00"),
    moscow("2026-11-05 16:30"),
)


def leave(desk: Office, day: date = FIFTH, now: object = EARLY) -> None:
    leave_out(desk, item(), day, by=ANNA, now=now)  # type: ignore[arg-type]


def test_a_date_without_a_draft_is_left_out(desk: Office) -> None:
    turn(desk, seen(item()), "2026-09-01 09:00")
    leave(desk)
    assert turn(desk, seen(item()), "2026-11-05 16:01") == 0
    assert dates() == [("2026-11-05", "05.11 16:00", "by_hand")]


def test_a_draft_is_withdrawn(desk: Office) -> None:
    turn(desk, seen(item()), "2026-10-29 17:00")
    leave(desk, now=DRAFTED)
    row = Occasion.objects.get()
    assert became(row) == Skipped.BY_HAND
    assert Announcement.objects.get().cancelled_at == DRAFTED


def test_the_next_year_is_not_left_out(desk: Office) -> None:
    turn(desk, seen(item()), "2026-09-01 09:00")
    leave(desk)
    turn(desk, seen(item()), "2027-11-02 09:00")
    assert [became for _day, _at, became in dates()] == ["by_hand", "asked"]


def test_a_date_that_the_rule_does_not_have_is_refused(desk: Office) -> None:
    with pytest.raises(LeavingOutRefused) as refused:
        leave(desk, date(2026, 11, 6))
    assert refused.value.why is Refusal.NO_SUCH_DATE


def test_a_date_whose_time_has_come_is_refused(desk: Office) -> None:
    with pytest.raises(LeavingOutRefused) as refused:
        leave(desk, now=LATE)
    assert refused.value.why is Refusal.OVER


def test_what_has_been_left_out_is_not_left_out_again(desk: Office) -> None:
    leave(desk)
    with pytest.raises(LeavingOutRefused):
        leave(desk)
    assert AuditEntry.objects.filter(action=Action.OCCASION_SKIPPED).count() == 1


def test_what_is_given_back_is_drafted_in_its_time(desk: Office) -> None:
    turn(desk, seen(item()), "2026-09-01 09:00")
    leave(desk)
    put_back("thin-ice", FIFTH, by=ANNA, now=EARLY)
    turn(desk, seen(item()), "2026-10-30 09:00")
    assert dates() == [("2026-11-05", "05.11 16:00", "asked")]


def test_a_withdrawn_draft_that_is_given_back_is_drafted_anew(desk: Office) -> None:
    turn(desk, seen(item()), "2026-10-29 17:00")
    leave(desk, now=DRAFTED)
    put_back("thin-ice", FIFTH, by=ANNA, now=DRAFTED)
    turn(desk, seen(item()), "2026-10-30 10:00")
    assert dates() == [("2026-11-05", "05.11 16:00", "asked")]
    assert Announcement.objects.filter(cancelled_at=None).count() == 1


def test_who_deletes_a_dates_draft_leaves_the_date_out(desk: Office) -> None:
    turn(desk, seen(item()), "2026-10-29 17:00")
    boss, draft = member(Role.ADMINISTRATOR), Announcement.objects.get().pk
    approvals.withdraw(boss, draft, now=DRAFTED)
    drop_date(boss, draft, now=DRAFTED)
    assert dates() == [("2026-11-05", "05.11 16:00", "by_hand")]
    told = AuditEntry.objects.get(action=Action.OCCASION_SKIPPED)
    assert told.actor == boss.name


def test_what_nobody_left_out_cannot_be_given_back(desk: Office) -> None:
    turn(desk, seen(item()), "2026-10-29 17:00")
    with pytest.raises(LeavingOutRefused) as refused:
        put_back("thin-ice", FIFTH, by=ANNA, now=DRAFTED)
    assert refused.value.why is Refusal.NO_SUCH_DATE


def test_what_is_over_cannot_be_given_back(desk: Office) -> None:
    leave(desk)
    with pytest.raises(LeavingOutRefused) as refused:
        put_back("thin-ice", FIFTH, by=ANNA, now=LATE)
    assert refused.value.why is Refusal.OVER


def test_the_log_says_who_left_it_out_and_who_gave_it_back(desk: Office) -> None:
    leave(desk)
    put_back("thin-ice", FIFTH, by=ANNA, now=EARLY)
    told = AuditEntry.objects.order_by("pk").values_list("actor", "action")
    assert list(told) == [
        ("Анна Сергеевна", Action.OCCASION_SKIPPED),
        ("Анна Сергеевна", Action.OCCASION_PUT_BACK),
    ]
