"""Writing an announcement on the screen."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from broadcaster.domain.permissions import Role
from broadcaster.services.drafts import sheet_for
from broadcaster.store.models import Announcement, Staff
from tests import school
from tests.web.sheet import HTMX, at, fields, text, version_in
from tests.web.staff import browser, member

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.usefixtures("never_night")]


def test_looking_at_the_beginning_makes_nothing(page: Client) -> None:
    page.get("/announcements/new")
    assert not Announcement.objects.exists()


def test_a_new_announcement_leads_to_its_sheet(page: Client) -> None:
    response = page.post("/announcements/new")
    assert response["Location"] == at(Announcement.objects.get().pk)


def test_a_button_saves_without_a_script(page: Client, author: Staff, draft: UUID) -> None:
    response = page.post(at(draft), fields("1А"), follow=True)
    assert "Сохранено." in text(response)
    assert sheet_for(author, draft).written.title == "Собрание"


def test_what_was_saved_is_on_the_sheet_again(page: Client, draft: UUID) -> None:
    page.post(at(draft), fields("1А", body="Первая строка\n\n<b>&amp;"))
    said = text(page.get(at(draft)))
    assert "Первая строка\n\n&lt;b&gt;&amp;amp;</textarea>" in said
    assert re.search(r'name="groups" value="\d+" checked', said)


def test_a_page_that_saves_by_itself_gets_the_new_version(page: Client, draft: UUID) -> None:
    response = page.post(at(draft), fields(), **HTMX)
    assert (version_in(response), response["HX-Trigger"]) == (1, "saved")
    assert "Сохранено в " in text(response)


def test_an_empty_sheet_is_saved(page: Client, draft: UUID) -> None:
    page.post(at(draft), fields())
    response = page.post(at(draft), fields(title="", body="", version=1), **HTMX)
    assert "Напишите заголовок." in text(response)
    assert version_in(response) == 2


def test_a_stale_version_shows_both_texts_and_overwrites_nothing(
    page: Client, author: Staff, draft: UUID
) -> None:
    page.post(at(draft), fields(body="Из другого окна"))
    response = page.post(at(draft), fields(body="Из этого окна"))
    assert response.status_code == 409
    assert {"Из другого окна", "Из этого окна"} <= set(re.findall(r"Из \w+ окна", text(response)))
    assert sheet_for(author, draft).written.body == "Из другого окна"


def test_a_page_that_saves_by_itself_is_told_of_a_conflict(page: Client, draft: UUID) -> None:
    page.post(at(draft), fields(body="Из другого окна"))
    response = page.post(at(draft), fields(body="Из этого окна"), **HTMX)
    assert response.status_code == 200
    assert "innerHTML:#conflict" in text(response)
    assert "HX-Trigger" not in response


def test_a_person_may_overwrite_what_she_was_shown(
    page: Client, author: Staff, draft: UUID
) -> None:
    page.post(at(draft), fields(body="Из другого окна"))
    page.post(at(draft), fields(body="Из этого окна", over=1))
    assert sheet_for(author, draft).written.body == "Из этого окна"


def test_a_second_conflict_is_one_again(page: Client, author: Staff, draft: UUID) -> None:
    page.post(at(draft), fields(body="Первое"))
    page.post(at(draft), fields(body="Второе", version=1))
    response = page.post(at(draft), fields(body="Третье", over=1))
    assert (response.status_code, sheet_for(author, draft).written.body) == (409, "Второе")


@pytest.mark.parametrize(
    ("also", "words"),
    [
        ({"title": "а" * 201}, "Сократите заголовок до 200 знаков."),
        ({"channels": []}, "Оставьте хотя бы один канал."),
        ({"when": "later"}, "Укажите дату и время отправки."),
        ({"when": "later", "wanted_at": "завтра"}, "Это не дата и время."),
        ({"expires_at": "0001-01-01T00:00"}, "Проверьте год."),
        ({"groups": [1] * 1 + [10**9]}, "Этим получателям вы писать не можете."),
        ({"people": list(range(1, 300))}, "По одному можно выбрать не больше 200."),
    ],
)
def test_a_refused_sheet_comes_back_filled(
    page: Client, draft: UUID, also: dict[str, Any], words: str
) -> None:
    response = page.post(at(draft), fields(body="Долгий труд") | also)
    assert response.status_code == 422
    assert words in text(response)
    assert "Долгий труд" in text(response)


def test_a_refusal_is_told_to_a_page_that_saves_by_itself(page: Client, draft: UUID) -> None:
    response = page.post(at(draft), fields(channels=[]), **HTMX)
    assert "Не сохранено: Оставьте хотя бы один канал." in text(response)


@pytest.mark.parametrize(
    "also",
    [
        {"version": ""},
        {"version": "-1"},
        {"version": "9" * 40},
        {"importance": "deadly"},
        {"groups": ["1 OR 1=1"]},
        {"people": ["٣"]},
        {"groups": ["9" * 40]},
        {"channels": ["pigeon"]},
        {"when": ""},
        {"body": "\0"},
        {"wanted_at": "9999-12-31T23:59", "when": "later"},
    ],
)
def test_what_no_page_sends_is_refused(
    page: Client, author: Staff, draft: UUID, also: dict[str, Any]
) -> None:
    assert page.post(at(draft), fields() | also).status_code == 422
    assert sheet_for(author, draft).version == 0


def test_times_are_those_of_the_schools_clock(page: Client, author: Staff, draft: UUID) -> None:
    page.post(at(draft), fields(when="later", wanted_at="2026-12-01T18:30"))
    assert sheet_for(author, draft).written.wanted_at == datetime(2026, 12, 1, 15, 30, tzinfo=UTC)
    assert 'value="2026-12-01T18:30"' in text(page.get(at(draft)))


def test_now_forgets_the_time(page: Client, author: Staff, draft: UUID) -> None:
    page.post(at(draft), fields(when="now", wanted_at="2026-12-01T18:30"))
    assert sheet_for(author, draft).written.wanted_at is None


def test_another_teachers_draft_is_not_there(draft: UUID) -> None:
    stranger = browser(member(Role.TEACHER, "1А"))
    for what in ("edit", "confirm", "drop", "audience-count", "unreachable", "recipients"):
        assert stranger.get(at(draft, what)).status_code == 404
    for what in ("edit", "confirm", "drop", "repeat", "back-to-draft"):
        assert stranger.post(at(draft, what), fields()).status_code == 404
    assert Announcement.objects.filter(pk=draft).exists()


def test_an_auditor_may_not_write(draft: UUID) -> None:
    reader = browser(member(Role.AUDITOR))
    assert reader.post("/announcements/new").status_code == 403
    assert reader.get(at(draft)).status_code == 403
    assert reader.post(at(draft, "confirm")).status_code == 403


def test_a_draft_that_is_not_there_is_not_found(page: Client) -> None:
    assert page.get(at(uuid4())).status_code == 404


def test_only_ones_own_groups_are_offered(page: Client, draft: UUID) -> None:
    school.group("2Б")
    said = text(page.get(at(draft)))
    assert ("1А" in said, "2Б" in said) == (True, False)


def test_people_are_found_by_their_childrens_names_in_any_case(page: Client, draft: UUID) -> None:
    person = school.guardian("Анна Сергеева")
    person.pupils.set([school.pupil("Камила", "1А")])
    assert "Анна Сергеева" in text(page.get(at(draft, "recipients"), {"find": "камИ"}))


def test_people_of_other_groups_are_not_found(page: Client, draft: UUID) -> None:
    school.guardian("Анна Сергеева", groups=["2Б"])
    assert "Анна Сергеева" not in text(page.get(at(draft, "recipients"), {"find": "Анна"}))


def test_what_looks_like_a_pattern_is_letters(page: Client, draft: UUID) -> None:
    school.guardian("Анна Сергеева")
    assert "Анна Сергеева" not in text(page.get(at(draft, "recipients"), {"find": ".*(("}))


def test_people_are_found_without_a_script(page: Client, draft: UUID) -> None:
    school.guardian("Анна Сергеева")
    response = page.post(at(draft), fields(then="find", find="Серг"), follow=True)
    assert "Анна Сергеева" in text(response)


def test_a_person_of_another_group_cannot_be_smuggled_in(page: Client, draft: UUID) -> None:
    person = school.guardian("Анна Сергеева", groups=["2Б"])
    response = page.post(at(draft), fields(people=[person.pk]))
    assert response.status_code == 422
    assert "Анна Сергеева" not in text(response)


def test_people_and_copies_are_counted(page: Client, ready: UUID) -> None:
    school.guardian()
    said = " ".join(text(page.get(at(ready, "audience-count"), **HTMX)).split())
    assert "1 родитель, 1 отправка" in said
    assert "1 родитель недоступен" in said


def test_those_left_out_are_shown_with_the_reason(page: Client, ready: UUID) -> None:
    school.guardian("Анна Сергеева")
    said = text(page.get(at(ready, "unreachable"), **HTMX))
    assert "Анна Сергеева" in said
    assert "нет ни одного адреса" in said


def test_a_text_with_a_mistake_is_not_counted(page: Client, draft: UUID) -> None:
    page.post(at(draft), fields("1А", body="{{ пароль }}"))
    assert "в тексте не будет ошибок" in text(page.get(at(draft, "audience-count")))
    assert page.get(at(draft, "unreachable")).status_code == 302


def test_a_draft_is_deleted_after_a_question(page: Client, draft: UUID) -> None:
    assert "Удалить черновик?" in text(page.get(at(draft, "drop")))
    assert Announcement.objects.exists()
    page.post(at(draft, "drop"))
    assert not Announcement.objects.exists()


def test_what_was_sent_is_not_deleted(page: Client, ready: UUID) -> None:
    page.post(at(ready, "confirm"), {"version": 1, "act": "send"})
    page.post(at(ready, "drop"))
    assert Announcement.objects.exists()


def test_looking_at_the_question_deletes_nothing_sent(page: Client, ready: UUID) -> None:
    page.post(at(ready, "confirm"), {"version": 1, "act": "send"})
    assert page.get(at(ready, "drop")).status_code == 302
    assert Announcement.objects.exists()


def test_an_announcement_is_repeated_into_a_new_draft(page: Client, ready: UUID) -> None:
    response = page.post(at(ready, "repeat"))
    made = Announcement.objects.exclude(pk=ready).get()
    assert response["Location"] == at(made.pk)


def test_the_sheet_asks_a_fixed_number_of_questions(
    page: Client,
    author: Staff,
    draft: UUID,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    def fill(number: int) -> None:
        people = [school.guardian() for _ in range(number)]
        for one in range(number):
            author.groups.add(school.group(f"{one}В"))
        Announcement.objects.get().people.add(*people)

    fill(2)
    page.get(at(draft))
    with CaptureQueriesContext(connection) as few:
        page.get(at(draft))
    questions = len(few)
    fill(20)
    with django_assert_num_queries(questions):
        page.get(at(draft))
