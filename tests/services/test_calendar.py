"""The calendar at work: a draft before its time, consent, its hour, and what stands in the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from broadcaster.config import Calendar as CalendarRules
from broadcaster.domain.alarms import Trouble, troubles
from broadcaster.domain.days_off import Shift
from broadcaster.domain.occasions import Missed, Skipped, Unanswered
from broadcaster.domain.permissions import Role
from broadcaster.services import approvals
from broadcaster.services.calendar.going import skip
from broadcaster.services.calendar.items import ItemProblem
from broadcaster.services.control import cancel
from broadcaster.services.drafts_leaving import take_back
from broadcaster.services.health import look
from broadcaster.services.outlets import Office
from broadcaster.services.sweep import sweep
from broadcaster.store.models import (
    Announcement,
    ApprovalRequest,
    AuditEntry,
    Delivery,
    Occasion,
    Revision,
    Staff,
)
from tests.services.calendar_stage import dates, item, moscow, seen, turn
from tests.together import together
from tests.web.staff import member

pytestmark = [pytest.mark.database, pytest.mark.django_db]

BEFORE = "2026-10-01 12:00"
"""When the item is first followed."""
DRAFTED = "2026-10-29 16:00"
HOUR = "2026-11-05 16:00"


@pytest.fixture
def boss() -> Staff:
    return member(Role.APPROVER)


def approve(desk: Office, boss: Staff, at: str) -> None:
    """Consent to the only request."""
    request = ApprovalRequest.objects.get(decided_at=None)
    approvals.approve(desk, boss, request.pk, now=moscow(at))


def test_a_draft_appears_when_the_days_before_its_date_begin(desk: Office) -> None:
    calendar = seen(item())
    turn(desk, calendar, BEFORE)
    turn(desk, calendar, "2026-10-29 15:59")
    assert dates() == []
    turn(desk, calendar, DRAFTED)
    assert dates() == [("2026-11-05", "05.11 16:00", "asked")]


def test_a_draft_has_the_memos_text_and_its_audience(desk: Office) -> None:
    turn(desk, seen(item()), DRAFTED)
    draft = Announcement.objects.get()
    text = Revision.objects.get(announcement=draft)
    assert (text.title, text.body) == ("Осторожно, тонкий лёд", "Не выходите на лёд.")
    assert text.more == "## Почему\n\nЛёд тонкий."
    assert [group.name for group in draft.groups.all()] == ["1А"]
    assert draft.wanted_at == moscow(HOUR)


def test_what_was_agreed_to_leaves_at_its_hour_and_not_before(desk: Office, boss: Staff) -> None:
    calendar = seen(item())
    turn(desk, calendar, DRAFTED)
    approve(desk, boss, "2026-10-30 09:00")
    assert turn(desk, calendar, "2026-11-05 15:59") == 0
    assert turn(desk, calendar, HOUR) == 1
    assert dates() == [("2026-11-05", "05.11 16:00", "sent")]
    assert Delivery.objects.exists()


def test_the_sweep_leaves_the_calendars_announcements_to_the_calendar(
    desk: Office, boss: Staff
) -> None:
    turn(desk, seen(item()), DRAFTED)
    approve(desk, boss, DRAFTED)
    sweep(desk, moscow("2026-11-20 16:00"))
    assert Announcement.objects.get().released_at is None


def test_without_consent_to_ask_for_it_waits_for_its_hour_only(desk: Office) -> None:
    calendar = seen(item(consent=None))
    turn(desk, calendar, DRAFTED)
    assert dates() == [("2026-11-05", "05.11 16:00", "ready")]
    assert turn(desk, calendar, HOUR) == 1


@pytest.mark.parametrize(
    ("rule", "became"), [(Unanswered.SEND, "sent"), (Unanswered.SKIP, "unanswered")]
)
def test_when_nobody_answers_the_items_rule_decides(
    desk: Office, rule: Unanswered, became: str
) -> None:
    calendar = seen(item(unanswered=rule))
    turn(desk, calendar, DRAFTED)
    turn(desk, calendar, HOUR)
    assert dates() == [("2026-11-05", "05.11 16:00", became)]
    assert not ApprovalRequest.objects.filter(decided_at=None).exists()


def test_what_came_back_does_not_leave_although_silence_would_send_it(
    desk: Office, boss: Staff
) -> None:
    calendar = seen(item(unanswered=Unanswered.SEND))
    turn(desk, calendar, DRAFTED)
    request = ApprovalRequest.objects.get()
    approvals.send_back(desk, boss, request.pk, "Лёд ещё не встал", now=moscow(DRAFTED))
    turn(desk, calendar, HOUR)
    assert dates() == [("2026-11-05", "05.11 16:00", "returned")]


def test_what_was_taken_back_and_not_sent_again_does_not_leave(desk: Office, boss: Staff) -> None:
    calendar = seen(item())
    turn(desk, calendar, DRAFTED)
    approve(desk, boss, DRAFTED)
    take_back(boss, Announcement.objects.get().pk, now=moscow(DRAFTED))
    turn(desk, calendar, HOUR)
    assert dates() == [("2026-11-05", "05.11 16:00", "returned")]


def test_a_cancelled_draft_is_on_record_as_left_out_by_hand(desk: Office) -> None:
    calendar = seen(item())
    turn(desk, calendar, DRAFTED)
    cancel(Announcement.objects.get().pk, now=moscow(DRAFTED))
    turn(desk, calendar, HOUR)
    turn(desk, calendar, "2026-11-06 16:00")
    assert dates() == [("2026-11-05", "05.11 16:00", "by_hand")]


def test_a_deleted_draft_does_not_come_again(desk: Office) -> None:
    calendar = seen(item())
    turn(desk, calendar, DRAFTED)
    Announcement.objects.all().delete()
    turn(desk, calendar, HOUR)
    assert dates() == [("2026-11-05", "05.11 16:00", "by_hand")]
    assert not Announcement.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_send_one(desk: Office, boss: Staff) -> None:
    calendar = seen(item(consent=None))
    turn(desk, calendar, BEFORE)
    for at in (DRAFTED, HOUR):
        together(*[lambda at=at: turn(desk, calendar, at)] * 4)
    assert dates() == [("2026-11-05", "05.11 16:00", "sent")]
    assert Announcement.objects.count() == 1


def test_a_server_that_was_off_for_three_days_sends_once_what_was_missed(
    desk: Office, boss: Staff
) -> None:
    calendar = seen(item(patience=timedelta(days=4)))
    turn(desk, calendar, DRAFTED)
    approve(desk, boss, DRAFTED)
    for at in ("2026-11-08 16:00", "2026-11-08 16:01", "2026-11-09 16:00"):
        turn(desk, calendar, at)
    assert dates() == [("2026-11-05", "05.11 16:00", "sent")]


def test_a_server_that_was_off_for_three_days_skips_what_the_rule_skips(
    desk: Office, boss: Staff
) -> None:
    calendar = seen(item(missed=Missed.SKIP))
    turn(desk, calendar, DRAFTED)
    approve(desk, boss, DRAFTED)
    turn(desk, calendar, "2026-11-08 16:00")
    assert dates() == [("2026-11-05", "05.11 16:00", "missed")]


def test_of_several_missed_dates_only_the_newest_is_sent(desk: Office) -> None:
    calendar = seen(item(rule="FREQ=DAILY", lead=timedelta(), consent=None, shift=Shift.STAY))
    turn(desk, calendar, "2026-11-05 17:00")
    assert turn(desk, calendar, "2026-11-08 17:30") == 1
    assert [one[2] for one in dates()] == ["caught_up", "caught_up", "sent"]


def test_a_date_missed_before_its_draft_gives_whoever_is_asked_a_day(desk: Office) -> None:
    calendar = seen(item(unanswered=Unanswered.SKIP))
    turn(desk, calendar, BEFORE)
    turn(desk, calendar, "2026-11-06 10:00")
    assert dates() == [("2026-11-05", "05.11 16:00", "asked")]
    turn(desk, calendar, "2026-11-07 09:59")
    assert dates()[0][2] == "asked"
    turn(desk, calendar, "2026-11-07 10:00")
    assert dates()[0][2] == "unanswered"


def test_dates_before_an_item_was_there_are_not_its_own(desk: Office) -> None:
    turn(desk, seen(item()), "2026-11-05 16:30")
    assert dates() == []


def test_a_day_off_moves_a_date_and_not_its_name(desk: Office) -> None:
    calendar = seen(item(rule="FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=4", shift=Shift.PREVIOUS))
    turn(desk, calendar, DRAFTED)
    assert dates() == [("2026-11-04", "03.11 16:00", "asked")]


def test_an_item_switched_off_takes_its_draft_back(desk: Office, boss: Staff) -> None:
    turn(desk, seen(item()), DRAFTED)
    approve(desk, boss, DRAFTED)
    turn(desk, seen(), "2026-11-05 15:00")
    turn(desk, seen(item()), HOUR)
    assert dates() == [("2026-11-05", "05.11 16:00", "changed")]


def test_an_item_switched_off_by_mistake_is_drafted_again_once_it_is_on(
    desk: Office, boss: Staff
) -> None:
    turn(desk, seen(item()), DRAFTED)
    turn(desk, seen(), "2026-10-30 11:00")
    turn(desk, seen(item()), "2026-10-30 11:05")
    assert dates() == [("2026-11-05", "05.11 16:00", "asked")]
    approve(desk, boss, "2026-10-30 12:00")
    assert turn(desk, seen(item()), HOUR) == 1


def test_an_item_put_back_to_its_day_is_drafted_for_it_again(desk: Office) -> None:
    turn(desk, seen(item()), DRAFTED)
    turn(desk, seen(item(rule="FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=6")), "2026-10-30 16:00")
    turn(desk, seen(item()), "2026-10-30 16:05")
    assert dates() == [
        ("2026-11-05", "05.11 16:00", "asked"),
        ("2026-11-06", "06.11 16:00", "changed"),
    ]


def test_an_item_that_cannot_be_read_now_keeps_what_was_agreed_to(
    desk: Office, boss: Staff
) -> None:
    turn(desk, seen(item()), DRAFTED)
    approve(desk, boss, DRAFTED)
    assert turn(desk, seen(broken=["thin-ice"]), HOUR) == 1


def test_an_item_mended_after_its_date_catches_up(desk: Office) -> None:
    turn(desk, seen(item(consent=None)), BEFORE)
    turn(desk, seen(broken=["thin-ice"]), DRAFTED)
    turn(desk, seen(broken=["thin-ice"]), HOUR)
    assert turn(desk, seen(item(consent=None)), "2026-11-06 16:00") == 1


def test_a_new_hour_moves_the_draft_that_waits(desk: Office, boss: Staff) -> None:
    turn(desk, seen(item()), DRAFTED)
    approve(desk, boss, DRAFTED)
    later = seen(item(at=time(17, 30)))
    turn(desk, later, "2026-11-01 12:00")
    assert dates() == [("2026-11-05", "05.11 17:30", "ready")]
    assert turn(desk, later, HOUR) == 0
    assert turn(desk, later, "2026-11-05 17:30") == 1


def test_another_day_drops_the_draft_and_makes_a_new_one(desk: Office) -> None:
    turn(desk, seen(item()), DRAFTED)
    turn(desk, seen(item(rule="FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=6")), "2026-10-30 16:00")
    assert dates() == [
        ("2026-11-05", "05.11 16:00", "changed"),
        ("2026-11-06", "06.11 16:00", "asked"),
    ]


def test_another_time_zone_moves_the_hour_and_sends_nothing_twice(desk: Office) -> None:
    calendar = seen(item(consent=None))
    turn(desk, calendar, DRAFTED)
    omsk = replace(desk, school=replace(desk.school, time_zone=ZoneInfo("Asia/Omsk")))
    turn(omsk, calendar, "2026-11-01 12:00")
    assert dates() == [("2026-11-05", "05.11 13:00", "ready")]
    assert turn(omsk, calendar, "2026-11-05 13:00") == 1
    assert turn(desk, calendar, HOUR) == 0


def test_a_clock_put_back_sends_nothing_twice(desk: Office) -> None:
    calendar = seen(item(consent=None))
    turn(desk, calendar, DRAFTED)
    assert turn(desk, calendar, HOUR) == 1
    for at in ("2026-11-05 15:50", DRAFTED, BEFORE, HOUR):
        assert turn(desk, calendar, at) == 0


def test_a_memo_that_cannot_be_rendered_waits_for_a_person(desk: Office) -> None:
    calendar = seen(item(consent=None))
    turn(desk, calendar, DRAFTED)
    Revision.objects.update(title="{{ имя }}")
    assert turn(desk, calendar, HOUR) == 0
    row = Announcement.objects.get()
    assert row.paused_at is not None
    assert "подстановки" in row.problem


def test_every_step_of_the_calendar_stands_in_the_log(desk: Office) -> None:
    calendar = seen(item())
    turn(desk, calendar, DRAFTED)
    turn(desk, calendar, HOUR)
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["occasion_drafted", "occasion_skipped"]


def test_a_consent_given_after_the_rule_has_decided_changes_nothing(
    desk: Office, boss: Staff
) -> None:
    turn(desk, seen(item()), DRAFTED)
    request = ApprovalRequest.objects.get()
    turn(desk, seen(item()), HOUR)
    with pytest.raises(approvals.NoSuchRequest):
        approvals.approve(desk, boss, request.pk, now=moscow(HOUR))
    assert Occasion.objects.get().skipped == "unanswered"


def test_administrators_hear_of_what_was_left_out_unanswered(desk: Office) -> None:
    turn(desk, seen(item()), DRAFTED)
    turn(desk, seen(item()), HOUR)
    health = look(desk, moscow(HOUR))
    assert Trouble.CALENDAR_SKIPPED in {sign.trouble for sign in troubles(health, desk.alarms)}


def test_nobody_is_told_of_what_a_person_left_out(desk: Office) -> None:
    turn(desk, seen(item()), DRAFTED)
    skip(Occasion.objects.get(), Skipped.BY_HAND, now=moscow(DRAFTED))
    assert look(desk, moscow(DRAFTED)).calendar_skipped_at is None


def test_an_item_that_cannot_be_read_is_an_alarm_until_it_is_mended(desk: Office) -> None:
    desk = replace(desk, calendar=CalendarRules(enabled=True))
    wrong = ItemProblem(Path("seasonal.yaml"), "thin-ice", "rule", "правило не удалось прочитать")
    turn(desk, replace(seen(), problems=(wrong,)), BEFORE)
    assert look(desk, moscow(DRAFTED)).calendar_broken_at == moscow(BEFORE)
    turn(desk, seen(item()), DRAFTED)
    assert look(desk, moscow(DRAFTED)).calendar_broken_at is None
