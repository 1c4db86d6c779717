"""After a restore the pages say why an announcement stands, and offer to go on."""

from __future__ import annotations

from uuid import UUID

import pytest

from broadcaster.domain.permissions import Role
from broadcaster.domain.reasons import End
from broadcaster.domain.states import State
from broadcaster.services.backup.holding import hold
from broadcaster.words import REASONS
from tests import school
from tests.web.staff import browser, member

pytestmark = [pytest.mark.database, pytest.mark.django_db]

WORDS = "Восстановлено из копии от 20.11.2026 12:00: что ушло после неё, неизвестно."


@pytest.fixture
def stands() -> UUID:
    """Of three copies one was being sent when the copy was made, and one waited."""
    made = school.announcement("1А", title="Гололёд", released_at=school.NOON)
    for state in (State.SENT, State.SENDING, State.QUEUED):
        school.copy(school.address(school.guardian(), "alpha"), made, state=state)
    hold(WORDS, carries=[], now=school.LATER)
    return made


def page(address: str) -> str:
    return browser(member(Role.ADMINISTRATOR)).get(address).content.decode()


def test_the_report_says_why_it_stands_and_offers_to_go_on(stands: UUID) -> None:
    shown = page(f"/announcements/{stands}/")
    assert WORDS in shown
    assert "Продолжить" in shown


def test_the_list_says_why_it_stands(stands: UUID) -> None:
    assert stands
    assert WORDS in page("/announcements/")


def test_a_copy_that_was_being_sent_says_so_in_its_own_words(stands: UUID) -> None:
    assert REASONS[End.RESTORED] in page(f"/announcements/{stands}/")
