"""Following a sending and its report: what is shown, to whom, and who may do what."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from broadcaster.domain.reasons import AddressState, Hold, Skip
from broadcaster.domain.states import State
from broadcaster.store.models import (
    Acknowledgement,
    Address,
    Announcement,
    AnnouncementFile,
    Receipt,
)
from broadcaster.store.queries.heartbeats import SWEEP, beat
from tests import school
from tests.auditing import audited
from tests.web.desk import Write
from tests.web.report_pages import NOW, act, copy, failed, page
from tests.web.staff import administrator, auditor, teacher

pytestmark = [pytest.mark.database, pytest.mark.django_db]


# Who may see and do what.

PAGES = ["", "progress", "people", "copies", "act", "people.csv", "copies.csv", "report.xlsx"]
CONTROLS = ["pause", "resume", "cancel", "resend", "decide", "told/1"]


@pytest.mark.parametrize("place", PAGES)
@pytest.mark.parametrize("who", [teacher, auditor, administrator])
def test_whoever_may_see_reports_sees_it(news: UUID, place: str, who: Any) -> None:
    copy(news)
    with closing(who().get(f"/announcements/{news}/{place}")) as answer:
        assert answer.status_code in {200, 286}


@pytest.mark.parametrize("place", [*PAGES, "copies/1"])
def test_another_teacher_sees_nothing(news: UUID, place: str) -> None:
    assert teacher("2Б").get(f"/announcements/{news}/{place}").status_code == 404


@pytest.mark.parametrize("place", [*PAGES, "copies/1"])
def test_a_stranger_is_asked_to_sign_in(news: UUID, place: str) -> None:
    answer = Client().get(f"/announcements/{news}/{place}")
    assert (answer.status_code, answer["Location"][:14]) == (302, "/account/login")


@pytest.mark.parametrize("place", CONTROLS)
def test_an_auditor_changes_nothing(news: UUID, place: str) -> None:
    copy(news, State.QUEUED)
    assert auditor().post(f"/announcements/{news}/{place}").status_code == 403
    assert school.states(news) == [State.QUEUED]


@pytest.mark.parametrize("place", CONTROLS)
def test_another_teacher_changes_nothing(news: UUID, place: str) -> None:
    copy(news, State.QUEUED)
    assert teacher("2Б").post(f"/announcements/{news}/{place}").status_code == 404
    assert school.states(news) == [State.QUEUED]


@pytest.mark.parametrize("place", [one for one in CONTROLS if one != "cancel"])
def test_nothing_is_changed_by_looking(teacher_: Client, news: UUID, place: str) -> None:
    assert teacher_.get(f"/announcements/{news}/{place}").status_code == 405


@pytest.mark.parametrize("place", CONTROLS)
def test_nothing_is_changed_from_another_site(news: UUID, place: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = teacher("1А").cookies
    assert strict.post(f"/announcements/{news}/{place}").status_code == 403


def test_an_auditor_is_shown_no_buttons(news: UUID) -> None:
    copy(news, State.QUEUED)
    copy(news, State.FAILED, "telegram")
    copy(news, State.UNCONFIRMED)
    shown = page(auditor(), news)
    assert "/pause" not in shown
    assert "/resend" not in shown
    assert "/decide" not in shown
    assert "/told/" not in shown


# The page.


def test_a_draft_is_shown_where_it_is_written(teacher_: Client) -> None:
    news = school.announcement("1А")
    answer = teacher_.get(f"/announcements/{news}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/announcements/{news}/edit")


def test_what_is_scheduled_tells_when_it_leaves(teacher_: Client) -> None:
    news = school.announcement("1А", release_at=NOW)
    assert "Уйдёт само: 20\N{NO-BREAK SPACE}ноября 2026, 12:00." in page(teacher_, news)


@pytest.mark.parametrize("place", ["people", "copies", "act", "people.csv", "report.xlsx"])
def test_what_has_not_left_has_no_report(teacher_: Client, place: str) -> None:
    news = school.announcement("1А", release_at=NOW)
    assert teacher_.get(f"/announcements/{news}/{place}").status_code == 404


def test_the_page_counts_families_and_people(teacher_: Client, news: UUID) -> None:
    copy(news)
    copy(news, State.FAILED, "telegram", reason="blocked")
    shown = page(teacher_, news)
    assert "<strong>1</strong> из 2" in shown
    assert "родитель заблокировал бота" in shown


def test_names_are_never_markup(teacher_: Client, news: UUID) -> None:
    copy(news, State.FAILED, name="<script>alert(1)</script>")
    for place in ("", "people?who=everybody", "copies", "act"):
        assert "<script>alert" not in page(teacher_, news, place)


def test_the_page_needs_the_same_number_of_queries_however_long_it_is(
    teacher_: Client, news: UUID
) -> None:
    def queries(place: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            page(teacher_, news, place)
        return len(seen)

    places = ("", "people?who=everybody", "copies", "act")
    states = (State.SENT, State.FAILED, State.QUEUED, State.UNCONFIRMED)
    for state in states:
        copy(news, state)
    few = [queries(place) for place in places]
    for state in states * 3:
        copy(news, state)
    assert [queries(place) for place in places] == few
    assert max(few) <= 25


# Progress.


def test_progress_asks_again_while_something_waits(teacher_: Client, news: UUID) -> None:
    copy(news, State.QUEUED)
    beat(SWEEP, now=timezone.now())
    answer = teacher_.get(f"/announcements/{news}/progress")
    assert answer.status_code == 200
    assert 'hx-trigger="every 2s"' in answer.content.decode()


def test_figures_that_do_not_move_along_have_their_time_and_a_way_to_new_ones(
    teacher_: Client, news: UUID
) -> None:
    copy(news, State.QUEUED)
    beat(SWEEP, now=timezone.now())
    shown = page(teacher_, news)
    assert "Числа ниже посчитаны" in shown
    assert "Обновить отчёт" in shown


def test_figures_of_what_is_over_have_no_time(teacher_: Client, news: UUID) -> None:
    copy(news)
    assert "Числа ниже посчитаны" not in page(teacher_, news)


def test_progress_asks_seldom_while_everything_rests(teacher_: Client, news: UUID) -> None:
    copy(news, State.HELD, reason=Hold.QUIET_HOURS)
    beat(SWEEP, now=timezone.now())
    assert 'hx-trigger="every 15s"' in page(teacher_, news, "progress")


def test_progress_stops_by_itself_at_the_end(teacher_: Client, news: UUID) -> None:
    copy(news)
    answer = teacher_.get(f"/announcements/{news}/progress")
    assert answer.status_code == 286
    assert "hx-trigger" not in answer.content.decode()


def test_a_finished_page_asks_nothing(teacher_: Client, news: UUID) -> None:
    copy(news)
    assert "hx-trigger" not in page(teacher_, news)


def test_progress_is_said_aloud_only_when_it_moves_on(teacher_: Client, news: UUID) -> None:
    copy(news, State.QUEUED)
    assert "hx-swap-oob" in page(teacher_, news, "progress?said=5")
    assert "hx-swap-oob" not in page(teacher_, news, "progress?said=0")


def test_progress_can_be_reached_only_fresh(teacher_: Client, news: UUID) -> None:
    assert "no-store" in teacher_.get(f"/announcements/{news}/progress")["Cache-Control"]


def test_it_is_told_when_the_worker_sleeps(teacher_: Client, news: UUID) -> None:
    copy(news, State.QUEUED)
    assert "программа-отправитель не работает" in page(teacher_, news)
    beat(SWEEP, now=timezone.now())
    assert "программа-отправитель не работает" not in page(teacher_, news)


def test_it_is_told_that_quiet_hours_hold(teacher_: Client, news: UUID) -> None:
    due = timezone.now() + timedelta(hours=1)
    copy(news, State.HELD, reason=Hold.QUIET_HOURS, due_at=due)
    assert "тихие часы; уйдёт" in page(teacher_, news)


# Lists.


def test_people_are_searched_and_sorted(teacher_: Client, news: UUID) -> None:
    copy(news, State.FAILED, name="Алёна")
    copy(news, State.FAILED, name="Борис")
    shown = page(teacher_, news, "people?who=everybody&q=алена")
    assert "Алёна" in shown
    assert "Борис" not in shown
    shown = page(teacher_, news, "people?who=everybody&order=-name")
    assert shown.index("Борис") < shown.index("Алёна")


@pytest.mark.parametrize(
    "query",
    ["who=nobody", "order=%00", "q=%00", "page=x", "page=-1", "page=999999", "q=" + "a" * 5000],
)
@pytest.mark.parametrize("place", ["people", "copies"])
def test_a_broken_question_is_answered_all_the_same(
    teacher_: Client, news: UUID, place: str, query: str
) -> None:
    copy(news)
    page(teacher_, news, f"{place}?{query}")


def test_people_come_page_by_page(teacher_: Client, news: UUID) -> None:
    for number in range(30):
        copy(news, State.FAILED, name=f"Родитель {number:02}")
    first = page(teacher_, news, "people?who=to_call")
    second = page(teacher_, news, "people?who=to_call&page=2")
    assert "Родитель 24" in first
    assert "Родитель 25" not in first
    assert "Родитель 25" in second
    assert "who=to_call" in second


def test_copies_are_filtered(teacher_: Client, news: UUID) -> None:
    copy(news, name="Анна")
    copy(news, State.FAILED, "telegram", name="Борис")
    shown = page(teacher_, news, "copies?state=failed&channel=telegram")
    assert "Борис" in shown
    assert "Анна" not in shown


def test_a_copy_tells_every_try_and_what_the_platform_calls_it(
    teacher_: Client, news: UUID
) -> None:
    row = copy(news, parts=[[0, {"message_id": 77}]])
    for attempt, outcome in ((1, "deferred"), (2, "accepted")):
        Receipt.objects.create(
            delivery=row, attempt=attempt, at=NOW, outcome=outcome, detail="Retry <later>"
        )
    shown = page(teacher_, news, f"copies/{row.pk}")
    assert "message_id 77" in shown
    assert "Retry &lt;later&gt;" in shown


@pytest.mark.parametrize("number", ["1", "9" * 19, "9" * 40])
def test_a_copy_that_is_not_there_is_not_found(teacher_: Client, news: UUID, number: str) -> None:
    assert teacher_.get(f"/announcements/{news}/copies/{number}").status_code == 404


# Files and the act.


def test_files_are_downloaded_and_that_is_written_down(teacher_: Client, news: UUID) -> None:
    copy(news, name="=Анна")
    answer = teacher_.get(f"/announcements/{news}/people.csv")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.startswith("\ufeffРодитель;")
    assert "'=Анна" in text
    assert answer["Content-Disposition"].endswith('-people.csv"')
    book = teacher_.get(f"/announcements/{news}/report.xlsx")
    assert b"".join(book.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    assert audited() == ["report_exported", "report_exported"]


def test_files_are_dated_by_the_schools_day(
    teacher_: Client, news: UUID, own_settings: Write
) -> None:
    own_settings("school: {time_zone: Asia/Kamchatka}\n")
    evening = datetime(2026, 11, 20, 13, tzinfo=UTC)  # on the 21st in Kamchatka
    Announcement.objects.filter(pk=news).update(released_at=evening)
    answer = teacher_.get(f"/announcements/{news}/people.csv")
    assert f'"2026-11-21-{news.hex[:8]}-people.csv"' in answer["Content-Disposition"]


def test_the_act_names_the_attachments(teacher_: Client, news: UUID) -> None:
    copy(news)
    assert "Приложения:" not in page(teacher_, news, "act")
    for position, name in enumerate(["памятка.pdf", "схема.png"]):
        AnnouncementFile.objects.create(
            announcement_id=news, position=position, name=name, media_type="x/y", size=1, digest="0"
        )
    assert "Приложения: памятка.pdf, схема.png<" in page(teacher_, news, "act")


def test_a_release_is_not_told_as_a_sending(teacher_: Client, news: UUID) -> None:
    copy(news, State.HELD, reason=Hold.QUIET_HOURS)
    assert "передано на отправку" in page(teacher_, news)
    assert "передано на отправку родителям" in page(teacher_, news, "act")


def test_the_act_tells_how_each_family_was_informed_and_who_was_not(
    teacher_: Client, news: UUID
) -> None:
    boris = failed(news, "Борис")
    copy(news, name="Анна", channel="telegram")
    closed = copy(news, State.SKIPPED, name="Вера", reason=Skip.ADDRESS_CLOSED)
    Address.objects.filter(pk=closed.address_id).update(
        state=AddressState.CLOSED, state_reason="not_found", state_since=NOW
    )
    act(teacher_, news, f"told/{boris.pk}", told="yes")
    shown = page(teacher_, news, "act")
    assert "Telegram, 20.11.2026, 12:00" in shown
    assert "лично, " in shown
    assert "адрес не существует 20\N{NO-BREAK SPACE}ноября" in shown
    assert "Завтра идём в музей." in shown
    assert "расшифровка подписи" in shown


@pytest.fixture
def asked(news: UUID) -> UUID:
    """An important one, of two families; one has acknowledged."""
    anna = copy(news, name="Анна", channel="telegram").guardian
    copy(news, name="Борис", channel="telegram")
    Acknowledgement.objects.create(announcement_id=news, guardian=anna, channel="telegram", at=NOW)
    return news


def test_the_report_counts_who_has_acknowledged(teacher_: Client, asked: UUID) -> None:
    shown = page(teacher_, asked)
    assert "Ознакомились" in shown
    assert "<strong>1</strong> из 2" in shown


def test_the_report_of_what_is_routine_asks_nobody(teacher_: Client) -> None:
    news = school.announcement("1А", released_at=NOW)
    copy(news)
    assert "Ознакомились" not in page(teacher_, news)


def test_those_who_have_not_acknowledged_are_listed(teacher_: Client, asked: UUID) -> None:
    shown = page(teacher_, asked, "people?who=unacknowledged")
    assert "Борис" in shown
    assert "Анна" not in shown


def test_the_list_tells_when_somebody_acknowledged(teacher_: Client, asked: UUID) -> None:
    shown = page(teacher_, asked, "people?who=acknowledged")
    assert "ознакомились</span> 20.11.2026, 12:00" in shown


def test_the_act_tells_who_has_acknowledged_and_when(teacher_: Client, asked: UUID) -> None:
    shown = page(teacher_, asked, "act")
    assert "ознакомлен(а), 20.11.2026, 12:00" in shown
    assert "Отметил(а) «Ознакомлен(а)» хотя бы один родитель" in shown
    assert "1 из 2" in shown


def test_an_act_is_narrowed_to_a_group(teacher_: Client) -> None:
    news = school.announcement("1А", "2Б", released_at=NOW)
    for name, of in (("Анна", "1А"), ("Борис", "2Б")):
        school.copy(
            school.address(school.guardian(name, [of]), "site"), news, state=State.SENT, sent_at=NOW
        )
    boss = administrator()
    shown = page(boss, news, f"act?group={school.group('2Б').pk}")
    assert "Борис" in shown
    assert "Анна" not in shown
    not_asked = school.group("3В").pk
    for wrong in (not_asked, not_asked + 1):
        assert boss.get(f"/announcements/{news}/act?group={wrong}").status_code == 404
    assert boss.get(f"/announcements/{news}/act?group={'9' * 30}").status_code == 404


def test_what_spoke_to_each_family_is_not_filled_in_the_act(teacher_: Client) -> None:
    news = school.announcement("1А", body="Здравствуйте, {{ имя }}!", released_at=NOW)
    assert "Здравствуйте, (имя родителя)!" in page(teacher_, news, "act")
