"""Announcements that repeat themselves, on the screen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from broadcaster.bootstrap import office
from broadcaster.domain.permissions import Approval, Role
from broadcaster.services.calendar.planning import tick
from broadcaster.services.calendar.series_keeping import start_series
from broadcaster.services.drafts import sheet_for
from broadcaster.services.drafts_leaving import take_back
from broadcaster.store.models import Announcement, Occasion, Series, Staff
from tests import school
from tests.web.sheet import HTMX, at, fields, text
from tests.web.staff import browser, member

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.usefixtures("never_night")]

NOW = datetime.now(UTC)
UNTIL = NOW.date() + timedelta(days=60)
DAILY = {
    "when": "repeat",
    "repeat_how": "day",
    "repeat_at": "16:00",
    "repeat_shift": "stay",
    "repeat_end": "until",
    "repeat_until": UNTIL.isoformat(),
}
NEXT = (NOW + timedelta(days=3)).date()
"""A date to come, wherever in the day we are."""


@pytest.fixture
def wish(page: Client, ready: UUID) -> UUID:
    """A draft in version 2 that is to be repeated every day."""
    page.post(at(ready), fields("1А", version=1) | DAILY)
    return ready


@pytest.fixture
def mould(author: Staff, wish: UUID) -> UUID:
    """It goes on."""
    start_series(office(), author, wish, version=2, now=NOW)
    return wish


def dated(mould: UUID, what: str) -> str:
    return at(mould, f"series/{NEXT.isoformat()}/{what}")


def draft_of_one_date(page: Client, mould: UUID) -> UUID:
    page.post(dated(mould, "change"))
    made = Occasion.objects.get(day=NEXT).announcement_id
    assert made is not None
    return made


# Choosing


def test_how_it_repeats_is_saved_and_shown_again(page: Client, author: Staff, wish: UUID) -> None:
    repeats = sheet_for(author, wish).written.repeats
    assert repeats is not None
    assert repeats.rule == f"FREQ=DAILY;UNTIL={UNTIL:%Y%m%d}"
    said = text(page.get(at(wish)))
    assert 'value="repeat" checked' in said
    assert f'value="{UNTIL.isoformat()}"' in said


@pytest.mark.parametrize(
    ("also", "rule"),
    [
        ({"repeat_how": "week", "repeat_days": ["FR", "MO"]}, "FREQ=WEEKLY;BYDAY=MO,FR"),
        ({"repeat_how": "month", "repeat_month_day": "-1"}, "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ({"repeat_how": "working"}, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ({"repeat_how": "day"}, "FREQ=DAILY"),
    ],
)
def test_each_shape_is_a_rule_and_comes_back_as_it_was(
    page: Client, author: Staff, ready: UUID, also: dict[str, Any], rule: str
) -> None:
    said = fields("1А", version=1) | DAILY | also | {"repeat_end": "open"}
    page.post(at(ready), said)
    repeats = sheet_for(author, ready).written.repeats
    assert repeats is not None
    assert repeats.rule == rule
    assert f'<option value="{also["repeat_how"]}" selected>' in text(page.get(at(ready)))


@pytest.mark.parametrize(
    ("also", "words"),
    [
        ({"repeat_how": "week", "repeat_days": []}, "Выберите хотя бы один день недели."),
        ({"repeat_how": "month", "repeat_month_day": ""}, "Выберите число месяца."),
        ({"repeat_how": "other", "repeat_rule": ""}, "Выберите, как повторять."),
        ({"repeat_how": "never"}, "Выберите, как повторять."),
        ({"repeat_at": ""}, "Укажите, во сколько отправлять."),
        ({"repeat_at": "полдень"}, "время вида 16:00"),
        ({"repeat_until": ""}, "Укажите последний день."),
        ({"repeat_until": "вчера"}, "это не дата"),
        ({"repeat_until": "0001-01-01"}, "Проверьте год."),
        ({"repeat_how": "other", "repeat_rule": "\0"}, "Не сохранено."),
    ],
)
def test_what_is_missing_is_asked_for_and_nothing_is_lost(
    page: Client, ready: UUID, also: dict[str, Any], words: str
) -> None:
    said = fields("1А", version=1, body="Долгий труд") | DAILY | also
    response = page.post(at(ready), said)
    assert response.status_code == 422
    assert words in text(response)
    assert "Долгий труд" in text(response)


def test_another_choice_forgets_the_repetition(page: Client, author: Staff, wish: UUID) -> None:
    page.post(at(wish), fields("1А", version=2))
    assert sheet_for(author, wish).written.repeats is None
    assert not Series.objects.exists()


def test_the_choice_is_put_into_words_as_one_goes(page: Client, ready: UUID) -> None:
    weekly = DAILY | {"repeat_how": "week", "repeat_days": "FR"}
    said = text(page.get(at(ready, "repeat-words"), weekly, **HTMX))
    assert "Каждую пятницу в 16:00, по" in said
    assert "ближайшие: " in said


@pytest.mark.parametrize(
    "also",
    [
        {"repeat_at": ""},
        {"repeat_how": "other", "repeat_rule": "FREQ=SECONDLY"},
        {"repeat_until": "2020-01-01"},
        {"repeat_how": "other", "repeat_rule": "ж" * 900},
    ],
)
def test_a_choice_without_dates_is_explained(
    page: Client, ready: UUID, also: dict[str, Any]
) -> None:
    response = page.get(at(ready, "repeat-words"), DAILY | also, **HTMX)
    assert (response.status_code, "ближайшие" in text(response)) == (200, False)


# Beginning


def test_the_last_look_tells_how_often_and_when_next(page: Client, wish: UUID) -> None:
    said = " ".join(text(page.get(at(wish, "confirm"))).split())
    assert "Будет уходить каждый день в 16:00" in said
    assert "ближайшие: " in said
    assert "Начать повторять" in said


def test_it_begins_with_a_press(page: Client, author: Staff, wish: UUID) -> None:
    response = page.post(at(wish, "confirm"), {"version": 2, "act": "repeat"})
    assert response["Location"] == at(wish, "series")
    assert sheet_for(author, wish).going_on


def test_what_is_to_be_repeated_is_not_sent_by_another_button(page: Client, wish: UUID) -> None:
    response = page.post(at(wish, "confirm"), {"version": 2, "act": "send"})
    assert response.status_code == 409
    assert Announcement.objects.get().released_at is None


def test_a_second_press_shows_what_goes_on(page: Client, mould: UUID) -> None:
    response = page.post(at(mould, "confirm"), {"version": 2, "act": "repeat"})
    assert response["Location"] == at(mould, "series")


def test_an_author_who_needs_consent_is_told_when_it_is_asked(author: Staff, wish: UUID) -> None:
    Staff.objects.filter(pk=author.pk).update(approval=Approval.ALWAYS)
    said = text(browser(author).get(at(wish, "confirm")))
    assert "за два дня до каждой даты" in said
    assert "Начать повторять" in said


# While it goes on


def test_the_page_has_the_next_dates(page: Client, mould: UUID) -> None:
    said = " ".join(text(page.get(at(mould, "series"))).split())
    assert "Каждый день в 16:00" in said
    assert "Пропустить этот раз" in said


def test_a_date_that_has_left_leads_to_its_report(page: Client, mould: UUID) -> None:
    later = NOW + timedelta(days=1)
    tick(office(), NOW - timedelta(days=2), at_once=True)
    row = Occasion.objects.create(
        item=f"series-{Series.objects.get().pk}",
        day=(NOW - timedelta(days=1)).date(),
        title="Собрание",
        send_at=NOW - timedelta(days=1),
        decide_by=NOW - timedelta(days=1),
        made_at=later,
        announcement_id=school.announcement("1А", released_at=NOW),
    )
    assert f"/announcements/{row.announcement_id}/" in text(page.get(at(mould, "series")))


def test_a_date_is_left_out_and_given_back(page: Client, mould: UUID) -> None:
    page.post(dated(mould, "skip"))
    assert Occasion.objects.get().skipped == "by_hand"
    assert "снято человеком" in text(page.get(at(mould, "series")))
    page.post(dated(mould, "back"))
    assert not Occasion.objects.exists()


def test_one_date_is_changed_by_itself(page: Client, author: Staff, mould: UUID) -> None:
    response = page.post(dated(mould, "change"))
    made = Occasion.objects.get().announcement_id
    assert made is not None
    assert response["Location"] == at(made)
    page.post(at(made), fields("1А", version=1, body="Только в этот раз"))
    assert sheet_for(author, mould).written.body == "Приходите!"
    assert sheet_for(author, made).written.wanted_at == Occasion.objects.get().send_at


def test_the_draft_of_one_date_leaves_at_its_time_when_it_is_scheduled(
    page: Client, author: Staff, mould: UUID
) -> None:
    page.post(dated(mould, "change"))
    made = Occasion.objects.get()
    page.post(at(made.announcement_id, "confirm"), {"version": 1, "act": "send"})
    tick(office(), made.send_at, at_once=True)
    made.announcement.refresh_from_db()
    assert made.announcement.released_at == made.send_at


def test_the_draft_of_one_date_says_that_it_does_not_leave_by_itself(
    page: Client, mould: UUID
) -> None:
    page.post(dated(mould, "change"))
    said = text(page.get(at(Occasion.objects.get().announcement_id)))
    assert "Это черновик на один раз" in said
    assert 'value="repeat"' not in said


def test_a_date_of_which_there_is_a_draft_already_is_taken_back(
    page: Client, author: Staff, mould: UUID
) -> None:
    page.post(dated(mould, "change"))
    first = Occasion.objects.get().announcement_id
    page.post(at(first, "confirm"), {"version": 1, "act": "send"})
    page.post(dated(mould, "change"))
    row = Announcement.objects.get(pk=first)
    assert (Occasion.objects.count(), row.release_at) == (1, None)


@pytest.mark.parametrize("what", ["skip", "change", "back"])
@pytest.mark.parametrize("day", ["2020-01-01", "2090-01-01"])
def test_what_is_no_date_to_come_is_refused(page: Client, mould: UUID, what: str, day: str) -> None:
    response = page.post(at(mould, f"series/{day}/{what}"))
    assert (response.status_code, Occasion.objects.count()) == (302, 0)


def test_nonsense_instead_of_a_day_is_not_found(page: Client, mould: UUID) -> None:
    assert page.post(at(mould, "series/завтра/skip")).status_code == 404


def test_what_goes_on_is_saved_by_a_button_only(page: Client, author: Staff, mould: UUID) -> None:
    said = fields("1А", version=3, body="Полсл") | DAILY
    response = page.post(at(mould), said, **HTMX)
    assert "Не сохранено" in text(response)
    assert "hx-post" not in text(page.get(at(mould))).split('id="draft"')[1].split(">")[0]
    page.post(at(mould), said | {"body": "Целое слово"})
    assert sheet_for(author, mould).written.body == "Целое слово"


def test_a_change_that_could_not_be_sent_comes_back_filled(page: Client, mould: UUID) -> None:
    said = fields("1А", version=3, title="", body="Долгий труд") | DAILY
    response = page.post(at(mould), said)
    assert response.status_code == 422
    assert "Напишите заголовок." in text(response)
    assert "Долгий труд" in text(response)


def test_what_goes_on_is_not_made_to_leave_once(page: Client, author: Staff, mould: UUID) -> None:
    response = page.post(at(mould), fields("1А", version=3))
    assert response.status_code == 422
    assert "Сначала остановите повторение." in text(response)
    assert sheet_for(author, mould).going_on


def test_what_goes_on_is_not_deleted(page: Client, mould: UUID) -> None:
    assert page.get(at(mould, "drop"))["Location"] == at(mould, "series")
    page.post(at(mould, "drop"))
    assert Announcement.objects.exists()


def test_it_is_stopped_with_a_press(page: Client, author: Staff, mould: UUID) -> None:
    said = text(page.post(at(mould, "series/stop"), follow=True))
    assert "Повторение остановлено" in said
    assert not sheet_for(author, mould).going_on


def test_another_teacher_has_nothing_to_do_with_it(mould: UUID) -> None:
    stranger = browser(member(Role.TEACHER, "1А"))
    assert stranger.get(at(mould, "series")).status_code == 404
    assert stranger.get(at(mould, "repeat-words")).status_code == 404
    for what in ("skip", "back", "change"):
        assert stranger.post(dated(mould, what)).status_code == 404
    assert stranger.post(at(mould, "series/stop")).status_code == 404
    assert Series.objects.get().started_at is not None


# The list


def test_the_list_tells_what_repeats_and_when(page: Client, mould: UUID) -> None:
    said = " ".join(text(page.get("/announcements/")).split())
    assert "повторяется: каждый день в 16:00" in said
    assert at(mould, "series") in said


def test_what_goes_on_is_no_forgotten_draft(page: Client, mould: UUID) -> None:
    assert "Собрание" not in text(page.get("/announcements/", {"shelf": "drafts"}))
    assert "Собрание" in text(page.get("/announcements/", {"shelf": "repeating"}))


def test_what_was_cancelled_does_not_look_as_if_it_went_on(page: Client, mould: UUID) -> None:
    Announcement.objects.update(cancelled_at=NOW)
    said = text(page.get("/announcements/"))
    assert ("повторяется: " in said, "отменено" in said) == (False, True)


def test_what_is_only_to_be_repeated_is_a_draft(page: Client, wish: UUID) -> None:
    assert "Собрание" in text(page.get("/announcements/", {"shelf": "drafts"}))
    assert "Собрание" not in text(page.get("/announcements/", {"shelf": "repeating"}))


def test_a_copy_names_its_series(page: Client, mould: UUID) -> None:
    page.post(dated(mould, "change"))
    assert "из повторяющегося объявления" in text(page.get("/announcements/"))


# What is scheduled once


def test_a_scheduled_announcement_is_changed_in_one_step(
    page: Client, author: Staff, ready: UUID
) -> None:
    later = fields("1А", version=1, when="later", wanted_at="2090-01-01T10:00")
    page.post(at(ready), later)
    page.post(at(ready, "confirm"), {"version": 2, "act": "send"})
    assert "Изменить" in text(page.get(at(ready)))
    said = text(page.post(at(ready, "back-to-draft"), follow=True))
    assert "пока вы не назначите отправку заново" in said
    assert 'id="body"' in said


def test_taking_back_what_is_taken_back_changes_nothing(author: Staff, ready: UUID) -> None:
    take_back(author, ready, now=NOW)
    assert sheet_for(author, ready).version == 1


def test_deleting_the_draft_of_a_date_says_that_nothing_will_leave(
    page: Client, mould: UUID
) -> None:
    said = text(page.get(at(draft_of_one_date(page, mould), "drop")))
    assert "16:00 ничего не уйдёт. Эту дату можно будет вернуть." in said


def test_a_date_whose_draft_was_deleted_can_be_given_back_at_once(
    page: Client, mould: UUID
) -> None:
    answer = page.post(at(draft_of_one_date(page, mould), "drop"), follow=True)
    assert answer.redirect_chain[-1][0] == at(mould, "series")
    assert dated(mould, "back") in text(answer)
    page.post(dated(mould, "back"))
    assert not Occasion.objects.filter(day=NEXT).exists()
