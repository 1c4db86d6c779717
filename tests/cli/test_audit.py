"""`audit verify` and `audit show`."""

from __future__ import annotations

import pytest

from broadcaster.services.audit import COMMAND_LINE, Action, record
from broadcaster.store.models import AuditEntry
from tests.auditing import unguarded
from tests.cli.desk import Typed
from tests.school import NOON

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("day"),
]


@pytest.fixture
def entries() -> list[AuditEntry]:
    """Three things were done."""
    for action in (Action.PAUSED, Action.RESUMED, Action.CANCELLED):
        record(COMMAND_LINE, action, now=NOON, kind="announcement", subject="ab", copies=2)
    return list(AuditEntry.objects.order_by("pk"))


def test_a_whole_log_is_told_with_its_last_hash(typed: Typed, entries: list[AuditEntry]) -> None:
    said = typed("audit", "verify")
    assert said.code == 0
    assert "Журнал цел. Записей: 3." in said.out
    assert entries[-1].hash in said.out


def test_a_broken_log_needs_a_person(typed: Typed, entries: list[AuditEntry]) -> None:
    with unguarded():
        AuditEntry.objects.filter(pk=entries[1].pk).update(actor="nobody")
    said = typed("audit", "verify")
    assert said.code == 1
    assert f"Записей в порядке: 1; запись {entries[1].pk}: запись изменена" in said.out


def test_machines_get_the_verdict(typed: Typed, entries: list[AuditEntry]) -> None:
    assert typed("audit", "verify", "--json").json == {
        "whole": True,
        "count": 3,
        "head": entries[-1].hash,
        "broken": None,
        "breach": None,
        "guarded": True,
        "expected": None,
    }


def test_a_cut_end_is_told(typed: Typed, entries: list[AuditEntry]) -> None:
    with unguarded():
        entries[2].delete()
    said = typed("audit", "verify", "--expect", entries[2].hash)
    assert (said.code, "его конец отрезан" in said.out) == (1, True)


def test_a_hash_that_is_still_there_is_good(typed: Typed, entries: list[AuditEntry]) -> None:
    assert typed("audit", "verify", "--expect", entries[1].hash).code == 0


def test_what_is_no_hash_is_refused(typed: Typed) -> None:
    said = typed("audit", "verify", "--expect", "abc")
    assert (said.code, "64 знаков" in said.err) == (3, True)


def test_the_newest_entries_are_shown_first(typed: Typed, entries: list[AuditEntry]) -> None:
    said = typed("audit", "show", "--last", "2")
    assert said.out.index("отменена") < said.out.index("продолжена")
    assert "остановлена" not in said.out


def test_entries_of_one_action_are_shown(typed: Typed, entries: list[AuditEntry]) -> None:
    shown = typed("audit", "show", "--action", "resumed", "--json").json["entries"]
    assert [one["number"] for one in shown] == [entries[1].pk]


def test_an_unknown_action_is_told(typed: Typed) -> None:
    said = typed("audit", "show", "--action", "flown")
    assert (said.code, "«flown» нет" in said.err) == (3, True)


def test_an_empty_log_says_so(typed: Typed) -> None:
    assert "Записей нет." in typed("audit", "show").out
