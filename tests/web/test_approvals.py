"""Consent on the screen: asked for by the author, given or refused by somebody else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from broadcaster.domain.permissions import Approval, Role
from broadcaster.domain.policy import Importance
from broadcaster.services.drafts import Written, make_draft, write_draft
from broadcaster.store.models import Announcement, ApprovalRequest, Delivery, Staff
from tests import school
from tests.web.desk import Write, quiet_now
from tests.web.staff import browser, member

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.usefixtures("never_night")]


@pytest.fixture
def author() -> Staff:
    return member(Role.TEACHER, "1А", approval=Approval.ALWAYS)


@pytest.fixture
def boss() -> Client:
    return browser(member(Role.ADMINISTRATOR))


def draft_of(author: Staff, title: str = "Собрание") -> UUID:
    """A draft in version 1 that goes to one place."""
    if not school.group("1А").destinations.exists():
        school.destination("site", "news")
    groups = frozenset({school.group("1А").pk})
    made = make_draft(author, now=school.NOON)
    write_draft(author, made, Written(title=title, body="Приходите!", groups=groups), version=0)
    return made


def confirm(draft: UUID) -> str:
    return f"/announcements/{draft}/confirm"


def asked(author: Staff, title: str = "Собрание") -> int:
    """The number of a request for consent, asked for on the screen."""
    draft = draft_of(author, title)
    browser(author).post(confirm(draft), {"version": 1, "act": "ask"})
    return ApprovalRequest.objects.get(announcement=draft).pk


def text(response: Any) -> str:
    return str(response.content.decode())


def test_who_needs_consent_is_offered_to_ask(author: Staff) -> None:
    said = text(browser(author).get(confirm(draft_of(author))))
    assert ("Отправить на согласование" in said, 'value="send"' in said) == (True, False)


def test_who_needs_none_is_offered_to_send() -> None:
    author = member(Role.TEACHER, "1А")
    said = text(browser(author).get(confirm(draft_of(author))))
    assert ("Отправить на согласование" in said, 'value="send"' in said) == (False, True)


def test_the_first_page_says_how_many_wait_for_ones_consent(author: Staff, boss: Client) -> None:
    asked(author)
    asked(author, "Экскурсия")
    assert "Ждут вашего согласования: 2." in text(boss.get("/announcements/"))


def test_ones_own_request_is_not_counted_among_those_that_wait_for_one() -> None:
    chief = member(Role.ADMINISTRATOR, approval=Approval.ALWAYS)
    asked(chief)
    assert "Ждут вашего согласования" not in text(browser(chief).get("/announcements/"))


def test_what_waits_is_shown_at_rest(author: Staff) -> None:
    draft = draft_of(author)
    page = browser(author)
    page.post(confirm(draft), {"version": 1, "act": "ask"})
    assert "ждёт согласования" in text(page.get(f"/announcements/{draft}/edit"))
    assert "ждёт согласования" in text(page.get("/announcements/"))


def test_what_waits_is_in_the_queue(author: Staff, boss: Client) -> None:
    asked(author)
    assert "Собрание" in text(boss.get("/approvals/"))


def test_an_empty_queue_says_so(boss: Client) -> None:
    assert "Ничего не ждёт согласования." in text(boss.get("/approvals/"))


def test_the_request_shows_the_text_and_whom_it_is_for(author: Staff, boss: Client) -> None:
    said = text(boss.get(f"/approvals/{asked(author)}/"))
    assert "Приходите!" in said
    assert "1А" in said
    assert "Согласовать и отправить" in said


def test_the_request_says_until_when_quiet_hours_hold_it(
    author: Staff, boss: Client, own_settings: Write
) -> None:
    number = asked(author)
    own_settings(f"quiet_hours: {quiet_now()}\n")
    said = text(boss.get(f"/approvals/{number}/"))
    assert "Из-за тихих часов уйдёт не раньше" in said
    assert "Уйдёт сразу" not in said


def test_what_is_urgent_is_not_held_by_quiet_hours(
    author: Staff, boss: Client, own_settings: Write
) -> None:
    number = asked(author)
    Announcement.objects.update(importance=Importance.URGENT)
    own_settings(f"quiet_hours: {quiet_now()}\n")
    assert "Уйдёт сразу после согласования" in text(boss.get(f"/approvals/{number}/"))


def test_the_request_says_how_many_stay_unreached(author: Staff, boss: Client) -> None:
    number = asked(author)
    school.guardian()
    said = text(boss.get(f"/approvals/{number}/"))
    assert "1 родитель недоступен: ни одна копия до него не дойдёт." in said


def test_consent_sends(author: Staff, boss: Client) -> None:
    response = boss.post(f"/approvals/{asked(author)}/approve", follow=True)
    assert "передано на отправку" in text(response)
    assert Delivery.objects.count() == 1


def test_a_second_consent_sends_nothing(author: Staff, boss: Client) -> None:
    number = asked(author)
    boss.post(f"/approvals/{number}/approve")
    response = boss.post(f"/approvals/{number}/approve", follow=True)
    assert "уже решён или отозван" in text(response)
    assert Delivery.objects.count() == 1


def test_nobody_consents_to_her_own_by_a_crafted_post() -> None:
    author = member(Role.ADMINISTRATOR, approval=Approval.ALWAYS)
    number = asked(author)
    page = browser(author)
    assert "Согласовать и отправить" not in text(page.get(f"/approvals/{number}/"))
    response = page.post(f"/approvals/{number}/approve")
    assert (response.status_code, Delivery.objects.count()) == (403, 0)


@pytest.mark.parametrize("role", [Role.TEACHER, Role.AUDITOR])
def test_who_has_not_the_right_is_kept_out(author: Staff, role: Role) -> None:
    number = asked(author)
    page = browser(member(role, "1А"))
    assert page.get("/approvals/").status_code == 403
    assert page.get(f"/approvals/{number}/").status_code == 403
    assert page.post(f"/approvals/{number}/approve").status_code == 403
    assert page.post(f"/approvals/{number}/return", {"words": "Нет"}).status_code == 403
    assert not Delivery.objects.exists()


def test_a_returned_draft_tells_its_author_why(author: Staff, boss: Client) -> None:
    number = asked(author)
    boss.post(f"/approvals/{number}/return", {"words": "Укажите <кабинет>."})
    page = browser(author)
    draft = Announcement.objects.get().pk
    assert "Укажите &lt;кабинет&gt;." in text(page.get(f"/announcements/{draft}/edit"))
    listed = text(page.get("/announcements/"))
    assert "вернули на доработку" in listed
    assert "Укажите &lt;кабинет&gt;." in listed


def test_a_draft_is_not_returned_without_a_reason(author: Staff, boss: Client) -> None:
    response = boss.post(f"/approvals/{asked(author)}/return", {"words": " "})
    assert response.status_code == 422
    assert "Напишите, что исправить" in text(response)
    assert ApprovalRequest.objects.filter(decided_at=None).exists()


def test_an_author_takes_her_request_back(author: Staff, boss: Client) -> None:
    number = asked(author)
    draft = Announcement.objects.get().pk
    page = browser(author)
    page.post(f"/announcements/{draft}/back-to-draft")
    assert 'name="body"' in text(page.get(f"/announcements/{draft}/edit"))
    boss.post(f"/approvals/{number}/approve")
    assert not Delivery.objects.exists()


def test_consent_to_what_changed_is_refused_in_words(author: Staff, boss: Client) -> None:
    number = asked(author)
    Announcement.objects.update(version=9)
    response = boss.post(f"/approvals/{number}/approve")
    assert (response.status_code, Delivery.objects.count()) == (409, 0)
    assert "изменилось" in text(response)


def test_a_request_that_is_not_there_is_not_found(boss: Client) -> None:
    assert boss.get("/approvals/1/").status_code == 404
    assert boss.get(f"/approvals/{10**30}/").status_code == 404


def test_looking_decides_nothing(author: Staff, boss: Client) -> None:
    number = asked(author)
    assert boss.get(f"/approvals/{number}/approve").status_code == 405
    assert boss.get(f"/approvals/{number}/return").status_code == 405


def test_the_queue_asks_a_fixed_number_of_questions(
    author: Staff, boss: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    asked(author)
    boss.get("/approvals/")
    with CaptureQueriesContext(connection) as few:
        boss.get("/approvals/")
    questions = len(few)
    for number in range(5):
        asked(author, f"Собрание {number}")
    with django_assert_num_queries(questions):
        boss.get("/approvals/")
