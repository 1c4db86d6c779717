"""Letters about consent: to those who are asked, and to authors about what was decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from broadcaster.config import Approvals
from broadcaster.domain.days_off import Shift
from broadcaster.domain.permissions import Approval, Role
from broadcaster.domain.policy import QuietHours
from broadcaster.services.approvals import approve, count_for, queue, send_back, withdraw
from broadcaster.services.asking import write_letters
from broadcaster.services.calendar.series import name_of
from broadcaster.services.outlets import Office
from broadcaster.store.models import (
    Announcement,
    ApprovalRequest,
    ChannelState,
    Occasion,
    Series,
    Staff,
)
from tests import school
from tests.services.asking_stage import (
    DAY,
    HOUR,
    NOON,
    TODAY,
    Mailbox,
    asked,
    asked_by_calendar,
    away,
    named,
)
from tests.services.stage import MOSCOW, Platform, office
from tests.together import together

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db,
    pytest.mark.usefixtures("boss"),
]


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def desk() -> Office:
    return office(Platform(), public_url="https://news.school.example/")


@pytest.fixture
def author() -> Staff:
    return named("author", Role.TEACHER, "1А", approval=Approval.ALWAYS)


# Who is written to


def test_who_is_asked_gets_a_letter_at_once(
    desk: Office, author: Staff, deputy_head: Staff, mailbox: Mailbox
) -> None:
    request = asked(desk, author)
    write_letters(desk, mailbox.post, NOON)
    ((to, subject, text),) = mailbox.letters
    assert to == [deputy_head.user.email]
    assert "ждёт согласования «Собрание»" in subject
    assert f"https://news.school.example/approvals/{request.pk}/" in text
    assert "Автор: Author. Просит с 12:00." in text
    assert "Уйдёт сразу после согласования; без него не уйдёт." in text


def test_without_a_deputy_head_the_administrators_are_asked(
    desk: Office, author: Staff, mailbox: Mailbox
) -> None:
    asked(desk, author)
    write_letters(desk, mailbox.post, NOON)
    assert mailbox.told == [["boss"]]


def test_a_deputy_is_written_to_in_the_place_of_who_is_away(
    desk: Office, author: Staff, deputy_head: Staff, mailbox: Mailbox
) -> None:
    away(desk, deputy_head, named("deputy", Role.TEACHER, "2Б"))
    asked(desk, author)
    write_letters(desk, mailbox.post, NOON)
    assert mailbox.told == [["deputy"]]


def test_a_date_of_the_calendar_is_asked_about_with_what_happens_in_silence(
    desk: Office, deputy_head: Staff, mailbox: Mailbox
) -> None:
    asked_by_calendar()
    write_letters(desk, mailbox.post, NOON)
    ((_, _, text),) = mailbox.letters
    assert "Подготовил календарь. Ждёт с 12:00." in text
    assert "Ответьте до 27\N{NO-BREAK SPACE}ноября,\N{NO-BREAK SPACE}12:00" in text


def test_the_rule_for_silence_is_the_items_own(
    desk: Office, deputy_head: Staff, mailbox: Mailbox
) -> None:
    series = Series.objects.create(
        mould_id=school.announcement("1А"),
        rule="FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=27",
        time=time(12),
        begins=TODAY,
        shift=Shift.STAY,
        started_at=NOON,
    )
    asked_by_calendar()
    Occasion.objects.update(item=name_of(series.pk))
    write_letters(desk, mailbox.post, NOON)
    assert "если никто не ответит, не уйдёт" in mailbox.letters[0][2]


def test_what_waits_for_the_same_people_is_one_letter(
    desk: Office, author: Staff, deputy_head: Staff, mailbox: Mailbox
) -> None:
    asked(desk, author)
    asked_by_calendar()
    write_letters(desk, mailbox.post, NOON)
    ((_, subject, text),) = mailbox.letters
    assert "ждут согласования: 2" in subject
    assert ("«Собрание»" in text, "«Тонкий лёд»" in text) == (True, True)


def test_letters_name_no_family(
    desk: Office, author: Staff, deputy_head: Staff, mailbox: Mailbox
) -> None:
    asked(desk, author, title="Роман Абрамов опоздал", body="Тайна")
    write_letters(desk, mailbox.post, NOON)
    ((_, subject, text),) = mailbox.letters
    assert "ждёт согласования объявление" in subject
    assert not {"Абрамов", "Тайна"} & set((subject + " " + text).replace("\n", " ").split())


def test_without_mail_nothing_is_marked(desk: Office, author: Staff, deputy_head: Staff) -> None:
    asked(desk, author)
    write_letters(desk, None, NOON)
    assert ApprovalRequest.objects.get().reminded_at is None
    assert count_for(desk, deputy_head, now=NOON) == 1


def test_a_mail_channel_that_is_stopped_is_left_alone(
    desk: Office, author: Staff, deputy_head: Staff, mailbox: Mailbox
) -> None:
    ChannelState.objects.create(channel="email", paused_at=NOON, reason="credentials")
    asked(desk, author)
    write_letters(desk, mailbox.post, NOON)
    assert (mailbox.letters, ApprovalRequest.objects.get().reminded_at) == ([], None)


# When


def test_a_second_look_writes_nothing(
    desk: Office, author: Staff, deputy_head: Staff, mailbox: Mailbox
) -> None:
    asked(desk, author)
    write_letters(desk, mailbox.post, NOON)
    write_letters(desk, mailbox.post, NOON + HOUR)
    assert len(mailbox.letters) == 1


def test_who_does_not_answer_is_reminded_the_next_day(
    desk: Office, author: Staff, deputy_head: Staff, mailbox: Mailbox
) -> None:
    asked(desk, author)
    write_letters(desk, mailbox.post, NOON)
    write_letters(desk, mailbox.post, NOON + DAY)
    assert "напоминание" in mailbox.letters[1][1]
    request = ApprovalRequest.objects.get()
    assert (request.reminders, request.reminded_at) == (2, NOON + DAY)


def test_silence_of_two_days_brings_in_the_administrators(
    desk: Office, author: Staff, deputy_head: Staff, mailbox: Mailbox
) -> None:
    asked(desk, author)
    for days in range(3):
        write_letters(desk, mailbox.post, NOON + days * DAY)
    assert mailbox.told == [["head"], ["head"], ["boss", "head"]]
    assert "спросили и администраторов" in mailbox.letters[2][2]
    assert ApprovalRequest.objects.get().escalated_at == NOON + 2 * DAY


def test_administrators_are_told_of_silence_although_others_were_reminded_just_now(
    desk: Office, author: Staff, deputy_head: Staff, mailbox: Mailbox
) -> None:
    desk = replace(desk, approvals=Approvals(remind_every=24, escalate_after=25))
    asked(desk, author)
    for hours in (0, 24, 25, 26):
        write_letters(desk, mailbox.post, NOON + hours * HOUR)
    assert mailbox.told == [["head"], ["head"], ["boss"]]


def test_administrators_are_asked_when_the_only_deputy_head_goes_away(
    desk: Office, author: Staff, deputy_head: Staff, mailbox: Mailbox
) -> None:
    asked(desk, author)
    write_letters(desk, mailbox.post, NOON)
    away(desk, deputy_head)
    write_letters(desk, mailbox.post, NOON + HOUR)
    write_letters(desk, mailbox.post, NOON + 2 * HOUR)
    assert mailbox.told == [["head"], ["boss"]]


def test_nobody_is_written_to_at_night(
    desk: Office, author: Staff, deputy_head: Staff, mailbox: Mailbox
) -> None:
    desk = replace(desk, quiet=QuietHours(time(21), time(7), MOSCOW))
    asked(desk, author)
    night = NOON + 12 * HOUR
    write_letters(desk, mailbox.post, night)
    assert mailbox.letters == []
    write_letters(desk, mailbox.post, night + 8 * HOUR)
    assert len(mailbox.letters) == 1


def test_what_was_withdrawn_or_cancelled_is_nobodys_business(
    desk: Office, author: Staff, deputy_head: Staff, mailbox: Mailbox
) -> None:
    withdraw(author, asked(desk, author).announcement_id, now=NOON)
    cancelled = asked(desk, author).announcement_id
    Announcement.objects.filter(pk=cancelled).update(cancelled_at=NOON)
    released = asked(desk, author).announcement_id
    Announcement.objects.filter(pk=released).update(released_at=NOON)
    write_letters(desk, mailbox.post, NOON)
    assert mailbox.letters == []
    assert (count_for(desk, deputy_head, now=NOON), queue().count()) == (0, 0)


# Refused, and told once


def test_a_refused_letter_is_tried_again_some_minutes_later(
    desk: Office, author: Staff, deputy_head: Staff, mailbox: Mailbox
) -> None:
    asked(desk, author)
    mailbox.fault = OSError("refused")
    write_letters(desk, mailbox.post, NOON)
    request = ApprovalRequest.objects.get()
    assert (request.reminders, request.reminded_at, request.escalated_at) == (0, None, None)
    mailbox.fault = None
    write_letters(desk, mailbox.post, NOON + timedelta(minutes=1))
    assert mailbox.letters == []
    write_letters(desk, mailbox.post, NOON + timedelta(minutes=11))
    assert mailbox.told == [["head"]]


@pytest.mark.django_db(transaction=True)
def test_two_workers_write_one_letter(desk: Office, author: Staff, deputy_head: Staff) -> None:
    asked(desk, author)
    mailbox = Mailbox()

    def look() -> bool:
        write_letters(desk, mailbox.post, NOON)
        return True

    together(look, look)
    assert mailbox.told == [["head"]]


# The author


def test_an_author_is_told_of_consent_and_its_remark(
    desk: Office, author: Staff, deputy_head: Staff, mailbox: Mailbox
) -> None:
    request = asked(desk, author)
    approve(desk, deputy_head, request.pk, "Хорошо, но короче.", now=NOON)
    write_letters(desk, mailbox.post, NOON)
    write_letters(desk, mailbox.post, NOON + HOUR)
    ((to, subject, text),) = mailbox.letters
    assert to == [author.user.email]
    assert "согласовано: «Собрание»" in subject
    assert "Head согласует: «Собрание». Объявление передано на отправку." in text
    assert "Замечание: Хорошо, но короче." in text


def test_an_author_is_told_when_what_was_agreed_to_leaves(
    desk: Office, author: Staff, deputy_head: Staff, mailbox: Mailbox
) -> None:
    request = asked(desk, author, wanted_at=NOON + 3 * HOUR)
    approve(desk, deputy_head, request.pk, now=NOON)
    write_letters(desk, mailbox.post, NOON)
    assert "Объявление уйдёт 15:00." in mailbox.letters[0][2]


def test_an_author_is_told_what_to_mend(
    desk: Office, author: Staff, deputy_head: Staff, mailbox: Mailbox
) -> None:
    request = asked(desk, author)
    send_back(desk, deputy_head, request.pk, "Укажите кабинет.", now=NOON)
    write_letters(desk, mailbox.post, NOON)
    ((_, subject, text),) = mailbox.letters
    assert "вернули на доработку: «Собрание»" in subject
    assert "Что исправить: Укажите кабинет." in text
    assert f"/announcements/{request.announcement_id}/edit" in text


def test_a_reason_that_names_somebody_stays_on_the_page(
    desk: Office, author: Staff, deputy_head: Staff, mailbox: Mailbox
) -> None:
    request = asked(desk, author)
    send_back(desk, deputy_head, request.pk, "Уберите Романа Абрамова.", now=NOON)
    write_letters(desk, mailbox.post, NOON)
    text = mailbox.letters[0][2]
    assert ("Абрамов" in text, "они называют человека" in text) == (False, True)


def test_a_refused_answer_is_tried_again(
    desk: Office, author: Staff, deputy_head: Staff, mailbox: Mailbox
) -> None:
    approve(desk, deputy_head, asked(desk, author).pk, now=NOON)
    mailbox.fault = OSError("refused")
    write_letters(desk, mailbox.post, NOON)
    mailbox.fault = None
    write_letters(desk, mailbox.post, NOON + HOUR)
    assert mailbox.told == [["author"]]


def test_old_decisions_are_no_news(
    desk: Office, author: Staff, deputy_head: Staff, mailbox: Mailbox
) -> None:
    approve(desk, deputy_head, asked(desk, author).pk, now=NOON)
    write_letters(desk, mailbox.post, NOON + 2 * DAY)
    assert mailbox.letters == []


def test_the_calendar_is_told_nothing(desk: Office, deputy_head: Staff, mailbox: Mailbox) -> None:
    send_back(desk, deputy_head, asked_by_calendar().pk, "Нет снега.", now=NOON)
    write_letters(desk, mailbox.post, NOON)
    assert mailbox.letters == []
