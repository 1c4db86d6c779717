"""What may still be changed, and who may say yes to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from broadcaster.domain.writing import Shut, may_consent, shut

NOW = datetime(2026, 11, 20, tzinfo=UTC)
DRAFT: dict[str, Any] = {
    "release_at": None,
    "released_at": None,
    "cancelled_at": None,
    "waits": False,
}


def test_a_draft_may_be_changed() -> None:
    assert shut(**DRAFT) is None


@pytest.mark.parametrize(
    ("also", "why"),
    [
        ({"waits": True}, Shut.WAITING),
        ({"release_at": NOW}, Shut.SCHEDULED),
        ({"release_at": NOW, "cancelled_at": NOW}, Shut.CANCELLED),
        ({"release_at": NOW, "released_at": NOW}, Shut.RELEASED),
        ({"released_at": NOW, "cancelled_at": NOW}, Shut.RELEASED),
    ],
)
def test_what_has_gone_further_may_not(also: dict[str, Any], why: Shut) -> None:
    assert shut(**DRAFT | also) is why


def test_another_person_may_consent() -> None:
    assert may_consent(3, asked_by=1, written_by=2)


@pytest.mark.parametrize("who", [1, 2])
def test_neither_who_asked_nor_who_wrote_may_consent(who: int) -> None:
    assert not may_consent(who, asked_by=1, written_by=2)


def test_an_account_that_is_gone_keeps_nobody_from_consenting() -> None:
    assert may_consent(3, asked_by=None, written_by=None)
