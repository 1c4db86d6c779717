"""`pause`, `resume`, `cancel`, `open`."""

from __future__ import annotations

from uuid import UUID

import pytest

from broadcaster.domain.states import State
from broadcaster.store.models import Announcement
from broadcaster.store.queries.lanes import gate, pause_channel
from tests import school
from tests.cli.desk import Typed

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("day"),
]


@pytest.fixture
def news() -> UUID:
    """Two copies wait, one has been sent."""
    made = school.announcement("1А", released_at=school.NOON)
    school.waiting(2, of=made)
    school.copy(school.address(school.guardian(), "alpha"), made, state=State.SENT)
    return made


def test_pause_holds_what_waits_and_tells_how_to_go_on(typed: Typed, news: UUID) -> None:
    said = typed("pause", news.hex[:8])
    assert f"Придержано: 2 копии. Продолжить: broadcaster resume {news.hex[:8]}" in said.out
    assert school.states(news) == ["held", "held", "sent"]


def test_resume_undoes_pause(typed: Typed, news: UUID) -> None:
    typed("pause", news)
    assert "Снова в очереди: 2 копии." in typed("resume", news).out
    assert school.states(news) == ["queued", "queued", "sent"]


def test_cancel_ends_what_waits(typed: Typed, news: UUID) -> None:
    assert "Отменено: 2 копии." in typed("cancel", news).out
    assert school.states(news) == ["cancelled", "cancelled", "sent"]


def test_to_cancel_what_has_only_failed_tells_that_it_cannot_be_sent_again(typed: Typed) -> None:
    made = school.announcement("1А", released_at=school.NOON)
    school.copy(school.address(school.guardian(), "alpha"), made, state=State.FAILED)
    assert "отправить ещё раз уже нельзя" in typed("cancel", made).out
    assert Announcement.objects.get().cancelled_at is not None


def test_to_cancel_what_everybody_has_got_changes_nothing_and_says_so(typed: Typed) -> None:
    made = school.announcement("1А", released_at=school.NOON)
    school.copy(school.address(school.guardian(), "alpha"), made, state=State.SENT)
    assert "Ждущих копий нет; что уже отправлено, не вернуть." in typed("cancel", made).out
    assert Announcement.objects.get().cancelled_at is None


@pytest.mark.parametrize(
    ("command", "told"), [("pause", "paused"), ("resume", "resumed"), ("cancel", "cancelled")]
)
def test_machines_get_the_number_of_copies(
    command: str, told: str, typed: Typed, news: UUID
) -> None:
    if command == "resume":
        typed("pause", news)
    assert typed(command, news, "--json").json == {"announcement": str(news), told: 2}


@pytest.mark.parametrize("command", ["pause", "resume", "cancel"])
def test_an_unknown_number_is_told(command: str, typed: Typed) -> None:
    said = typed(command, "deadbeef")
    assert said.code == 3
    assert "Объявления deadbeef нет" in said.err


def test_when_nothing_waits_it_is_said(typed: Typed, news: UUID) -> None:
    typed("cancel", news)
    assert "Ждущих копий нет" in typed("cancel", news).out


def test_what_is_cancelled_cannot_be_resumed(typed: Typed, news: UUID) -> None:
    typed("cancel", news)
    said = typed("resume", news)
    assert said.code == 3
    assert "отменено, продолжить его нельзя" in said.err


def test_what_is_scheduled_can_be_cancelled(typed: Typed) -> None:
    made = school.announcement(release_at=school.LATER)
    assert "Назначенная отправка отменена." in typed("cancel", made).out
    assert Announcement.objects.get().cancelled_at is not None


def test_a_paused_channel_is_opened(typed: Typed) -> None:
    pause_channel("site", now=school.NOON, reason="credentials", detail="")
    assert "«site» снова открыт" in typed("open", "site").out
    assert not gate("site").paused


def test_opening_speaks_json(typed: Typed) -> None:
    assert typed("open", "site", "--json").json == {"opened": "site"}


def test_an_unknown_channel_is_told_with_those_there_are(typed: Typed) -> None:
    said = typed("open", "pigeon")
    assert said.code == 3
    assert "включены: site" in said.err
