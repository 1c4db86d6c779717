"""«Меня не будет»: who says it, and what somebody's deputy may see and do meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from broadcaster.bootstrap import office
from broadcaster.domain.permissions import Approval, Role
from broadcaster.services.audit import Action
from broadcaster.services.drafts import Written, make_draft, write_draft
from broadcaster.services.outlets import local_day
from broadcaster.store.models import Announcement, ApprovalRequest, AuditEntry, Delivery, Staff
from tests import school
from tests.web.staff import administrator, browser, member

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.usefixtures("never_night")]


@pytest.fixture
def head() -> Staff:
    return member(Role.APPROVER, name="Ольга Петровна")


@pytest.fixture
def deputy() -> Staff:
    return member(Role.TEACHER, "2Б", name="Анна Ильинична")


def text(response: Any) -> str:
    return str(response.content.decode())


def days(first: int = 0, last: int = 7, **also: Any) -> dict[str, Any]:
    today = local_day(office(), timezone.now())
    given = {"first": first, "last": last}
    return {name: today + timedelta(days=ahead) for name, ahead in given.items()} | also


def asked() -> int:
    """The number of a request by the teacher of 1А."""
    author = member(Role.TEACHER, "1А", approval=Approval.ALWAYS)
    school.destination("site", "news")
    groups = frozenset({school.group("1А").pk})
    draft = make_draft(author, now=school.NOON)
    write_draft(
        author, draft, Written(title="Собрание", body="Приходите!", groups=groups), version=0
    )
    page = browser(author)
    page.post(f"/announcements/{draft}/confirm", {"version": 1, "act": "ask"})
    return ApprovalRequest.objects.get(announcement=draft).pk


@pytest.fixture
def stand_in(head: Staff, deputy: Staff) -> Client:
    """The browser of the teacher who stands in for the deputy head."""
    browser(head).post("/account/absence", days(deputy=deputy.pk))
    return browser(deputy)


def test_somebody_says_herself_when_she_is_away(head: Staff, deputy: Staff) -> None:
    answer = browser(head).post("/account/absence", days(deputy=deputy.pk), follow=True)
    assert "Замещает: Анна Ильинична." in text(answer)
    head.refresh_from_db()
    assert (head.away_until, head.deputy) == (days()["last"], deputy)
    entry = AuditEntry.objects.get(action=Action.ABSENCE_CHANGED)
    assert (entry.facts["deputy"], entry.subject) == (deputy.pk, str(head.pk))


def test_an_administrator_says_it_for_her(head: Staff) -> None:
    answer = administrator().post(f"/settings/staff/{head.pk}/absence", days(), follow=True)
    assert "Никто не замещает." in text(answer)
    head.refresh_from_db()
    assert head.away_from == days()["first"]


def test_the_staff_list_shows_who_is_away(head: Staff, stand_in: Client) -> None:
    page = text(administrator().get("/settings/staff/"))
    assert ("не будет с" in page, "замещает Анна Ильинична" in page) == (True, True)


def test_an_absence_that_is_over_is_not_shown(head: Staff) -> None:
    past = days(-9, -2)
    Staff.objects.filter(pk=head.pk).update(away_from=past["first"], away_until=past["last"])
    assert "не будет с" not in text(administrator().get("/settings/staff/"))
    assert "Указать дни" in text(browser(head).get("/account/"))


def test_who_is_back_is_asked_again(head: Staff, stand_in: Client) -> None:
    browser(head).post("/account/absence", {"back": "1"})
    head.refresh_from_db()
    assert (head.away_from, head.away_until, head.deputy) == (None, None, None)
    assert stand_in.get("/approvals/").status_code == 403


def test_saying_the_same_twice_is_written_down_once(head: Staff) -> None:
    for _turn in range(2):
        browser(head).post("/account/absence", days())
    assert AuditEntry.objects.filter(action=Action.ABSENCE_CHANGED).count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (days(3, 1), "Последний день раньше первого."),
        (days(-3, -1), "Эти дни уже прошли."),
        (days() | {"last": "завтра"}, "Введите правильную дату"),
        (days() | {"first": ""}, "Обязательное поле"),
        (days(deputy=10**30), "Выберите корректный вариант"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(
    head: Staff, wrong: dict[str, Any], words: str
) -> None:
    answer = text(browser(head).post("/account/absence", wrong))
    assert words in answer
    head.refresh_from_db()
    assert head.away_from is None


def test_neither_herself_nor_an_auditor_can_be_chosen(head: Staff) -> None:
    auditor = member(Role.AUDITOR)
    for other in (head, auditor):
        browser(head).post("/account/absence", days(deputy=other.pk))
    head.refresh_from_db()
    assert head.away_from is None


def test_a_teacher_is_not_bothered_until_somebody_needs_her(head: Staff, deputy: Staff) -> None:
    assert "Меня не будет" not in text(browser(deputy).get("/account/"))
    browser(head).post("/account/absence", days(deputy=deputy.pk))
    assert "Меня не будет" in text(browser(deputy).get("/account/"))


# What a deputy may


def test_a_deputys_first_page_says_what_waits_for_her(stand_in: Client) -> None:
    asked()
    assert "Ждут вашего согласования: 1." in text(stand_in.get("/announcements/"))


def test_a_deputy_sees_what_it_is_about_although_the_class_is_not_hers(stand_in: Client) -> None:
    number = asked()
    draft = Announcement.objects.get().pk
    assert "Собрание" in text(stand_in.get("/approvals/"))
    page = text(stand_in.get(f"/approvals/{number}/"))
    assert ("Приходите!" in page, "замещаете: Ольга Петровна" in page) == (True, True)
    assert stand_in.get(f"/announcements/{draft}/previews").status_code == 200
    assert stand_in.get(f"/announcements/{draft}/previews/site").status_code == 200
    assert stand_in.get(f"/announcements/{draft}/edit").status_code == 404


def test_a_deputy_is_told_how_many_stay_unreached_and_not_who(stand_in: Client) -> None:
    number = asked()
    school.guardian()
    page = text(stand_in.get(f"/approvals/{number}/"))
    assert ("1 родитель недоступен" in page, "Показать, кто и почему" in page) == (True, False)


def test_a_deputys_consent_sends(stand_in: Client) -> None:
    number = asked()
    answer = stand_in.post(f"/approvals/{number}/approve", follow=True)
    assert "передано на отправку" in text(answer)
    assert (Delivery.objects.count(), answer.status_code) == (1, 200)


def test_what_was_decided_is_a_deputys_business_no_more(stand_in: Client) -> None:
    number = asked()
    draft = Announcement.objects.get().pk
    stand_in.post(f"/approvals/{number}/return", {"words": "Укажите кабинет."})
    assert ApprovalRequest.objects.get().words == "Укажите кабинет."
    page = text(stand_in.get(f"/approvals/{number}/", follow=True))
    assert ("уже решён" in page, "Ничего не ждёт" in page) == (True, True)
    assert stand_in.get(f"/announcements/{draft}/previews").status_code == 404


def test_the_log_says_in_whose_place_a_deputy_decided(head: Staff, stand_in: Client) -> None:
    stand_in.post(f"/approvals/{asked()}/approve")
    assert AuditEntry.objects.get(action=Action.APPROVED).facts == {"in_place_of": [head.pk]}


def test_a_letters_link_that_comes_too_late_says_so(head: Staff) -> None:
    number = asked()
    administrator().post(f"/approvals/{number}/approve")
    assert "уже решён" in text(browser(head).get(f"/approvals/{number}/", follow=True))


def test_another_teacher_sees_nothing_of_it(stand_in: Client) -> None:
    number = asked()
    draft = Announcement.objects.get().pk
    other = browser(member(Role.TEACHER, "2Б"))
    assert other.get(f"/approvals/{number}/").status_code == 403
    assert other.get(f"/announcements/{draft}/previews").status_code == 404
    assert other.post(f"/approvals/{number}/approve").status_code == 403
    assert not Delivery.objects.exists()


# The queue


def test_the_queue_says_who_was_asked_and_who_stands_in(head: Staff, stand_in: Client) -> None:
    asked()
    page = text(administrator().get("/approvals/"))
    assert "Спросили: Анна Ильинична (замещает: Ольга Петровна)." in page
    assert "ждёт вас" not in page


def test_an_author_reads_whom_she_waits_for(head: Staff) -> None:
    author = browser(ApprovalRequest.objects.get(pk=asked()).asked_by.staff)  # type: ignore[union-attr]
    draft = Announcement.objects.get().pk
    assert "Спросили: Ольга Петровна." in text(author.get(f"/announcements/{draft}/edit"))


def test_the_queue_says_how_often_they_were_reminded(head: Staff) -> None:
    number = asked()
    told = {"reminders": 3, "reminded_at": school.NOON}
    ApprovalRequest.objects.filter(pk=number).update(**told)
    page = text(browser(head).get(f"/approvals/{number}/"))
    assert "Напомнили 2 раза, последний раз:" in page


def test_the_queue_says_that_silence_brought_the_administrators_in(head: Staff) -> None:
    number = asked()
    ApprovalRequest.objects.filter(pk=number).update(asked_at=timezone.now() - timedelta(days=3))
    page = text(administrator().get("/approvals/"))
    assert ("спросили и администраторов" in page, "ждёт вас" in page) == (True, True)


def test_who_is_not_asked_may_decide_all_the_same(head: Staff) -> None:
    number = asked()
    administrator().post(f"/approvals/{number}/approve")
    assert Delivery.objects.count() == 1


def test_what_one_is_asked_about_comes_first(head: Staff) -> None:
    number = asked()
    chief = member(Role.ADMINISTRATOR)
    first = text(browser(chief).get("/approvals/"))
    later = asked_role(Role.ADMINISTRATOR)
    page = text(browser(chief).get("/approvals/"))
    assert f"/approvals/{number}/" in first
    assert page.index(f"/approvals/{later}/") < page.index(f"/approvals/{number}/")


def asked_role(role: Role) -> int:
    """A request that the calendar makes of this role."""
    key = school.announcement("1А", title="Тонкий лёд")
    made = ApprovalRequest.objects.create(
        announcement_id=key, version=0, asked_at=timezone.now(), asked_role=role
    )
    return made.pk


def test_a_remark_is_kept_with_the_consent(head: Staff) -> None:
    number = asked()
    browser(head).post(f"/approvals/{number}/approve", {"remark": " Хорошо. "})
    request = ApprovalRequest.objects.get()
    assert (request.decision, request.words) == ("approved", "Хорошо.")


def test_a_remark_is_not_lost_when_consent_is_refused(head: Staff) -> None:
    number = asked()
    Announcement.objects.update(version=9)
    answer = browser(head).post(f"/approvals/{number}/approve", {"remark": "<Хорошо>"})
    assert (answer.status_code, "&lt;Хорошо&gt;" in text(answer)) == (409, True)
