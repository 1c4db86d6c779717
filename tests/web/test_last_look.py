"""The last look at an announcement before it leaves, and the press that sends it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client

from broadcaster.domain.permissions import Approval
from broadcaster.domain.policy import Importance
from broadcaster.store.models import (
    Announcement,
    AnnouncementFile,
    ApprovalRequest,
    Delivery,
    Staff,
)
from tests.web.desk import Write, quiet_now
from tests.web.sheet import HTMX, at, fields, hidden, text
from tests.web.staff import browser

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.usefixtures("never_night")]


def test_the_last_look_names_numbers_and_reasons(page: Client, ready: UUID) -> None:
    said = " ".join(text(page.get(at(ready, "confirm"))).split())
    assert "0 родителей, 1 отправка" in said
    assert "площадка группы" in said


def test_what_is_wanted_in_quiet_hours_has_one_time(
    page: Client, ready: UUID, own_settings: Write
) -> None:
    own_settings(f"quiet_hours: {quiet_now()}\n")
    Announcement.objects.update(wanted_at=datetime.now(UTC) + timedelta(minutes=5))
    said = text(page.get(at(ready, "confirm")))
    assert "Из-за тихих часов отправка начнётся" in said
    assert "Уйдёт" not in said


def test_what_is_scheduled_in_quiet_hours_has_the_same_time_afterwards(
    page: Client, ready: UUID, own_settings: Write
) -> None:
    own_settings(f"quiet_hours: {quiet_now()}\n")
    Announcement.objects.update(wanted_at=datetime.now(UTC) + timedelta(minutes=5))
    said = text(page.post(at(ready, "confirm"), {"version": 1, "act": "send"}, follow=True))
    assert said.count("Из-за тихих часов отправка начнётся") == 2
    assert "уйдёт" not in said


def test_what_is_urgent_is_scheduled_for_its_time_in_quiet_hours_too(
    page: Client, ready: UUID, own_settings: Write
) -> None:
    own_settings(f"quiet_hours: {quiet_now()}\n")
    soon = datetime.now(UTC) + timedelta(minutes=5)
    Announcement.objects.update(wanted_at=soon, importance=Importance.URGENT)
    said = text(page.post(at(ready, "confirm"), {"version": 1, "act": "send"}, follow=True))
    assert "объявление уйдёт" in said
    assert "тихих часов" not in said


def test_the_last_look_tells_what_is_missing(page: Client, draft: UUID) -> None:
    said = text(page.get(at(draft, "confirm")))
    assert "Напишите заголовок." in said
    assert 'name="act"' not in said


def test_a_draft_is_sent(page: Client, ready: UUID) -> None:
    response = page.post(at(ready, "confirm"), {"version": 1, "act": "send"})
    assert response["Location"] == f"/announcements/{ready}/"
    assert Delivery.objects.count() == 1


def test_a_second_press_sends_nothing_and_shows_the_announcement(page: Client, ready: UUID) -> None:
    for _ in range(2):
        response = page.post(at(ready, "confirm"), {"version": 1, "act": "send"})
        assert response["Location"] == f"/announcements/{ready}/"
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("version", ["0", "", "2", "-1", "x", "9" * 30])
def test_what_was_not_looked_at_is_not_sent(page: Client, ready: UUID, version: str) -> None:
    response = page.post(at(ready, "confirm"), {"version": version, "act": "send"})
    assert response.status_code == 409
    assert not Delivery.objects.exists()


def test_a_file_that_came_after_the_last_look_is_not_sent_unseen(page: Client, ready: UUID) -> None:
    stamp = hidden(page.get(at(ready, "confirm")), "files")
    AnnouncementFile.objects.create(
        announcement_id=ready,
        position=0,
        name="план.pdf",
        media_type="application/pdf",
        size=1,
        digest="0" * 64,
    )
    response = page.post(at(ready, "confirm"), {"version": 1, "files": stamp, "act": "send"})
    assert response.status_code == 409
    assert "Посмотрите ещё раз" in text(response)
    assert not Delivery.objects.exists()
    assert hidden(response, "files") != stamp


def test_a_wish_is_scheduled_and_can_be_taken_back(page: Client, ready: UUID) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    Announcement.objects.update(wanted_at=tomorrow)
    page.post(at(ready, "confirm"), {"version": 1, "act": "send"})
    assert Announcement.objects.get().release_at == tomorrow
    assert "Отправка назначена" in text(page.get(at(ready)))
    page.post(at(ready, "back-to-draft"))
    assert Announcement.objects.get().release_at is None


def test_a_crafted_post_does_not_send_what_needs_consent(draft: UUID, ready: UUID) -> None:
    author = Staff.objects.get()
    author.approval = Approval.ALWAYS
    author.save()
    response = browser(author).post(at(ready, "confirm"), {"version": 1, "act": "send"})
    assert response.status_code == 409
    assert not Delivery.objects.exists()


def test_a_crafted_post_does_not_change_what_waits(page: Client, ready: UUID) -> None:
    page.post(at(ready, "confirm"), {"version": 1, "act": "ask"})
    response = page.post(at(ready), fields("1А", version=2, body="Подмена"))
    assert response.status_code == 409
    assert "Подмена" in text(response)
    assert "не сохранён" in text(response)
    assert ApprovalRequest.objects.filter(decided_at=None).count() == 1


def test_a_text_that_comes_too_late_is_told_to_the_page(page: Client, ready: UUID) -> None:
    page.post(at(ready, "confirm"), {"version": 1, "act": "send"})
    response = page.post(at(ready), fields(version=2), **HTMX)
    assert "уже нельзя менять" in text(response)
