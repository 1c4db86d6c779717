"""`report`: the newest, one announcement, one copy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from broadcaster.contract import Reason
from broadcaster.domain.policy import Importance
from broadcaster.domain.states import State
from broadcaster.store.models import Acknowledgement, Delivery, Receipt
from tests import school
from tests.cli.desk import Typed

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("day"),
]

FIRST = UUID("aaaa0000-0000-4000-8000-000000000001")
SECOND = UUID("aaaa1111-0000-4000-8000-000000000002")


@pytest.fixture
def news() -> UUID:
    return school.announcement("1А", id=FIRST, released_at=school.NOON)


def reached(news: UUID, name: str = "Анна Петровна") -> Delivery:
    to = school.address(school.guardian(name), "telegram")
    made = school.copy(to, news, state=State.SENT, sent_at=school.NOON, attempts=1)
    parts = [[0, {"chat_id": 42, "message_id": 7}], [1, {"chat_id": 42, "message_id": 8}]]
    Receipt.objects.create(
        delivery=made, attempt=1, at=school.NOON, outcome="accepted", parts=parts
    )
    return made


def missed(news: UUID, name: str = "Олег Ким") -> Delivery:
    to = school.address(school.guardian(name), "telegram")
    return school.copy(to, news, state=State.FAILED, reason=Reason.BLOCKED)


def test_without_announcements_the_first_step_is_told(typed: Typed) -> None:
    said = typed("report")
    assert (said.code, "broadcaster send" in said.out) == (0, True)


def test_without_announcements_machines_get_an_empty_list(typed: Typed) -> None:
    assert typed("report", "--json").json == {"announcements": []}


def test_the_list_shows_short_numbers(typed: Typed, news: UUID) -> None:
    assert "aaaa0000" in (said := typed("report").out)
    assert "Экскурсия" in said
    assert str(news) not in said


def test_the_list_tells_what_is_scheduled_stopped_and_cancelled(typed: Typed) -> None:
    school.announcement(release_at=school.NOON)
    school.announcement(released_at=school.NOON, paused_at=school.LATER)
    school.announcement(released_at=school.NOON, cancelled_at=school.LATER)
    words = " ".join(typed("report").out.replace("│", " ").split())
    for state in ("назначено на", "остановлено", "отменено"):
        assert state in words


def test_a_report_of_everybody_reached_is_a_success(typed: Typed, news: UUID) -> None:
    reached(news)
    said = typed("report", "aaaa0000")
    assert said.code == 0
    assert "«Экскурсия» — обычное" in said.out


def test_somebody_who_was_not_reached_is_named_and_needs_a_person(typed: Typed, news: UUID) -> None:
    missed(news)
    said = typed("report", "aaaa0000")
    assert said.code == 1
    assert "Олег Ким" in said.out
    assert "заблокировал" in said.out


def test_machines_get_the_report_with_the_same_exit_code(typed: Typed, news: UUID) -> None:
    reached(news)
    missed(news)
    said = typed("report", news, "--json")
    assert (said.code, said.json["complete"]) == (1, False)
    assert said.json["people_by_channels"] == {"0": 1, "1": 1}
    assert "copies" not in said.json


def test_what_is_scheduled_needs_nobody(typed: Typed) -> None:
    school.announcement("1А", id=SECOND, release_at=school.NOON)
    said = typed("report", SECOND)
    assert said.code == 0
    assert "Будет отправлено: 20.11.2026 12:00" in said.out


def test_why_a_scheduled_one_was_not_sent_is_told(typed: Typed) -> None:
    school.announcement(id=SECOND, release_at=school.NOON, paused_at=school.NOON, problem="пусто")
    said = typed("report", SECOND).out
    assert "Отправить не удалось: пусто" in said
    assert "broadcaster resume aaaa1111" in said


def test_every_copy_can_be_listed(typed: Typed, news: UUID) -> None:
    made = missed(news)
    words = typed("report", "aaaa", "--copies").out
    assert f"{made.pk} " in words
    assert "не отправлено" in words


def test_a_copys_history_shows_the_platforms_ids(typed: Typed, news: UUID) -> None:
    made = reached(news)
    said = typed("report", "aaaa", "--copy", str(made.pk))
    words = " ".join(said.out.replace("│", " ").split())
    assert said.code == 0
    assert "message_id 7" in words
    assert "принято" in words


def test_a_copys_history_for_machines(typed: Typed, news: UUID) -> None:
    made = reached(news)
    told = typed("report", "aaaa", "--copy", str(made.pk), "--json").json
    (attempt,) = told["attempts"]
    assert told["copy"]["state"] == "sent"
    assert attempt["parts"][1] == {"number": 1, "ids": {"chat_id": 42, "message_id": 8}}


def test_a_copy_that_was_never_handed_over_has_no_history(typed: Typed, news: UUID) -> None:
    made = school.copy(school.address(school.guardian(), "telegram"), news)
    assert "ещё не передавали" in typed("report", "aaaa", "--copy", str(made.pk)).out


def test_another_announcements_copy_is_not_shown(typed: Typed, news: UUID) -> None:
    other = school.announcement(id=SECOND, released_at=school.NOON)
    made = reached(other)
    said = typed("report", news, "--copy", str(made.pk))
    assert said.code == 3
    assert f"Копии № {made.pk} у этого объявления нет" in said.err


@pytest.mark.parametrize("number", ["bbbb0000", "aaa", "не номер", "aaaa0000-0000-4000-8000-0"])
def test_an_unknown_number_leads_to_the_list(number: str, typed: Typed) -> None:
    said = typed("report", number)
    assert said.code == 3
    assert f"Объявления {number} нет. Список: broadcaster report" in said.err


def test_a_beginning_that_fits_several_is_refused(typed: Typed, news: UUID) -> None:
    school.announcement(id=SECOND)
    said = typed("report", "aaaa", "--json")
    assert (said.code, said.json["error"]) == (3, "several_announcements")
    assert str(news) in said.json["problems"][0]


def test_how_many_have_acknowledged_is_told(typed: Typed) -> None:
    news = school.announcement("1А", importance=Importance.URGENT, released_at=school.NOON)
    anna = reached(news).guardian
    reached(news, "Борис")
    Acknowledgement.objects.create(
        announcement_id=news, guardian=anna, channel="telegram", at=school.NOON
    )
    assert "Ознакомились: 1 из 2" in typed("report", news).out
    assert typed("report", news, "--json").json["acknowledged"] == 1


def test_of_what_is_routine_nobody_is_asked(typed: Typed, news: UUID) -> None:
    reached(news)
    assert "Ознакомились" not in typed("report", news).out


def test_a_waiting_copy_is_told(typed: Typed, news: UUID) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    to = school.address(school.guardian(), "telegram")
    school.copy(to, news, state=State.DEFERRED, due_at=later)
    assert "Ещё ждут отправки: 1" in typed("report", "aaaa").out
