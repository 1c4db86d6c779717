"""The screen of the audit log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadcaster.services.audit import COMMAND_LINE, Action, Actor, record
from broadcaster.store.models import AuditEntry
from tests import school
from tests.auditing import unguarded
from tests.school import NOON
from tests.web.staff import administrator, auditor, member, teacher

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def page(**asked: Any) -> str:
    """What an auditor sees."""
    answer = auditor().get("/audit/", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_teacher_does_not_see_the_log() -> None:
    assert teacher().get("/audit/").status_code == 403


def test_an_empty_log_says_how_it_fills() -> None:
    assert "Журнал пополняется сам" in page()


def test_the_newest_comes_first() -> None:
    record(COMMAND_LINE, Action.PAUSED, now=NOON)
    record(COMMAND_LINE, Action.CANCELLED, now=NOON)
    shown = page()
    assert shown.index("<td>отправка отменена") < shown.index("<td>отправка остановлена")


def test_the_time_is_the_schools() -> None:
    record(COMMAND_LINE, Action.PAUSED, now=NOON)
    assert "20\N{NO-BREAK SPACE}ноября 2026, 12:00" in page().replace(" г.", "")


@pytest.mark.parametrize(
    "asked",
    [
        {"action": "paused"},
        {"who": "name:command line"},
        {"kind": "channel", "subject": "vk"},
        {"until": "2026-11-20"},
    ],
)
def test_the_log_is_searched(asked: dict[str, str]) -> None:
    record(COMMAND_LINE, Action.PAUSED, now=NOON, kind="channel", subject="vk")
    record(Actor("Ольга", 5), Action.RESUMED, now=NOON + timedelta(days=2))
    shown = page(**asked)
    assert ("<td>отправка остановлена" in shown, "<td>отправка продолжена" in shown) == (
        True,
        False,
    )


def test_one_persons_entries_are_found_by_the_account() -> None:
    person = member(name="Ольга Сергеевна")
    record(Actor("Ольга Сергеевна", person.user_id), Action.PAUSED, now=NOON)
    record(COMMAND_LINE, Action.RESUMED, now=NOON)
    shown = page(who=f"user:{person.user_id}")
    assert ("<td>отправка остановлена" in shown, "<td>отправка продолжена" in shown) == (
        True,
        False,
    )


def test_dates_are_days_of_the_school() -> None:
    record(COMMAND_LINE, Action.PAUSED, now=NOON.replace(hour=21, minute=30))
    assert "<td>отправка остановлена" in page(since="2026-11-21", until="2026-11-21")


@pytest.mark.parametrize(
    "asked",
    [
        {"action": "flown"},
        {"since": "вчера"},
        {"until": "9999-12-31"},
        {"before": "x"},
        {"before": "9" * 40},
        {"after": "²"},
        {"subject": "\x00"},
    ],
)
def test_nonsense_is_survived(asked: dict[str, str]) -> None:
    record(COMMAND_LINE, Action.PAUSED, now=NOON)
    page(**asked)


def test_an_announcement_that_is_gone_is_no_link() -> None:
    record(COMMAND_LINE, Action.PAUSED, now=NOON, kind="announcement", subject="0c8f5d0e")
    assert "объявление 0c8f5d0e" in " ".join(page().split())


@pytest.mark.parametrize("subject", ["12", "abc", "9" * 30, "²", ""])
@pytest.mark.parametrize("kind", ["announcement", "guardian", "group", "staff"])
def test_a_number_that_is_none_is_survived(kind: str, subject: str) -> None:
    record(COMMAND_LINE, Action.PAUSED, now=NOON, kind=kind, subject=subject)
    assert administrator().get("/audit/").status_code == 200


def test_a_member_of_staff_is_a_link_for_the_administrator() -> None:
    person = member()
    record(COMMAND_LINE, Action.STAFF_CHANGED, now=NOON, kind="staff", subject=person.pk)
    shown = administrator().get("/audit/").content.decode()
    assert f'href="/settings/staff/{person.pk}"' in shown


def test_a_family_is_a_link_for_those_who_may_see_families() -> None:
    person = school.guardian()
    record(COMMAND_LINE, Action.PERSON_CHANGED, now=NOON, kind="guardian", subject=person.pk)
    assert f'href="/people/{person.pk}/"' in page()


def test_facts_are_told_in_words() -> None:
    record(COMMAND_LINE, Action.STAFF_CHANGED, now=NOON, role=["teacher", "auditor"], odd=None)
    shown = page()
    assert ("роль: педагог, проверяющий" in shown, "odd: —" in shown) == (True, True)


def test_long_logs_have_pages() -> None:
    for number in range(60):
        record(COMMAND_LINE, Action.PAUSED, now=NOON, subject=f"n{number:02}")
    first = page()
    number = AuditEntry.objects.get(subject="n10").pk
    assert f"before={number}" in first
    second = page(before=number)
    assert ("n09" in second, "n10" in second, "after=" in second) == (True, False, True)


def test_a_page_asks_a_fixed_number_of_questions() -> None:
    browser = auditor()
    for _ in range(30):
        made = school.announcement("1А")
        record(COMMAND_LINE, Action.PAUSED, now=NOON, kind="announcement", subject=made)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        browser.get("/audit/")
    assert len(asked) < 15


def test_the_verdict_is_shown() -> None:
    record(COMMAND_LINE, Action.PAUSED, now=NOON)
    shown = auditor().post("/audit/verify").content.decode()
    assert "Журнал цел" in shown
    assert AuditEntry.objects.get().hash in shown


def test_a_broken_log_is_told() -> None:
    record(COMMAND_LINE, Action.PAUSED, now=NOON)
    with unguarded():
        AuditEntry.objects.update(actor="x")
    assert "Журнал повреждён" in auditor().post("/audit/verify").content.decode()


def exported() -> str:
    answer: Any = auditor().get("/audit/export.csv")
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_the_log_is_exported_with_its_hashes() -> None:
    record(COMMAND_LINE, Action.PAUSED, now=NOON, kind="channel", subject="vk", copies=3)
    line = exported().splitlines()[2]
    assert "2026-11-20 12:00:00;командная строка;отправка остановлена;канал;vk;копий: 3" in line


def test_the_export_is_itself_an_entry() -> None:
    exported()
    assert AuditEntry.objects.get().action == Action.REPORT_EXPORTED


def test_no_cell_is_a_formula() -> None:
    record(Actor("=cmd()", 3), Action.PAUSED, now=NOON)
    assert ";'=cmd();" in exported()
