"""The list of announcements: what stands on it for whom, searched and filtered."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from broadcaster.domain.permissions import Role
from broadcaster.store.models import Announcement, Delivery, Staff
from tests import school
from tests.web.sheet import at, text
from tests.web.staff import browser, member

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.usefixtures("never_night")]


def test_an_empty_list_leads_to_writing(page: Client) -> None:
    assert "Написать объявление" in text(page.get("/announcements/"))


def test_an_auditor_is_not_led_to_writing() -> None:
    said = text(browser(member(Role.AUDITOR)).get("/announcements/"))
    assert "Объявлений пока нет" in said
    assert "/announcements/new" not in said


def test_another_teachers_draft_is_not_listed(page: Client, ready: UUID) -> None:
    assert "Собрание" in text(page.get("/announcements/"))
    assert "Собрание" not in text(browser(member(Role.TEACHER, "1А")).get("/announcements/"))


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_the_others_see_every_draft(ready: UUID, role: Role) -> None:
    assert "Собрание" in text(browser(member(role)).get("/announcements/"))


def test_an_auditor_is_led_to_what_she_may_look_at(ready: UUID) -> None:
    said = text(browser(member(Role.AUDITOR)).get("/announcements/"))
    assert (f'"{at(ready, "previews")}"' in said, f'"{at(ready)}"' in said) == (True, False)


def test_what_could_not_leave_says_why(page: Client, ready: UUID) -> None:
    Announcement.objects.update(release_at=school.NOON, paused_at=school.NOON, problem="нет файла")
    assert "не ушло: нет файла" in text(page.get(at(ready)))
    assert "не ушло: нужна правка" in text(page.get("/announcements/"))


def test_the_list_is_searched_by_title_in_any_case(page: Client, ready: UUID) -> None:
    assert "Собрание" in text(page.get("/announcements/", {"q": "собРА"}))
    assert "Ничего не нашлось" in text(page.get("/announcements/", {"q": "экскурсия"}))


@pytest.mark.parametrize(
    ("shelf", "listed"),
    [("", True), ("drafts", True), ("waiting", False), ("running", False), ("nonsense", True)],
)
def test_the_list_is_filtered(page: Client, ready: UUID, shelf: str, listed: bool) -> None:
    assert ("Собрание" in text(page.get("/announcements/", {"shelf": shelf}))) is listed


def test_what_is_sent_moves_from_shelf_to_shelf(page: Client, ready: UUID) -> None:
    page.post(at(ready, "confirm"), {"version": 1, "act": "send"})
    assert "Собрание" in text(page.get("/announcements/", {"shelf": "running"}))
    Delivery.objects.update(state="sent")
    assert "Собрание" in text(page.get("/announcements/", {"shelf": "finished"}))


def test_the_list_asks_a_fixed_number_of_questions(
    page: Client, author: Staff, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def fill(number: int) -> None:
        for _ in range(number):
            key = school.announcement("1А", "2Б", written_by=author.user)
            Announcement.objects.get(pk=key).people.add(school.guardian())

    fill(2)
    page.get("/announcements/")
    with CaptureQueriesContext(connection) as few:
        page.get("/announcements/")
    questions = len(few)
    fill(20)
    with django_assert_num_queries(questions):
        page.get("/announcements/")
