"""Keys of other programs on the administrator's screen."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from broadcaster.store.models import ApiToken, AuditEntry
from tests.web.staff import administrator, auditor, teacher

pytestmark = [pytest.mark.database, pytest.mark.django_db]

PAGE = "/settings/tokens/"
DIARY = {"name": "Дневник", "scopes": ["reports:read", "announcements:write"]}


@pytest.fixture
def chief() -> Client:
    return administrator()


def made(chief: Client, **change: object) -> str:
    return chief.post(PAGE, DIARY | change).content.decode()


def test_a_secret_is_shown_once(chief: Client) -> None:
    found = re.search(r'value="(bc_[\w-]+)"', made(chief))
    assert found
    assert found[1] not in chief.get(PAGE).content.decode()


def test_the_page_with_a_secret_is_not_kept(chief: Client) -> None:
    assert chief.post(PAGE, DIARY).headers["Cache-Control"] == "no-store"


def test_who_made_it_is_written_down(chief: Client) -> None:
    made(chief)
    entry = AuditEntry.objects.get(action="token_made")
    assert entry.facts["scopes"] == ["announcements:write", "reports:read"]
    assert entry.user is not None


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"scopes": []}, {"scopes": ["x"]}, {"last_day": "2020-01-01"}]
)
def test_a_mistake_makes_no_token_and_loses_nothing(
    chief: Client, change: dict[str, object]
) -> None:
    page = made(chief, **change)
    assert not ApiToken.objects.exists()
    assert change.get("name", "Дневник") in page


def test_a_last_day_counts_to_its_end(chief: Client) -> None:
    made(chief, last_day="2099-05-31")
    ends = ApiToken.objects.get().expires_at
    assert ends is not None
    assert ends.isoformat().startswith("2099-05-31T20:59:59")


def test_a_token_can_be_revoked(chief: Client) -> None:
    made(chief)
    chief.post(f"{PAGE}{ApiToken.objects.get().pk}/revoke")
    assert ApiToken.objects.get().revoked_at is not None
    assert "отозван" in chief.get(PAGE).content.decode()


def test_looking_revokes_nothing(chief: Client) -> None:
    made(chief)
    assert chief.get(f"{PAGE}{ApiToken.objects.get().pk}/revoke").status_code == 405


def test_what_is_not_there_is_told(chief: Client) -> None:
    assert chief.post(f"{PAGE}7/revoke").status_code == 404


def test_it_is_the_administrators_business() -> None:
    for somebody in (teacher(), auditor()):
        assert somebody.get(PAGE).status_code == 403
        assert somebody.post(PAGE, DIARY).status_code == 403
    assert not ApiToken.objects.exists()


def test_a_name_is_shown_as_text(chief: Client) -> None:
    assert "<script>alert" not in made(chief, name="<script>alert(1)</script>")
