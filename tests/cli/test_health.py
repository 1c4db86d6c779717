"""`health`: quick words for people and machines about how everything is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from broadcaster.contract import Reason
from broadcaster.domain.actions import Action
from broadcaster.store.models import AuditEntry
from broadcaster.store.queries.heartbeats import SWEEP, WORKER, beat
from broadcaster.store.queries.lanes import gate, pause_channel
from tests.cli.desk import Typed

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("day"),
]


@pytest.fixture(autouse=True)
def _alive() -> None:
    """The worker and its sweep show life."""
    for part in (SWEEP, WORKER):
        beat(part, now=datetime.now(UTC))


def shut() -> None:
    pause_channel("site", now=datetime.now(UTC), reason=Reason.CREDENTIALS, detail="")


def test_a_healthy_installation_ends_with_success(typed: Typed) -> None:
    said = typed("health")
    assert (said.code, "Тревог нет" in said.out) == (0, True)


def test_a_shut_channel_ends_with_a_code_of_its_own_and_tells_what_to_do(typed: Typed) -> None:
    shut()
    said = typed("health")
    assert said.code == 1
    assert "платформа не принимает ключ с " in said.out
    assert "Откройте «Настройки → Каналы»" in said.out


def test_machines_get_one_object(typed: Typed) -> None:
    shut()
    told = typed("health", "--json").json
    assert not told["ok"]
    assert [one["trouble"] for one in told["troubles"]] == ["credentials"]
    [site] = told["channels"]
    assert (site["name"], site["standing"], site["waiting"]) == ("site", "shut", 0)


def test_opening_by_the_command_is_written_into_the_log(typed: Typed) -> None:
    shut()
    typed("open", "site")
    assert not gate("site").paused
    [entry] = AuditEntry.objects.filter(action=Action.CHANNEL_REOPENED)
    assert (entry.actor, entry.subject) == ("command line", "site")
