"""The screens of the staff."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_otp.plugins.otp_totp.models import TOTPDevice

from broadcaster.domain.permissions import Role
from broadcaster.store.models import AuditEntry, Series, Staff
from tests import school
from tests.school import NOON
from tests.web.staff import administrator, auditor, browser, member, teacher

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NEW = {
    "name": "Ольга Сергеевна",
    "login": "olga@school.example",
    "role": "teacher",
    "approval": "urgent",
}


def said(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize("client", [teacher, auditor])
def test_only_an_administrator_sees_the_staff(client: Any) -> None:
    assert client().get("/settings/staff/").status_code == 403


def test_everybody_is_listed_with_role_and_groups() -> None:
    member(Role.TEACHER, "1А", "2Б", name="Мария Ивановна")
    page = said(administrator().get("/settings/staff/"))
    assert ("Мария Ивановна" in page, "1А, 2Б" in page, "педагог" in page) == (True, True, True)


def test_the_list_asks_a_fixed_number_of_questions() -> None:
    for number in range(30):
        member(Role.TEACHER, f"{number}А")
    client = administrator()
    with CaptureQueriesContext(connection) as asked:
        client.get("/settings/staff/")
    assert len(asked) < 12


def test_an_invitation_shows_a_link_that_works() -> None:
    group = school.group("1А")
    page = said(administrator().post("/settings/staff/new", NEW | {"groups": [group.pk]}))
    link = re.search(r">http://testserver(/account/welcome/[^<]+)<", page)
    assert link is not None
    assert Client().get(link[1]).status_code == 302
    made = Staff.objects.get(name="Ольга Сергеевна")
    assert (made.approval, made.groups.get()) == ("urgent", group)


def test_a_taken_login_keeps_what_was_filled_in() -> None:
    client = administrator()
    client.post("/settings/staff/new", NEW)
    page = said(client.post("/settings/staff/new", NEW | {"name": "Другая"}))
    assert ("уже кто-то есть" in page, 'value="Другая"' in page) == (True, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"login": "с пробелом"},
        {"login": "<script>"},
        {"name": ""},
        {"role": "king"},
        {"groups": ["77"]},
        {"groups": ["x"]},
        {"name": "\x00"},
    ],
)
def test_nonsense_opens_no_account(wrong: dict[str, Any]) -> None:
    answer = administrator().post("/settings/staff/new", NEW | wrong)
    assert (answer.status_code, Staff.objects.count()) == (200, 1)


def test_only_a_teacher_is_bound_to_groups() -> None:
    group = school.group("1А")
    given = NEW | {"role": "auditor", "groups": [group.pk]}
    administrator().post("/settings/staff/new", given)
    assert not Staff.objects.get(role="auditor").groups.exists()


def test_rights_are_changed() -> None:
    person = member(name="Мария")
    given = {"name": "Мария", "role": "auditor", "approval": "never"}
    administrator().post(f"/settings/staff/{person.pk}", given)
    person.refresh_from_db()
    assert person.role == "auditor"


def test_ones_own_role_is_refused_in_words() -> None:
    person = member(Role.ADMINISTRATOR)
    given = {"name": "Я", "role": "teacher", "approval": "never"}
    page = said(browser(person).post(f"/settings/staff/{person.pk}", given))
    assert "Свою роль не меняют" in page


def test_ones_own_account_cannot_be_closed() -> None:
    person = member(Role.ADMINISTRATOR)
    member(Role.ADMINISTRATOR)
    client = browser(person)
    page = said(client.post(f"/settings/staff/{person.pk}/close", follow=True))
    assert "Свою учётную запись не закрывают" in page
    assert f"/settings/staff/{person.pk}/close" not in page


def test_an_account_is_closed_and_opened_again() -> None:
    person, client = member(name="Мария"), administrator()
    assert "закрыта: Мария" in said(client.post(f"/settings/staff/{person.pk}/close", follow=True))
    assert "открыта: Мария" in said(client.post(f"/settings/staff/{person.pk}/reopen", follow=True))


def test_what_somebody_has_scheduled_is_told_before_her_account_is_closed_and_after() -> None:
    person, client = member(name="Мария"), administrator()
    for also in ({"release_at": school.LATER}, {"release_at": school.LATER}, {}):
        school.announcement(written_by=person.user, **also)
    school.announcement(release_at=school.LATER)
    school.announcement(written_by=person.user, release_at=NOON, cancelled_at=NOON)
    before = said(client.get(f"/settings/staff/{person.pk}"))
    after = said(client.post(f"/settings/staff/{person.pk}/close", follow=True))
    for page in (before, after):
        assert "Назначено этим человеком и уйдёт в срок: 2 объявления." in page
        assert "/announcements/?shelf=scheduled" in page
        assert "shelf=repeating" not in page


def test_what_somebody_lets_repeat_itself_is_told_too() -> None:
    person = member(name="Мария")
    mould = school.announcement(written_by=person.user)
    daily = {"rule": "FREQ=DAILY", "time": time(8), "started_at": NOON}
    Series.objects.create(mould_id=mould, **daily)
    page = said(administrator().get(f"/settings/staff/{person.pk}"))
    assert "Повторяется по правилу этого человека: 1 объявление." in page
    assert "/announcements/?shelf=repeating" in page


def test_of_somebody_who_has_scheduled_nothing_nothing_is_told() -> None:
    assert "shelf=" not in said(administrator().get(f"/settings/staff/{member().pk}"))


def test_a_closed_account_gets_no_link() -> None:
    person, client = member(), administrator()
    client.post(f"/settings/staff/{person.pk}/close")
    page = said(client.post(f"/settings/staff/{person.pk}/link", follow=True))
    assert "Сначала откройте её" in page


def test_somebody_who_forgot_her_password_gets_a_link() -> None:
    person = member(name="Мария")
    page = said(administrator().post(f"/settings/staff/{person.pk}/link"))
    assert "/account/welcome/" in page
    assert AuditEntry.objects.latest("pk").action == "staff_linked"


def test_a_page_with_a_link_is_not_kept() -> None:
    answer = administrator().post(f"/settings/staff/{member().pk}/link")
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_lost_telephone_is_switched_off() -> None:
    person, client = member(), administrator()
    TOTPDevice.objects.create(user=person.user, name="telephone")
    assert "second-factor" in said(client.get(f"/settings/staff/{person.pk}"))
    client.post(f"/settings/staff/{person.pk}/second-factor")
    assert not TOTPDevice.objects.exists()


@pytest.mark.parametrize("act", ["", "/link", "/close", "/reopen", "/second-factor"])
def test_nobody_is_not_found(act: str) -> None:
    assert administrator().post(f"/settings/staff/999{act}").status_code == 404


@pytest.mark.parametrize("act", ["link", "close", "reopen", "second-factor"])
def test_looking_changes_nothing(act: str) -> None:
    assert administrator().get(f"/settings/staff/{member().pk}/{act}").status_code == 405
