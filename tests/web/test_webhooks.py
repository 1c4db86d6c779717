"""Addresses of programs that want to hear, on the administrator's screen."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from broadcaster.store.models import AuditEntry, Webhook, WebhookCall
from tests.web.staff import administrator, auditor, teacher

pytestmark = [pytest.mark.database, pytest.mark.django_db]

PAGE = "/settings/webhooks/"
DIARY = {"url": "https://diary.example/hook", "events": ["announcement.failed"]}


@pytest.fixture
def chief() -> Client:
    return administrator()


def added(chief: Client, **change: object) -> str:
    return chief.post(PAGE, DIARY | change).content.decode()


def did(chief: Client, what: str) -> str:
    path = f"{PAGE}{Webhook.objects.get().pk}/{what}"
    return chief.post(path, follow=True).content.decode()


def test_a_secret_is_shown_once(chief: Client) -> None:
    found = re.search(r'value="(whsec_[^"]+)"', added(chief))
    assert found
    assert Webhook.objects.get().secret in found[1].replace("&#43;", "+")
    assert found[1] not in chief.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"url": "http://diary.example/"}, "https://"),
        ({"url": "https://10.0.0.1/"}, "allow_private"),
        ({"url": "https://name:word@diary.example/"}, "пароль"),
        ({"url": "не адрес"}, "латиницей"),
        ({"events": []}, "хотя бы одно"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_kept(
    chief: Client, change: dict[str, object], words: str
) -> None:
    assert words in added(chief, **change)
    assert not Webhook.objects.exists()


def test_one_can_be_stopped_and_started(chief: Client) -> None:
    added(chief)
    assert "остановлено" in did(chief, "stop")
    assert "остановлено" not in did(chief, "start")


def test_every_change_is_written_down(chief: Client) -> None:
    added(chief)
    for what in ("stop", "start", "drop"):
        did(chief, what)
    entries = AuditEntry.objects.filter(action="webhook_changed").order_by("pk")
    changes = [entry.facts["change"] for entry in entries]
    assert changes == ["added", "stopped", "started", "removed"]


def test_a_check_that_failed_says_why(chief: Client) -> None:
    added(chief)
    Webhook.objects.update(url="https://10.0.0.1/")
    assert "внутрь сети" in did(chief, "test")
    assert WebhookCall.objects.get().answer == "private"


def test_what_is_not_there_is_told(chief: Client) -> None:
    for what in ("test", "stop", "start", "drop"):
        assert chief.post(f"{PAGE}7/{what}").status_code == 404


def test_it_is_the_administrators_business() -> None:
    for somebody in (teacher(), auditor()):
        assert somebody.get(PAGE).status_code == 403
        assert somebody.post(PAGE, DIARY).status_code == 403
    assert not Webhook.objects.exists()
