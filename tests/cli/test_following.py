"""Following a sending: until nothing more happens by itself, and not for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from broadcaster.cli import following
from broadcaster.cli.following import follow
from broadcaster.domain.reasons import Hold
from broadcaster.domain.states import State
from broadcaster.store.queries.heartbeats import SWEEP, beat
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def news() -> UUID:
    return school.announcement("1А", released_at=school.NOON)


def copy(news: UUID, state: State, channel: str = "telegram", **also: object) -> None:
    school.copy(school.address(school.guardian(), channel), news, state=state, **also)


def test_each_channel_gets_a_bar(news: UUID, capsys: pytest.CaptureFixture[str]) -> None:
    copy(news, State.SENT)
    copy(news, State.FAILED)
    copy(news, State.SENT, "vk")
    follow(news, quiet=False)
    telegram, vk = capsys.readouterr().out.splitlines()
    assert telegram.startswith("Telegram")
    assert "2/2" in telegram
    assert vk.startswith("ВКонтакте")


def test_machines_see_no_bars(news: UUID, capsys: pytest.CaptureFixture[str]) -> None:
    copy(news, State.SENT)
    follow(news, quiet=True)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "also",
    [
        {"state": State.DEFERRED, "due_at": datetime.now(UTC) + timedelta(hours=1)},
        {"state": State.HELD, "reason": Hold.PAUSED},
    ],
    ids=["until later", "until somebody says so"],
)
def test_what_rests_is_not_waited_for(also: dict[str, object], news: UUID) -> None:
    copy(news, **also)  # type: ignore[arg-type]
    follow(news, quiet=True)


def test_without_a_worker_nobody_waits(news: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "WORKER_PATIENCE", 0.0)
    copy(news, State.QUEUED)
    follow(news, quiet=True)


def test_at_the_deadline_nobody_waits(news: UUID) -> None:
    beat(SWEEP, now=datetime.now(UTC))
    copy(news, State.QUEUED)
    follow(news, quiet=True, deadline=0.0)
